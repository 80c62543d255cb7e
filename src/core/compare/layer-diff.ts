import type { AnalysisResult } from '../analysis/result.js';
import type { MetricId } from '../units.js';
import { type BaselineLayer, LAYER_FIGURES, type LayerFigure } from './baseline.js';
import type { LayerContribution } from './gate.js';

/** A layer as both sides know it. */
export interface ComparedLayer {
  readonly name: string;
  readonly op: string;
  readonly output: string;
  readonly figures: readonly number[];
  readonly line?: number | undefined;
}

export interface LayerChange {
  readonly status: 'added' | 'removed' | 'changed' | 'renamed';
  readonly before?: ComparedLayer;
  readonly after?: ComparedLayer;
}

export function layersOfResult({ layers }: AnalysisResult): ComparedLayer[] {
  return layers.map((layer) => ({
    name: layer.name,
    op: layer.op,
    output: (layer.outputShapes[0] ?? []).join('x'),
    figures: LAYER_FIGURES.map((figure) => layer[figure]),
    line: layer.line,
  }));
}

export function layersOfBaseline(layers: Readonly<Record<string, BaselineLayer>> = {}): ComparedLayer[] {
  return Object.entries(layers).map(([name, [op, output, ...figures]]) => ({ name, op, output, figures }));
}

/**
 * Layers of two models against each other: first by name, then the rest by op, output shape and figures in order, which
 * is a renaming. Layers that are equal in all are left out.
 */
export function diffLayers(before: readonly ComparedLayer[], after: readonly ComparedLayer[]): LayerChange[] {
  const known = new Map(before.map((layer) => [layer.name, layer]));
  const changes: LayerChange[] = [];
  const fresh: ComparedLayer[] = [];
  for (const layer of after) {
    const old = known.get(layer.name);
    if (old === undefined || old.op !== layer.op) {
      fresh.push(layer);
      continue;
    }
    known.delete(layer.name);
    if (fingerprint(old) !== fingerprint(layer)) changes.push({ status: 'changed', before: old, after: layer });
  }
  const gone = new Map<string, ComparedLayer[]>();
  for (const layer of known.values()) {
    const list = gone.get(fingerprint(layer));
    if (list === undefined) gone.set(fingerprint(layer), [layer]);
    else list.push(layer);
  }
  for (const layer of fresh) {
    const old = gone.get(fingerprint(layer))?.shift();
    changes.push(
      old === undefined ? { status: 'added', after: layer } : { status: 'renamed', before: old, after: layer },
    );
  }
  for (const list of gone.values()) for (const layer of list) changes.push({ status: 'removed', before: layer });
  return changes;
}

/** How layers explain a metric: by a figure of theirs, which is the metric's own part or, else, named with it. */
interface Explanation {
  readonly figure: Exclude<LayerFigure, 'liveActivationBytes'>;
  readonly convolutions?: boolean;
  readonly named?: boolean;
}

const EXPLAINED_BY: Readonly<Partial<Record<MetricId, Explanation>>> = {
  params: { figure: 'params' },
  paramBytes: { figure: 'paramBytes' },
  madds: { figure: 'madds' },
  flops: { figure: 'flops' },
  trainingFlops: { figure: 'trainingFlops' },
  activations: { figure: 'activations' },
  memoryAccessCost: { figure: 'memoryAccessCost' },
  paperMemoryAccessCost: { figure: 'memoryAccessCost', convolutions: true },
  memoryAccessCostRatio: { figure: 'memoryAccessCost', named: true },
  convolutionalInputOutput: { figure: 'memoryAccessCost', convolutions: true, named: true },
  maddsPerConvolutionalInputOutput: { figure: 'memoryAccessCost', convolutions: true, named: true },
  readBytes: { figure: 'readBytes' },
  writeBytes: { figure: 'writeBytes' },
  arithmeticIntensity: { figure: 'readBytes', named: true },
  peakTrainingBytes: { figure: 'writeBytes', named: true },
};

/**
 * The layers that cause a metric's change, largest first: those whose own figure changed in the same direction.
 *
 * @param change the metric's difference, whose sign counts
 */
export function causesOf(metric: MetricId, change: number, changes: readonly LayerChange[]): LayerContribution[] {
  const explanation = EXPLAINED_BY[metric];
  if (explanation === undefined) return [];
  const { figure, convolutions = false, named = false } = explanation;
  const at = LAYER_FIGURES.indexOf(figure);
  const sign = named ? 0 : Math.sign(change);
  return changes
    .flatMap(({ before, after }): LayerContribution[] => {
      const layer = (after ?? before) as ComparedLayer;
      if (convolutions && !/conv/i.test(layer.op)) return [];
      const delta = (after?.figures[at] ?? 0) - (before?.figures[at] ?? 0);
      if (delta === 0 || delta * sign < 0) return [];
      return [{ name: layer.name, delta, ...(named ? { metric: figure } : {}), line: after?.line }];
    })
    .sort((a, b) => Math.abs(b.delta) - Math.abs(a.delta));
}

/** Layers while which more is alive than the peak was, furthest above first: what raised a peak of activations. */
export function layersAbovePeak(layers: readonly ComparedLayer[], peakBytes: number): LayerContribution[] {
  const at = LAYER_FIGURES.indexOf('liveActivationBytes');
  return layers
    .map(({ name, figures, line }) => ({ name, delta: (figures[at] as number) - peakBytes, line }))
    .filter(({ delta }) => delta > 0)
    .sort((a, b) => b.delta - a.delta);
}

function fingerprint({ op, output, figures }: ComparedLayer): string {
  // Liveness depends on the rest of the model: a layer is not changed by what lives beside it.
  return [op, output, ...figures.slice(0, -1)].join('|');
}
