import { layersOfKernels } from '../graph/onnx-kernels.js';
import type { Graph } from '../ir/graph.js';
import type { TraceStep } from '../traces/trace.js';

/** Layers of steps that bear the names of a model file's nodes; undefined where the trace has no such names. */
export function namedLayers(steps: readonly TraceStep[], model: Graph): string[][] | undefined {
  if (!steps.some(({ nodes }) => nodes !== undefined)) return undefined;
  const kernels = steps.flatMap(({ nodes = [] }, step) => nodes.map((node) => ({ ...node, step })));
  const layers = layersOfKernels(model, kernels);
  const found = steps.map((): Set<string> => new Set());
  kernels.forEach(({ step }, i) => {
    const layer = layers[i];
    if (layer !== undefined) found[step]?.add(layer.name);
  });
  return found.map((set) => [...set]);
}
