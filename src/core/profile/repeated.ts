import type { AnalysisResult, LayerAnalysis } from '../analysis/result.js';
import { sumLayers } from '../analysis/totals.js';
import type { TraceStep } from '../traces/trace.js';

/** By layer, how many calls alike it stands for, where those are several. */
export function repeatsOf(
  steps: readonly TraceStep[],
  layers: readonly (readonly string[])[],
): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  steps.forEach(({ repeats = 1 }, i) => {
    if (repeats > 1) for (const name of layers[i] ?? []) times.set(name, repeats);
  });
  return times;
}

/** An analysis of a trace's operators in which layers that stand for many calls alike do the work of all of them. */
export function repeated(analysis: AnalysisResult, times: ReadonlyMap<string, number>): AnalysisResult {
  if (times.size === 0) return analysis;
  const all = analysis.layers.map((layer) => timesLayer(layer, times.get(layer.name) ?? 1));
  const { options, totals } = analysis;
  const { peakActivationBytes: bytes, peakLayer: layer, peakTensors: tensors } = totals;
  return {
    ...analysis,
    layers: all,
    totals: sumLayers(all, { ...totals, execution: options.execution, peak: { bytes, layer, tensors } }),
  };
}

function timesLayer(layer: LayerAnalysis, times: number): LayerAnalysis {
  if (times === 1) return layer;
  const bound = layer.memoryAccessCostLowerBound;
  return {
    ...layer,
    madds: times * layer.madds,
    flops: times * layer.flops,
    activations: times * layer.activations,
    memoryAccessCost: times * layer.memoryAccessCost,
    memoryAccessCostLowerBound: bound === null ? null : times * bound,
    readBytes: times * layer.readBytes,
    writeBytes: times * layer.writeBytes,
    eagerReadBytes: times * layer.eagerReadBytes,
    eagerWriteBytes: times * layer.eagerWriteBytes,
    fusedReadBytes: times * layer.fusedReadBytes,
    fusedWriteBytes: times * layer.fusedWriteBytes,
    trainingFlops: times * layer.trainingFlops,
  };
}
