import type { AnalysisResult, LayerAnalysis } from '../analysis/result.js';
import { ANALYTIC_METRICS, type AnalyticMetric } from './gate-config.js';

export const BASELINE_SCHEMA = 'archmeter/baseline@1';

/** Figures that a layer's part in a regression is told by. */
export const LAYER_FIGURES = [
  'params',
  'madds',
  'flops',
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
  /** Values up to this (in the bad direction) are accepted. */
  readonly value: number;
  readonly reason: string;
  /** ISO date after which it no longer holds. */
  readonly until?: string;
}

export interface BaselineModel {
  /** Inputs, element type and execution model that the figures stand for. */
  readonly setup: string;
  readonly metrics: Readonly<Partial<Record<AnalyticMetric, number>>>;
  readonly accepted?: Readonly<Partial<Record<AnalyticMetric, Acceptance>>>;
  /** Ids of findings that are known. */
  readonly findings?: readonly string[];
  readonly layers: Readonly<Record<string, BaselineLayer>>;
}

/** Figures that a gate holds models against: `archmeter.baseline.json`. */
export interface Baseline {
  readonly schema: typeof BASELINE_SCHEMA;
  /** Why it was last updated. */
  readonly reason?: string;
  readonly models: Readonly<Record<string, BaselineModel>>;
}

export function baselineModel(result: AnalysisResult, findings?: readonly string[]): BaselineModel {
  const metrics = Object.fromEntries(
    ANALYTIC_METRICS.flatMap((id) => {
      const value = result.totals[id];
      return value === null ? [] : [[id, value]];
    }),
  );
  return {
    setup: setupOf(result),
    metrics,
    ...(findings === undefined || findings.length === 0 ? {} : { findings: [...findings].sort() }),
    layers: Object.fromEntries(result.layers.map((layer) => [layer.name, baselineLayer(layer)])),
  };
}

export function setupOf({ model, options }: AnalysisResult): string {
  const inputs = model.inputs.map(({ name, shape }) => `${name} ${shape.join('x')}`).join(', ');
  return `${inputs}; ${options.dtype}; ${options.execution}${options.excludeHead ? '; head excluded' : ''}`;
}

function baselineLayer(layer: LayerAnalysis): BaselineLayer {
  return [layer.op, (layer.outputShapes[0] ?? []).join('x'), ...LAYER_FIGURES.map((figure) => layer[figure])];
}

/** One metric and one layer a line, keys sorted, so that two branches merge and a diff reads well. */
export function formatBaseline(baseline: Baseline): string {
  const compact = (value: unknown) => JSON.stringify(value).replace(/,/g, ', ');
  const sorted = <T>(record: Readonly<Record<string, T>>) =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const block = (entries: readonly (readonly [string, string])[], indent: string) =>
    entries.length === 0
      ? '{}'
      : `{\n${entries.map(([key, text]) => `${indent}  ${JSON.stringify(key)}: ${text}`).join(',\n')}\n${indent}}`;
  const models = sorted(baseline.models).map(([name, model]): [string, string] => {
    const metrics = sorted(model.metrics as Record<string, number>).map(([key, value]): [string, string] => [
      key,
      String(value),
    ]);
    const accepted = sorted((model.accepted ?? {}) as Record<string, Acceptance>).map(
      ([key, value]): [string, string] => [key, compact(value)],
    );
    // Layers stay in execution order.
    const layers = Object.entries(model.layers).map(([key, value]): [string, string] => [key, compact(value)]);
    return [
      name,
      block(
        [
          ['setup', JSON.stringify(model.setup)],
          ['metrics', block(metrics, '      ')],
          ...(accepted.length === 0 ? [] : [['accepted', block(accepted, '      ')] as const]),
          ...(model.findings === undefined ? [] : [['findings', compact(model.findings)] as const]),
          ['layers', block(layers, '      ')],
        ],
        '    ',
      ),
    ];
  });
  return `${block(
    [
      ['schema', JSON.stringify(baseline.schema)],
      ...(baseline.reason === undefined ? [] : [['reason', JSON.stringify(baseline.reason)] as const]),
      ['models', block(models, '  ')],
    ],
    '',
  )}\n`;
}
