import type { ReportInput } from '../core/report/define-reporter.js';
import { formatOf, renderReport } from '../core/report/index.js';
import { refuseToReplace, type WriteOptions, writeAtomically } from './write-atomically.js';

/**
 * Writes a report to each path, in the format of its ending. Everything is rendered and every path checked before the
 * first file is written.
 *
 * @throws ArchmeterError on an unknown ending or a file that may not be replaced
 */
export async function writeReports(
  input: ReportInput,
  paths: readonly string[],
  options: WriteOptions = {},
): Promise<void> {
  const formats = paths.map((path) => ({ path, format: formatOf(path) }));
  const files: { path: string; contents: string | Uint8Array }[] = [];
  for (const { path, format } of formats) files.push({ path, contents: await render(format, input) });
  for (const { path, contents } of files) await refuseToReplace(path, contents, options);
  for (const { path, contents } of files) await writeAtomically(path, contents, options);
}

async function render(format: ReturnType<typeof formatOf>, input: ReportInput): Promise<string | Uint8Array> {
  if (format !== 'png') return renderReport(format, input);
  const { renderPng } = await import('./png/index.js');
  return renderPng(input);
}
