import type { GateOutcome, GateRow, GateVerdict } from '../../compare/gate.js';
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

/** GitHub refuses comments above 65,536 characters; job summaries above 1 MiB. */
const MOST_CHARACTERS = 60_000;
const MOST_ROWS = 200;

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
  const shown = rows.filter(isTold).slice(0, MOST_ROWS);
  const rest = rows.filter(({ verdict }) => verdict === 'pass').slice(0, MOST_ROWS);
  const parts = [
    COMMENT_MARKER,
    `### archmeter: ${headline(outcome)}`,
    '',
    shown.length > 0 ? table(shown) : 'No figure changed.',
    ...shown.filter((row) => (row.layers ?? []).length > 0).map(causes),
    ...(outcome.accept === undefined ? [] : ['', 'To accept these changes:', '', fenced(outcome.accept)]),
    ...(rest.length > 0
      ? [
          '',
          `<details><summary>${rest.length} unchanged or within tolerance</summary>`,
          '',
          table(rest),
          '',
          '</details>',
        ]
      : []),
    ...notCompared(outcome.rows).map((line) => `\n${cell(line)}`),
    '',
    `Against ${inline(outcome.against)}. Multiply-adds (MAdds) are counted once; FLOPs count 2 for each.`,
    '',
  ];
  const text = parts.join('\n');
  if (text.length <= MOST_CHARACTERS) return text;
  return `${text.slice(0, text.lastIndexOf('\n', MOST_CHARACTERS))}\n\n… cut: the whole result is in the job's report.\n`;
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
        cell(row.model),
        cell(metricHeading(row.metric)),
        `${figure(row.expected, row.metric)}`,
        row.actual === null ? '–' : `<span title="${exact(row.actual)}">${figure(row.actual, row.metric)}</span>`,
        arrow(row),
        cell(row.detail ?? ''),
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
  const list = (row.layers ?? []).map((layer) => `${inline(layer.name)} ${layerChange(layer, row.metric)}`);
  return `\n${cell(row.model)}, ${cell(metricHeading(row.metric))}: ${list.join(', ')}`;
}

/** Names are untrusted: no markup, links, mentions or table bars from them. */
function cell(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]|@#~]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function inline(text: string): string {
  return `<code>${cell(text)}</code>`;
}

function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${text}\n${fence}`;
}
