import type { AnalysisResult } from '../analysis/result.js';
import type { LayerFigure } from './baseline.js';
import { LAYER_FIGURES } from './baseline.js';
import { ANALYTIC_METRICS, type AnalyticMetric } from './gate-config.js';
import { type ComparedLayer, diffLayers, type LayerChange, layersOfResult } from './layer-diff.js';

export const DIFF_SCHEMA = 'archmeter/diff@1';

export interface TotalChange {
  readonly metric: AnalyticMetric;
  readonly before: number | null;
  readonly after: number | null;
}

/** One model against another, or against itself at another time. */
export interface ModelDiff {
  readonly before: string;
  readonly after: string;
  /** Element types that bytes are counted in. */
  readonly dtypes: { readonly before: string; readonly after: string };
  /** Every metric, changed or not. */
  readonly totals: readonly TotalChange[];
  readonly layers: readonly LayerChange[];
}

/** What differs between two models: totals, and layers matched by name, else by op, shape and figures. */
export function diffModels(before: AnalysisResult, after: AnalysisResult): ModelDiff {
  return {
    before: before.model.name,
    after: after.model.name,
    dtypes: { before: before.options.dtype, after: after.options.dtype },
    totals: ANALYTIC_METRICS.map((metric) => ({
      metric,
      before: before.totals[metric],
      after: after.totals[metric],
    })),
    layers: diffLayers(layersOfResult(before), layersOfResult(after)),
  };
}

/** What a change adds to a figure. */
export function deltaOf({ before, after }: LayerChange, figure: LayerFigure): number {
  return figureOf(after, figure) - figureOf(before, figure);
}

export function figureOf(layer: ComparedLayer | undefined, figure: LayerFigure): number {
  return layer?.figures[LAYER_FIGURES.indexOf(figure)] ?? 0;
}
