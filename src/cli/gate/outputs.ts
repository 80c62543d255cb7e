import { appendFile, stat } from 'node:fs/promises';
import type { Options } from 'yargs';
import type { GateOutcome } from '../../core/compare/gate.js';
import type { HistoryEntry, ReportInput } from '../../core/report/define-reporter.js';
import { annotations, comment, gateJson, junit, sarif } from '../../core/report/gate/index.js';
import type { Arguments, Streams } from '../define-command.js';
import { deliver, OUTPUT_OPTIONS, writeFileSafely, writeReports } from '../output.js';
import { gateTable } from './table.js';

export const GATE_OUTPUT_OPTIONS = {
  format: { choices: ['table', 'json', 'markdown'], default: 'table', describe: 'Form of the output' },
  output: OUTPUT_OPTIONS.output,
  junit: { type: 'string', describe: 'Write JUnit XML to this file', requiresArg: true },
  sarif: { type: 'string', describe: 'Write SARIF 2.1.0 to this file', requiresArg: true },
  'save-outcome': { type: 'string', describe: 'Write the outcome to this file (JSON)', requiresArg: true },
  comment: { type: 'string', describe: 'Write Markdown for a pull-request comment to this file', requiresArg: true },
  history: {
    type: 'string',
    describe: "Add this commit's figures to this file (JSON lines); the HTML report draws the trend",
    requiresArg: true,
  },
  github: {
    type: 'boolean',
    describe: 'Print annotations for GitHub and write the job summary; default: where GITHUB_ACTIONS is set',
  },
  report: OUTPUT_OPTIONS.report,
  force: OUTPUT_OPTIONS.force,
} as const satisfies Record<string, Options>;

/** GitHub refuses a step's summary above 1 MiB. */
const LARGEST_SUMMARY = 2 ** 20;

export function wantsGithub(args: Arguments): boolean {
  return (args['github'] as boolean | undefined) ?? process.env.GITHUB_ACTIONS === 'true';
}

/** Prints the outcome and writes every file asked for. */
export async function deliverOutcome(
  outcome: GateOutcome,
  report: Omit<ReportInput, 'gate' | 'history'>,
  history: readonly HistoryEntry[] | undefined,
  args: Arguments,
  streams: Streams,
): Promise<void> {
  const files = [
    ['junit', junit],
    ['sarif', sarif],
    ['save-outcome', gateJson],
    ['comment', comment],
  ] as const;
  for (const [option, render] of files) {
    const path = args[option] as string | undefined;
    if (path !== undefined) await writeFileSafely(path, render(outcome), args, streams);
  }
  await writeReports({ ...report, gate: outcome, history }, args, streams);
  const format = String(args['format']);
  const text =
    format === 'json' ? gateJson(outcome) : format === 'markdown' ? comment(outcome) : gateTable(outcome, streams);
  await deliver(text, args, streams);
  if (!wantsGithub(args)) return;
  // The runner reads both streams; a program that reads the outcome from the first wants nothing else there.
  streams.annotate(annotations(outcome), format === 'table' ? 'out' : 'err');
  await writeSummary(comment(outcome));
}

async function writeSummary(text: string): Promise<void> {
  const path = process.env.GITHUB_STEP_SUMMARY;
  if (!path) return;
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  );
  if (size + Buffer.byteLength(text) + 1 < LARGEST_SUMMARY) await appendFile(path, `${text}\n`);
}
