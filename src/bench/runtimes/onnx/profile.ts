import type { Graph, Node } from '../../../core/ir/graph.js';
import type { LayerTiming } from '../../../core/measurement.js';
import { foldings } from '../../lowering/folding.js';

/** An event of onnxruntime's profile (Chrome's trace format); times in µs. */
export interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: { readonly op_name?: string; readonly provider?: string };
}

/** Events of kernels, one list for each run of the model: a `model_run` event ends it. */
export function kernelRuns(events: readonly ProfileEvent[]): ProfileEvent[][] {
  const runs: ProfileEvent[][] = [];
  let current: ProfileEvent[] = [];
  for (const event of events) {
    if (event.cat === 'Node' && event.name.endsWith('_kernel_time')) current.push(event);
    if (event.cat === 'Session' && event.name === 'model_run') {
      runs.push(current);
      current = [];
    }
  }
  return runs;
}

/**
 * Time of each layer in one run. A kernel bears the name of an ONNX node, with a suffix where onnxruntime rewrote it:
 * fused layers are put under the first of them, as everywhere, and what it added itself (layout changes) under its kind.
 *
 * @param others what a kernel is put under whose name is no layer's: the `kind` of op, or the `node` as a file calls it
 */
export function layerTimings(
  graph: Graph,
  kernels: readonly ProfileEvent[],
  others: 'kind' | 'node' = 'kind',
): LayerTiming[] {
  const owner = layerNames(graph);
  const times = new Map<string, number>();
  for (const { name, dur, args } of kernels) {
    const kernel = name.replace(/_kernel_time$/, '');
    const layer = owner(kernel) ?? (others === 'node' ? undefined : args?.op_name) ?? kernel;
    times.set(layer, (times.get(layer) ?? 0) + dur / 1000);
  }
  return [...times].map(([name, latencyMs]) => ({ name, latencyMs }));
}

/** Layer that an ONNX node name belongs to. */
function layerNames(graph: Graph): (kernel: string) => string | undefined {
  const layers = new Map(graph.nodes.map(({ name }) => [name, name]));
  for (const [first, { nodes }] of foldings(graph)) {
    for (const node of nodes) layers.set(node.name, (first as Node).name);
  }
  return (kernel) => {
    for (
      let end = kernel.length;
      end > 0;
      end = Math.max(kernel.lastIndexOf('/', end - 1), kernel.lastIndexOf('_', end - 1))
    ) {
      const layer = layers.get(kernel.slice(0, end));
      if (layer !== undefined) return layer;
    }
    return undefined;
  };
}

/** Contractions that ran on the processor although another provider was asked for. */
export function strayContractions(kernels: readonly ProfileEvent[]): string[] {
  const heavy = /^(Fused)?(Conv|ConvTranspose|Gemm|MatMul|Einsum|LSTM|GRU|RNN)$/;
  return kernels
    .filter(({ args }) => args?.provider === 'CPUExecutionProvider' && heavy.test(args.op_name ?? ''))
    .map(({ name }) => name.replace(/_kernel_time$/, ''));
}
