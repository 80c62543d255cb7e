import type { GateMetric, GateOutcome, GateRow, GateVerdict, LayerContribution } from '../../compare/gate.js';
import { dependsOnPrecision, METRICS, type MetricId, type Unit } from '../../units.js';
import { formatChange, formatExact, formatFigure } from '../number-format.js';

/** Words for gate rows, the same in every output. */

const SEVERITY: Readonly<Record<GateVerdict, number>> = {
  fail: 0,
  warn: 1,
  inconclusive: 2,
  'not-comparable': 3,
  accepted: 4,
  improved: 5,
  pass: 6,
};

export function metricHeading(metric: GateMetric): string {
  const named = /^(?:finding|ratio):(.*)$/s.exec(metric)?.[1];
  return named ?? METRICS[metric as MetricId].heading;
}

/** Undefined for findings, which have no value. */
function metricUnit(metric: GateMetric): Unit | undefined {
  if (metric.startsWith('finding:')) return undefined;
  return metric.startsWith('ratio:') ? 'ratio' : METRICS[metric as MetricId].unit;
}

export function figure(value: number | null, metric: GateMetric): string {
  const unit = metricUnit(metric);
  return value === null || unit === undefined ? '–' : formatFigure(value, unit);
}

export function exact(value: number | null): string {
  return value === null ? '–' : formatExact(value);
}

/** `+12.3 %`; empty where there is nothing to compare with. */
export function change({ expected, actual }: Pick<GateRow, 'expected' | 'actual'>): string {
  if (expected === null || actual === null || expected === 0) return '';
  return formatChange(actual / expected);
}

/** One sentence, with the element type of a figure that depends on it: `resnet50: Params 25.6 M, was 25.1 M (+1.9 %): beyond its tolerance …; most from layer4.0.conv2`. */
export function sentence(row: GateRow, dtype: string | undefined): string {
  const was = row.expected === null ? '' : `, was ${figure(row.expected, row.metric)} (${change(row)})`;
  const detail = row.detail === undefined ? '' : `: ${row.detail}`;
  const layers = (row.layers ?? []).slice(0, 3).map((layer) => `${layer.name} ${layerChange(layer, row.metric)}`);
  const causes = layers.length === 0 ? '' : `; caused by ${layers.join(', ')}`;
  const precision = dtype !== undefined && dependsOnPrecision(metricUnit(row.metric)) ? ` at ${dtype}` : '';
  const value = row.actual === null ? '' : ` ${figure(row.actual, row.metric)}${precision}`;
  const advice = row.advice === undefined ? '' : `. ${row.advice}`;
  return `${row.model}: ${metricHeading(row.metric)}${value}${was}${detail}${causes}${advice}`;
}

/** What a layer adds: `+1.23 M`; `+1.23 M memory access cost` where that is not the row's own metric. */
export function layerChange({ delta, metric }: LayerContribution, own: GateMetric): string {
  const unit = metricUnit(metric ?? own) ?? 'count';
  // A word begins small in a sentence, an abbreviation as it is.
  const of =
    metric === undefined
      ? ''
      : ` ${METRICS[metric].heading.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())}`;
  return `${delta < 0 ? '−' : '+'}${formatFigure(Math.abs(delta), unit)}${of}`;
}

/** Worst first: by verdict, then by relative size of the change. */
export function bySeverity(rows: readonly GateRow[]): GateRow[] {
  const size = ({ expected, actual }: GateRow) =>
    expected === null || actual === null || expected === 0 ? 0 : Math.abs(actual / expected - 1);
  return [...rows].sort((a, b) => SEVERITY[a.verdict] - SEVERITY[b.verdict] || size(b) - size(a));
}

export function isRegression({ verdict }: GateRow): boolean {
  return verdict === 'fail' || verdict === 'warn';
}

/** Figures that were not compared, counted by the reason: `2 figures of net.yaml not compared: …`. */
export function notCompared(rows: readonly GateRow[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { model, verdict, detail = 'no reason is known' } of rows) {
    if (verdict !== 'not-comparable') continue;
    const models = byReason.get(detail);
    if (models === undefined) byReason.set(detail, [model]);
    else models.push(model);
  }
  return [...byReason].map(([detail, models]) => {
    const figures = models.length === 1 ? '1 figure' : `${models.length} figures`;
    const whose = new Set(models).size === 1 ? ` of ${models[0]}` : '';
    return `${figures}${whose} not compared: ${detail}`;
  });
}

/** Rows that are listed one by one: neither unchanged nor left uncompared. */
export function isTold({ verdict }: GateRow): boolean {
  return verdict !== 'pass' && verdict !== 'not-comparable';
}

/** The outcome in a few words: `failed: 4 of 12 figures`. */
export function gateHeadline({ verdict, rows }: GateOutcome): string {
  const count = (wanted: GateVerdict) => rows.filter((row) => row.verdict === wanted).length;
  const figures = `${rows.length} ${rows.length === 1 ? 'figure' : 'figures'}`;
  if (verdict === 'fail') return `failed: ${count('fail')} of ${figures}`;
  if (verdict === 'inconclusive') return `inconclusive: ${count('inconclusive')} of ${figures}`;
  const warned = count('warn');
  return warned === 0 ? `passed: ${figures}` : `passed with warnings: ${warned} of ${figures}`;
}
