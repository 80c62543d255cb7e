import type { Options } from 'yargs';
import { cleanLines } from '../core/clean-text.js';
import { ArchmeterError } from '../core/errors.js';
import type { ReportInput } from '../core/report/define-reporter.js';
import type { Arguments, Command, Streams } from './define-command.js';
import { PAINTED } from './tables/table.js';

/** Options of every command whose result can be written as a report. */
export const OUTPUT_OPTIONS = {
  format: { choices: ['table', 'json', 'csv', 'markdown'], default: 'table', describe: 'Form of the output' },
  output: { alias: 'o', type: 'string', describe: 'Write to this file instead', requiresArg: true },
  report: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Also write a report; format by ending: .html .png .md .csv .json (repeatable)',
  },
  force: { type: 'boolean', describe: 'Overwrite a file that archmeter did not write' },
} as const satisfies Record<string, Options>;

/** Options that add to a report. */
export const REPORT_INPUT_OPTIONS = {
  'png-charts': { type: 'boolean', describe: 'Beside a .png report, write each chart as a picture of its own' },
  sweep: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Also report cost against batch=1,2,4,8 or resolution=160..320:32 (repeatable)',
  },
  on: {
    type: 'string',
    array: true,
    nargs: 1,
    describe:
      "Devices to estimate time and energy for, whose ceilings a report's roofline shows, e.g. rtx-4090,a100 (repeatable)",
  },
} as const satisfies Record<string, Options>;

/** Prints text, or writes it where `--output` says. */
export async function deliver(text: string, args: Arguments, streams: Streams): Promise<void> {
  const path = args.output as string | undefined;
  if (path === undefined) {
    const print = ['json', 'csv', 'markdown'].includes(String(args['format'])) ? streams.data : streams.out;
    print(text.endsWith('\n') ? text : `${text}\n`);
    return;
  }
  const plain = args['format'] === 'table' ? cleanLines(text.replace(PAINTED, '')) : text;
  await writeFileSafely(path, plain.endsWith('\n') ? plain : `${plain}\n`, args, streams);
}

/**
 * Said before anything is computed or timed: no report can be written there.
 *
 * @throws ArchmeterError on an unknown ending, a folder, or none
 */
export async function refuseReports({ options }: Command, args: Arguments): Promise<void> {
  const paths = [args['report'] ?? []].flat().map(String);
  if (paths.length === 0) return;
  const [{ formatOf }, { refusePlace }] = await Promise.all([
    import('../core/report/index.js'),
    import('../node/write-atomically.js'),
  ]);
  for (const path of paths) {
    await refusePlace(path);
    // The zoo and sweeps have forms of their own.
    if (options['report'] === OUTPUT_OPTIONS.report) formatOf(path);
  }
}

/** Writes every `--report` file; the format follows from the ending. */
export async function writeReports(input: ReportInput, args: Arguments, streams: Streams): Promise<void> {
  await writeReportFiles(input, (args['report'] as string[] | undefined) ?? [], args, streams);
}

export async function writeReportFiles(
  input: ReportInput,
  paths: readonly string[],
  args: Arguments,
  streams: Streams,
): Promise<void> {
  if (paths.length === 0) return;
  const { writeReports: write } = await import('../node/write-reports.js');
  await write(input, paths, { force: args['force'] === true });
  for (const path of paths) streams.err(`wrote ${path}\n`);
  const picture = paths.find((path) => /\.png$/i.test(path));
  if (args['png-charts'] !== true || picture === undefined) return;
  const { renderChartPngs } = await import('../node/png/index.js');
  for (const { name, png } of await renderChartPngs(input)) {
    await writeFileSafely(picture.replace(/\.png$/i, `-${name}.png`), png, args, streams);
  }
}

/** Writes atomically; errors name the file. */
export async function writeFileSafely(
  path: string,
  data: string | Uint8Array,
  args: Arguments,
  streams: Streams,
  quiet = false,
): Promise<void> {
  const { writeAtomically } = await import('../node/write-atomically.js');
  await writeAtomically(path, data, { force: args['force'] === true });
  if (!quiet) streams.err(`wrote ${path}\n`);
}

/** Endings of the files that commands write: a folder is not called so. */
const FILE = /\.(html|png|md|csv|tsv|json|txt|ya?ml|onnx|parquet)$/i;

/**
 * The folder that `--output` names, of commands that write several files.
 *
 * @param instead how one file is had
 * @throws ArchmeterError where a file stands there, or is meant
 */
export async function outputFolder(path: string, instead: string): Promise<string> {
  const { mkdir, stat } = await import('node:fs/promises');
  const standing = await stat(path).catch(() => undefined);
  if (standing !== undefined && !standing.isDirectory()) {
    throw new ArchmeterError('a file stands where the folder of --output shall be', 'Name a folder.', { file: path });
  }
  if (standing === undefined && FILE.test(path)) {
    throw new ArchmeterError(
      `--output ${path} names a file; here it is a folder, for several`,
      `Name a folder. ${instead}`,
    );
  }
  await mkdir(path, { recursive: true }).catch(async (error: unknown) => {
    const { explainWriting } = await import('../node/write-atomically.js');
    throw explainWriting(error, path);
  });
  return path;
}

/** The command as typed, for reports. */
export function commandLine(): string {
  const quote = (text: string) => (/^[\w./:=@,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  return ['archmeter', ...process.argv.slice(2).map(quote)].join(' ');
}
