import { layersOfKernels } from '../graph/onnx-kernels.js';
import type { Graph } from '../ir/graph.js';
import { elementCount, type Shape } from '../ir/tensor.js';
import type { TraceStep } from '../traces/trace.js';

/** Layers of steps that bear the names of a model file's nodes; undefined where the trace has no such names. */
export function namedLayers(steps: readonly TraceStep[], model: Graph): string[][] | undefined {
  if (!steps.some(({ nodes }) => nodes !== undefined)) return undefined;
  const kernels = steps.flatMap(({ nodes = [], calls }, step) => {
    const dims = calls[0]?.arguments[0]?.dims;
    const elements = dims === undefined ? undefined : elementCount(dims as Shape);
    return nodes.map((node) => ({ ...node, step, elements }));
  });
  const layers = layersOfKernels(model, kernels);
  const found = steps.map((): Set<string> => new Set());
  kernels.forEach(({ step }, i) => {
    const layer = layers[i];
    if (layer !== undefined) found[step]?.add(layer.name);
  });
  const place = new Map(model.nodes.map(({ name }, i) => [name, i]));
  const taken = new Set(found.flatMap((set, i) => (steps[i]?.nodesAreRange ? [] : [...set])));
  steps.forEach(({ nodesAreRange }, i) => {
    const ends = [...(found[i] as Set<string>)].map((name) => place.get(name) as number);
    if (nodesAreRange !== true || ends.length < 2) return;
    for (let at = Math.min(...ends); at <= Math.max(...ends); at++) {
      const { name } = model.nodes[at] as (typeof model.nodes)[number];
      if (!taken.has(name)) found[i]?.add(name);
      taken.add(name);
    }
  });
  return onceEach(found);
}

/** A layer that several steps name (a product cut in parts) belongs to all of them: they become one group. */
function onceEach(found: readonly Set<string>[]): string[][] {
  const leader = found.map((_, i) => i);
  const root = (i: number): number => (leader[i] === i ? i : root(leader[i] as number));
  const first = new Map<string, number>();
  found.forEach((set, i) => {
    for (const name of set) {
      const other = first.get(name);
      if (other === undefined) first.set(name, i);
      else leader[root(i)] = root(other);
    }
  });
  const groups = new Map<number, Set<string>>();
  found.forEach((set, i) => {
    const group = groups.get(root(i)) ?? new Set<string>();
    for (const name of set) group.add(name);
    groups.set(root(i), group);
  });
  return found.map((set, i) => (set.size === 0 ? [] : [...(groups.get(root(i)) ?? [])]));
}
