import type { GateOutcome, GateRow, GateVerdict } from '../../core/compare/gate.js';
import {
  bySeverity,
  change,
  figure,
  isRegression,
  isTold,
  layerChange,
  metricHeading,
  notCompared,
} from '../../core/report/gate/index.js';
import type { Streams } from '../define-command.js';
import { type Cell, paint, renderTable } from '../tables/table.js';

const STYLES: Readonly<Partial<Record<GateVerdict, Cell['style']>>> = {
  fail: 'bad',
  warn: 'bad',
  improved: 'good',
  inconclusive: 'dim',
  'not-comparable': 'dim',
};

/** A check where nothing changed lists up to so many figures. */
const MOST_QUIET_ROWS = 40;

const MOST_COMMANDS = 20;

const SUMMARIES = {
  pass: ['good', 'passed'],
  fail: ['bad', 'failed'],
  inconclusive: ['dim', 'inconclusive'],
} as const;

/** Rows that say something, worst first, with the layers behind them; the rest is counted. */
export function gateTable(outcome: GateOutcome, streams: Streams): string {
  const rows = bySeverity(outcome.rows);
  const quiet = rows.filter((row) => row.verdict === 'pass');
  const few = quiet.length === rows.length && rows.length <= MOST_QUIET_ROWS;
  const shown = few ? rows : rows.filter(isTold);
  const table =
    shown.length > 0 &&
    renderTable(
      [
        { heading: 'Model', align: 'left', shrinkable: true },
        { heading: 'Figure', align: 'left' },
        { heading: 'Expected', align: 'right' },
        { heading: 'Actual', align: 'right' },
        { heading: 'Delta', align: 'right' },
        { heading: 'Verdict', align: 'left' },
      ],
      shown.map((row): (Cell | string)[] => [
        row.model,
        metricHeading(row.metric),
        figure(row.expected, row.metric),
        figure(row.actual, row.metric),
        change(row),
        verdictCell(row),
      ]),
      streams,
    );
  const unchanged = few || quiet.length === 0 ? '' : `${quiet.length} unchanged or within tolerance`;
  const parts = [
    table,
    [unchanged, ...notCompared(rows)]
      .filter(Boolean)
      .map((line) => paint(line, 'dim', streams.color))
      .join('\n'),
    shown.map(causes).filter(Boolean).join('\n'),
    (outcome.notes ?? []).map((note) => `Note: ${note}.`).join('\n'),
    acceptance(outcome, shown),
    verdictLine(outcome, streams),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

/** Why something passed is said beside it; why it did not needs a line of its own. */
function verdictCell({ verdict, detail }: GateRow): Cell {
  const style = STYLES[verdict];
  const text = verdict === 'pass' && detail !== undefined ? `pass, ${detail}` : verdict.replace('-', ' ');
  return style === undefined ? { text } : { text, style };
}

function causes(row: GateRow): string {
  const layers = (row.layers ?? []).map((layer) => {
    const line = layer.line === undefined ? '' : ` (line ${layer.line})`;
    return `${layer.name}${line} ${layerChange(layer, row.metric)}`;
  });
  const detail = row.verdict === 'pass' ? undefined : row.detail;
  const parts = [detail, row.advice, layers.join(', ')].filter(Boolean);
  return parts.length === 0 ? '' : `${row.model}, ${metricHeading(row.metric)}: ${parts.join('; ')}`;
}

/** The command for each regression, and the one for all where that is another. */
function acceptance({ accept }: GateOutcome, rows: readonly GateRow[]): string {
  const commands = [...new Set(rows.filter(isRegression).flatMap((row) => row.accept ?? []))];
  if (commands.length === 0) return '';
  const lines = ['To accept:', ...commands.slice(0, MOST_COMMANDS).map((command) => `  ${command}`)];
  if (commands.length > MOST_COMMANDS) lines.push(`  … and ${commands.length - MOST_COMMANDS} more`);
  const all = accept?.split('\n') ?? [];
  if (!all.every((command) => commands.includes(command)))
    lines.push('or all at once:', ...all.map((command) => `  ${command}`));
  return lines.join('\n');
}

function verdictLine({ verdict, rows, against, dtype }: GateOutcome, streams: Streams): string {
  const [style, word] = SUMMARIES[verdict];
  // What the verdict says already is counted beside it, not again among the others.
  const named = verdict === 'pass' ? undefined : verdict;
  const counts = (['fail', 'warn', 'inconclusive', 'not-comparable', 'accepted', 'improved'] as const)
    .map((kind) => [kind, rows.filter((row) => row.verdict === kind).length] as const)
    .filter(([kind, count]) => count > 0 && kind !== named)
    .map(([kind, count]) => `${count} ${kind.replace('-', ' ')}`);
  const of = named === undefined ? '' : `${rows.filter((row) => row.verdict === named).length} of `;
  const figures = `${of}${rows.length} ${rows.length === 1 ? 'figure' : 'figures'} against ${against}${dtype ? `, at ${dtype}` : ''}`;
  return `${paint(word, style, streams.color)}: ${[figures, ...counts].join(', ')}`;
}
