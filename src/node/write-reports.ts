import type { ReportInput } from '../core/report/define-reporter.js';
import { formatOf, renderReport } from '../core/report/index.js';
import { type WriteOptions, writeAtomically } from './write-atomically.js';

/**
 * Writes a report to each path, in the format of its ending. All paths are checked before any file is written.
 *
 * @throws ArchmeterError on an unknown ending or a file that may not be replaced
 */
export async function writeReports(
  input: ReportInput,
  paths: readonly string[],
  options: WriteOptions = {},
): Promise<void> {
  const files = paths.map((path) => ({ path, format: formatOf(path) }));
  for (const { path, format } of files) await writeAtomically(path, await render(format, input), options);
}

async function render(format: ReturnType<typeof formatOf>, input: ReportInput): Promise<string | Uint8Array> {
  if (format !== 'png') return renderReport(format, input);
  const { renderPng } = await import('./png/index.js');
  return renderPng(input);
}
