import type { GateOutcome, GateRow, GateVerdict } from '../../compare/gate.js';
import { escapeMarkdown } from '../markdown/escape.js';
import {
  bySeverity,
  change,
  exact,
  figure,
  isRegression,
  isTold,
  layerChange,
  metricHeading,
  notCompared,
} from './describe.js';

/** By this line the comment is found again, so that it is updated in place. */
export const COMMENT_MARKER = '<!-- archmeter: efficiency gate -->';

/** GitHub refuses comments above 64 KiB; job summaries above 1 MiB. */
const MOST_BYTES = 60_000;
const MOST_ROWS = 200;
const MOST_COMMANDS = 20;

const SIGNS: Readonly<Record<GateVerdict, string>> = {
  fail: '🔴 fail',
  warn: '🟠 warn',
  inconclusive: '⚪ inconclusive',
  'not-comparable': '⚪ not comparable',
  accepted: '🔵 accepted',
  improved: '🟢 improved',
  pass: 'pass',
};

/** Markdown for a sticky pull-request comment or a job summary: what changed first, the rest folded. */
export function comment(outcome: GateOutcome): string {
  const rows = bySeverity(outcome.rows);
  const told = rows.filter(isTold);
  const quiet = rows.filter(({ verdict }) => verdict === 'pass');
  let [most, mostQuiet] = [Math.min(told.length, MOST_ROWS), Math.min(quiet.length, MOST_ROWS)];
  for (;;) {
    const text = written(outcome, told, most, quiet, mostQuiet);
    if (new TextEncoder().encode(text).length <= MOST_BYTES || most + mostQuiet === 0) return text;
    // What is unchanged goes first.
    if (mostQuiet > 0) mostQuiet >>= 1;
    else most = Math.floor(most * 0.8);
  }
}

function written(
  outcome: GateOutcome,
  told: readonly GateRow[],
  most: number,
  quiet: readonly GateRow[],
  mostQuiet: number,
): string {
  const shown = told.slice(0, most);
  const folded = `${quiet.length} unchanged or within tolerance`;
  return [
    COMMENT_MARKER,
    `### archmeter: ${headline(outcome)}`,
    '',
    told.length === 0 ? 'No figure changed.' : table(shown),
    ...more(told.length - most),
    ...shown.filter((row) => row.advice !== undefined || (row.layers ?? []).length > 0).map(causes),
    ...acceptance(outcome.accept),
    ...(mostQuiet > 0
      ? [
          '',
          `<details><summary>${folded}</summary>`,
          '',
          table(quiet.slice(0, mostQuiet)),
          ...more(quiet.length - mostQuiet),
          '',
          '</details>',
        ]
      : quiet.length > 0
        ? ['', `${folded}.`]
        : []),
    ...[...notCompared(outcome.rows), ...(outcome.notes ?? [])].map((line) => `\n${escapeMarkdown(line)}`),
    '',
    `Against ${inline(outcome.against)}${outcome.dtype ? `, at ${escapeMarkdown(outcome.dtype)}` : ''}. Multiply-adds (MAdds) are counted once; FLOPs count 2 for each.`,
    '',
  ].join('\n');
}

function more(count: number): string[] {
  return count > 0 ? ['', `… and ${count} more: the whole result is in the job's report.`] : [];
}

function acceptance(accept: string | undefined): string[] {
  if (accept === undefined) return [];
  const commands = accept.split('\n');
  const left = commands.length - MOST_COMMANDS;
  const rest = left > 0 ? ['', `… and ${left} more, which the job prints.`] : [];
  return ['', 'To accept these changes:', '', fenced(commands.slice(0, MOST_COMMANDS).join('\n')), ...rest];
}

function headline({ verdict, rows }: GateOutcome): string {
  const failed = rows.filter((row) => row.verdict === 'fail').length;
  if (verdict === 'fail') return `${failed} ${failed === 1 ? 'regression' : 'regressions'}`;
  if (verdict === 'inconclusive') return 'no regression found, but not every timing is conclusive';
  return rows.some(isRegression) ? 'passed with warnings' : 'passed';
}

function table(rows: readonly GateRow[]): string {
  return [
    '| | Model | Figure | Expected | Actual | Change | |',
    '|---|---|---|--:|--:|--:|---|',
    ...rows.map((row) => {
      const cells = [
        SIGNS[row.verdict],
        escapeMarkdown(row.model),
        escapeMarkdown(metricHeading(row.metric)),
        `${figure(row.expected, row.metric)}`,
        row.actual === null ? '–' : `<span title="${exact(row.actual)}">${figure(row.actual, row.metric)}</span>`,
        arrow(row),
        escapeMarkdown(row.detail ?? ''),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}

function arrow(row: GateRow): string {
  const text = change(row);
  if (text === '' || row.expected === row.actual) return text;
  return `${(row.actual as number) > (row.expected as number) ? '▲' : '▼'} ${text}`;
}

function causes(row: GateRow): string {
  if (row.advice !== undefined)
    return `\n${escapeMarkdown(row.model)}, ${escapeMarkdown(metricHeading(row.metric))}: ${escapeMarkdown(row.advice)}`;
  const list = (row.layers ?? []).map((layer) => `${inline(layer.name)} ${layerChange(layer, row.metric)}`);
  return `\n${escapeMarkdown(row.model)}, ${escapeMarkdown(metricHeading(row.metric))}: ${list.join(', ')}`;
}

function inline(text: string): string {
  return `<code>${escapeMarkdown(text)}</code>`;
}

function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${text}\n${fence}`;
}
