import { layersOfKernels } from '../../../core/graph/onnx-kernels.js';
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
 * Time of each layer in one run, fused ones under the first of them, as everywhere. What onnxruntime added itself (layouts
 * changed, matrices reshaped) is put under its kind of op, as no layer's.
 */
export function layerTimings(graph: Graph, kernels: readonly ProfileEvent[]): LayerTiming[] {
  const layers = layersOfKernels(
    graph,
    kernels.map(({ name, args }) => ({ name: kernelName(name), operator: args?.op_name })),
  );
  const first = firstOfFused(graph);
  const times = new Map<string, LayerTiming>();
  kernels.forEach(({ name: event, dur, args }, i) => {
    const layer = layers[i];
    const name = layer === undefined ? (args?.op_name ?? kernelName(event)) : (first.get(layer) ?? layer).name;
    const key = `${layer === undefined} ${name}`;
    const latencyMs = (times.get(key)?.latencyMs ?? 0) + dur / 1000;
    times.set(key, { name, latencyMs, ...(layer === undefined ? { unjoined: true } : {}) });
  });
  return [...times.values()];
}

const kernelName = (event: string): string => event.replace(/_kernel_time$/, '');

function firstOfFused(graph: Graph): Map<Node, Node> {
  return new Map([...foldings(graph)].flatMap(([first, { nodes }]) => nodes.map((node) => [node, first] as const)));
}

/** Contractions that ran on the processor although another provider was asked for. */
export function strayContractions(kernels: readonly ProfileEvent[]): string[] {
  const heavy = /^(Fused)?(Conv|ConvTranspose|Gemm|MatMul|Einsum|LSTM|GRU|RNN)$/;
  return kernels
    .filter(({ args }) => args?.provider === 'CPUExecutionProvider' && heavy.test(args.op_name ?? ''))
    .map(({ name }) => kernelName(name));
}
