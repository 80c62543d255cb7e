import type { AnalysisResult, LayerAnalysis } from '../analysis/result.js';
import type { GateMetric } from './gate.js';
import { ANALYTIC_METRICS, type AnalyticMetric, MEASURED_METRICS } from './gate-config.js';

export const BASELINE_SCHEMA = 'archmeter/baseline@1';

/** Figures that a layer's part in a regression is told by. */
export const LAYER_FIGURES = [
  'params',
  'paramBytes',
  'madds',
  'flops',
  'trainingFlops',
  'activations',
  'memoryAccessCost',
  'readBytes',
  'writeBytes',
  'liveActivationBytes',
] as const satisfies readonly (keyof LayerAnalysis)[];

export type LayerFigure = (typeof LAYER_FIGURES)[number];

/** Op, output shape and figures (in the order of LAYER_FIGURES) of one layer. */
export type BaselineLayer = readonly [op: string, output: string, ...figures: number[]];

export interface Acceptance {
  /** Values up to this (in the bad direction) are accepted; without it any is, as for findings and timings. */
  readonly value?: number;
  readonly reason: string;
  /** ISO date after which it no longer holds. */
  readonly until?: string;
}

export interface BaselineModel {
  /** Inputs, element type and execution model that the figures stand for. */
  readonly setup: string;
  /** Why it was last updated. */
  readonly reason?: string;
  readonly metrics: Readonly<Partial<Record<AnalyticMetric, number>>>;
  readonly accepted?: Readonly<Partial<Record<GateMetric, Acceptance>>>;
  /** Ids of findings that are known. */
  readonly findings?: readonly string[];
  readonly layers?: Readonly<Record<string, BaselineLayer>>;
}

/** Figures that a gate holds models against: `archmeter.baseline.json`. */
export interface Baseline {
  readonly schema: typeof BASELINE_SCHEMA;
  /** Version that last wrote all of it. */
  readonly archmeter?: string;
  readonly models: Readonly<Record<string, BaselineModel>>;
}

export const EMPTY_BASELINE: Baseline = { schema: BASELINE_SCHEMA, models: {} };

/** What a baseline keeps of a model. */
export function baselineModel(
  result: AnalysisResult,
  about: { readonly findings?: readonly string[]; readonly reason?: string; readonly layers?: boolean } = {},
): BaselineModel {
  const { findings = [], reason, layers = true } = about;
  const metrics = Object.fromEntries(
    ANALYTIC_METRICS.flatMap((id) => {
      const value = result.totals[id];
      return value === null ? [] : [[id, value]];
    }),
  );
  return {
    setup: setupOf(result),
    ...(reason === undefined ? {} : { reason }),
    metrics,
    ...(findings.length === 0 ? {} : { findings: [...findings].sort() }),
    ...(layers ? { layers: Object.fromEntries(result.layers.map((layer) => [layer.name, baselineLayer(layer)])) } : {}),
  };
}

/** The entry of a model; names like `constructor` are names like any other. */
export function entryOf({ models }: Baseline, name: string): BaselineModel | undefined {
  return Object.hasOwn(models, name) ? models[name] : undefined;
}

/** Acceptances that new figures leave standing: those of timings, of which a baseline holds none, until their day. */
export function standingAcceptances(
  entry: BaselineModel | undefined,
  today: string,
): Pick<BaselineModel, 'accepted'> | undefined {
  const standing = MEASURED_METRICS.flatMap((metric) => {
    const acceptance = entry?.accepted?.[metric];
    return acceptance === undefined || (acceptance.until ?? today) < today ? [] : [[metric, acceptance] as const];
  });
  return standing.length === 0 ? undefined : { accepted: Object.fromEntries(standing) };
}

/** The baseline with the entry of one model put in or, where it is undefined, taken out. */
export function withEntry(baseline: Baseline, name: string, entry: BaselineModel | undefined): Baseline {
  const others = Object.entries(baseline.models).filter(([other]) => other !== name);
  return { ...baseline, models: Object.fromEntries(entry === undefined ? others : [...others, [name, entry]]) };
}

export function setupOf({ model, options }: AnalysisResult): string {
  const inputs = model.inputs.map(({ name, shape }) => `${name} ${shape.join('x')}`).join(', ');
  return `${inputs}; ${options.dtype}; ${options.execution}${options.excludeHead ? '; head excluded' : ''}`;
}

function baselineLayer(layer: LayerAnalysis): BaselineLayer {
  return [layer.op, (layer.outputShapes[0] ?? []).join('x'), ...LAYER_FIGURES.map((figure) => layer[figure])];
}

/** One metric and one layer a line, keys sorted, so that two branches merge and a diff reads well. */
export function formatBaseline({ schema, archmeter, models }: Baseline): string {
  return `${object(
    [
      ['schema', JSON.stringify(schema)],
      ...(archmeter === undefined ? [] : [['archmeter', JSON.stringify(archmeter)] as const]),
      ['models', object(sorted(models, formatModel), '  ')],
    ],
    '',
  )}\n`;
}

function formatModel({ setup, reason, metrics, accepted, findings, layers }: BaselineModel): string {
  const parts: Entry[] = [['setup', JSON.stringify(setup)]];
  if (reason !== undefined) parts.push(['reason', JSON.stringify(reason)]);
  parts.push(['metrics', object(sorted(metrics, String), '      ')]);
  if (accepted !== undefined)
    parts.push(['accepted', object(sorted(accepted as Readonly<Record<string, Acceptance>>, oneLine), '      ')]);
  if (findings !== undefined) parts.push(['findings', oneLine(findings)]);
  if (layers !== undefined) {
    // Layers stay in the order in which they run.
    const lines = Object.entries(layers).map(([name, layer]): Entry => [name, oneLine(layer)]);
    parts.push(['layers', object(lines, '      ')]);
  }
  return object(parts, '    ');
}

type Entry = readonly [key: string, json: string];

function object(entries: readonly Entry[], indent: string): string {
  if (entries.length === 0) return '{}';
  return `{\n${entries.map(([key, json]) => `${indent}  ${JSON.stringify(key)}: ${json}`).join(',\n')}\n${indent}}`;
}

function sorted<T>(record: Readonly<Record<string, T>>, format: (value: T) => string): Entry[] {
  // By code unit, not by locale: the same on every machine.
  return Object.entries(record)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, value]): Entry => [key, format(value)]);
}

/** JSON on one line, with a space after each comma between items. */
function oneLine(value: readonly unknown[] | object): string {
  const item = (entry: unknown) => JSON.stringify(entry);
  if (Array.isArray(value)) return `[${value.map(item).join(', ')}]`;
  const entries = Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${item(entry)}`);
  return `{ ${entries.join(', ')} }`;
}
