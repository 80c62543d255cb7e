import type { MetricId } from '../../units.js';
import type { GateOutcome } from '../define-reporter.js';
import { figure, layerChange, metricHeading } from '../gate/describe.js';
import type { MetricCell, MetricRow } from '../metric-rows.js';
import { formatChange, formatFigure, significant } from '../number-format.js';
import type { ReportModel, ReportView } from '../view.js';
import { escapeMarkdown, escapeName } from './escape.js';

/** Figures of the first table; the folded one has all. */
export const KEY_FIGURES: ReadonlySet<MetricId> = new Set<MetricId>([
  'params',
  'madds',
  'memoryAccessCost',
  'paperMemoryAccessCost',
  'peakActivationBytes',
  'measuredLatencyMs',
  'measuredEnergyJoules',
  'estimatedLatencyMs',
  'estimatedEnergyJoules',
]);

/** Models side by side; the best of each row is bold, changes against the first have arrow and sign. */
export function metricTable({ models }: ReportView, rows: readonly MetricRow[]): string[] {
  return [
    `| | ${models.map(({ name }) => escapeName(name)).join(' | ')} |`,
    `|:--|${models.map(() => '--:').join('|')}|`,
    ...rows.map(
      (row) => `| ${label(row)} | ${row.cells.map((cell, index) => cellText(row, cell, index)).join(' | ')} |`,
    ),
  ];
}

function label({ heading, place, origin }: MetricRow): string {
  return place === null
    ? escapeMarkdown(heading)
    : `${escapeMarkdown(heading)}<br><sub>${origin}: ${escapeName(place)}</sub>`;
}

function cellText(row: MetricRow, cell: MetricCell, index: number): string {
  if (cell.value === null) return cell.missing === undefined ? '' : 'unavailable';
  const value = formatFigure(cell.value, row.unit);
  const marked = row.best.includes(index) ? `**${value}**` : value;
  if (index === 0 || cell.ratio === null) return marked;
  const way = cell.open && cell.ratio !== 1 ? (cell.ratio > 1 ? '△' : '▽') : arrow(cell.ratio);
  return `${marked} ${way} ${formatChange(cell.ratio)}`;
}

const arrow = (ratio: number) => (ratio > 1 ? '▲' : ratio < 1 ? '▼' : '=');

const MARKS = {
  pass: '✓',
  warn: '!',
  fail: '✗',
  improved: '✓',
  accepted: '✓',
  inconclusive: '?',
  'not-comparable': '–',
} as const;

export function gateTable({ verdict, rows, accept }: GateOutcome): string[] {
  const failing = rows.filter((row) => row.verdict !== 'pass');
  const change = (expected: number | null, actual: number | null) =>
    expected === null || actual === null || expected === 0
      ? ''
      : `${arrow(actual / expected)} ${formatChange(actual / expected)}`;
  const head = { pass: 'Check passed', fail: 'Check failed', inconclusive: 'Check inconclusive' }[verdict];
  const shown = failing.length > 0 ? failing : rows.slice(0, 10);
  const layers = failing.flatMap((row) => {
    const causes = (row.layers ?? [])
      .slice(0, 5)
      .map((layer) => `<code>${escapeName(layer.name)}</code> ${layerChange(layer, row.metric)}`);
    return causes.length === 0
      ? []
      : [`- ${escapeName(row.model)}, ${escapeMarkdown(metricHeading(row.metric))}: ${causes.join(', ')}`];
  });
  return [
    `**${head}**: ${failing.length} of ${rows.length} figures differ.`,
    '',
    '| | model | figure | expected | actual | change | |',
    '|:-:|:--|:--|--:|--:|--:|:--|',
    ...shown.map(
      (row) =>
        `| ${MARKS[row.verdict]} | ${escapeName(row.model)} | ${escapeMarkdown(metricHeading(row.metric))} | ${figure(row.expected, row.metric)} | ${figure(row.actual, row.metric)} | ${change(row.expected, row.actual)} | ${row.verdict === 'fail' ? '**regression**' : row.verdict}${row.detail === undefined ? '' : `: ${escapeMarkdown(row.detail)}`} |`,
    ),
    ...(layers.length === 0 ? [] : ['', 'Layers behind the changes:', ...layers]),
    ...(accept === undefined ? [] : ['', `To accept: \`${accept.replaceAll('`', "'").replace(/\s+/g, ' ')}\``]),
  ];
}

/** The layers that access the most memory. */
export function costliestLayers({ analysis }: ReportModel, count: number): string[] {
  const costly = [...(analysis?.layers ?? [])].sort((a, b) => b.memoryAccessCost - a.memoryAccessCost).slice(0, count);
  const total = analysis?.totals.memoryAccessCost ?? 0;
  return [
    '| layer | op | output | MAdds | memory access cost | share | access / least |',
    '|:--|:--|:--|--:|--:|--:|--:|',
    ...costly.map((layer) => {
      const ratio = layer.memoryAccessCostRatio === null ? '' : formatFigure(layer.memoryAccessCostRatio, 'ratio');
      const share = total === 0 ? '' : `${significant((100 * layer.memoryAccessCost) / total, 2)} %`;
      return `| <code>${escapeName(layer.name)}</code> | ${escapeName(layer.op)} | ${layer.outputShapes[0]?.join('x') ?? ''} | ${formatFigure(layer.madds, 'ops')} | ${formatFigure(layer.memoryAccessCost, 'elements')} | ${share} | ${ratio} |`;
    }),
  ];
}
