import { ArchmeterError } from '../errors.js';
import type { Reporter, ReportInput } from './define-reporter.js';
import { registry } from './formats/registry.js';

export type { Reporter, ReportInput } from './define-reporter.js';
export { joinSavedFiles, REPORT_SCHEMA, type ReportDocument, type SavedFile, toDocument } from './document.js';

/** Formats that need nothing but JavaScript. PNG needs a canvas: `src/node/png`. */
export type ReportFormat = keyof typeof registry;

const EXTENSIONS: Readonly<Record<string, ReportFormat | 'png'>> = {
  '.html': 'html',
  '.htm': 'html',
  '.json': 'json',
  '.csv': 'csv',
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.png': 'png',
};

/**
 * The format that a file's ending asks for.
 *
 * @throws ArchmeterError where the ending is not one of a report's
 */
export function formatOf(path: string): ReportFormat | 'png' {
  const extension = /\.[^./\\]*$/.exec(path)?.[0].toLowerCase() ?? '';
  const format = Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
  if (format !== undefined) return format;
  throw new ArchmeterError(
    extension === '' ? 'a report file needs an ending' : `no report format has the ending '${extension}'`,
    `Use one of ${Object.keys(EXTENSIONS).join(', ')}.`,
    { file: path },
  );
}

/** Renders a report in one of the formats of this folder. */
export async function renderReport(format: ReportFormat, input: ReportInput): Promise<string | Uint8Array> {
  const { default: reporter } = (await registry[format]()) as { default: Reporter };
  return reporter.render(input);
}
