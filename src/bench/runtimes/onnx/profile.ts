import { layersOfKernels, layersServed, type OnnxKernel } from '../../../core/graph/onnx-kernels.js';
import type { Graph, Node } from '../../../core/ir/graph.js';
import { elementCount } from '../../../core/ir/tensor.js';
import type { LayerTiming } from '../../../core/measurement.js';
import { foldings } from '../../lowering/folding.js';
import type { OptimizedNode } from './optimized-nodes.js';

/** An event of onnxruntime's profile (Chrome's trace format); times in µs. */
export interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly provider?: string;
    /** Of each input, shape by type. */
    readonly input_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
  };
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
 * Time of each layer in one run, fused ones under the first of them, as everywhere. What onnxruntime added to change a
 * layout is the layer's that reads it, and told apart as `conversionMs`; what serves none is put under its kind of op, as
 * no layer's.
 *
 * @param optimized nodes of the model as onnxruntime rewrote it; without them no one is served
 */
export function layerTimings(
  graph: Graph,
  events: readonly ProfileEvent[],
  optimized: readonly OptimizedNode[] = [],
): LayerTiming[] {
  const nodes = new Map(optimized.map((node) => [node.name, node]));
  const kernels = events.map(({ name: event, args }): OnnxKernel => {
    const name = kernelName(event);
    const { inputs, outputs } = nodes.get(name) ?? {};
    const [first] = Object.values(args?.input_type_shape?.[0] ?? {});
    return { name, operator: args?.op_name, elements: first && elementCount(first), inputs, outputs };
  });
  const layers = layersOfKernels(graph, kernels);
  const served = layersServed(kernels, layers);
  const first = firstOfFused(graph);
  const times = new Map<string, LayerTiming>();
  events.forEach(({ name: event, dur, args }, i) => {
    const layer = layers[i] ?? served[i];
    const name = layer === undefined ? (args?.op_name ?? kernelName(event)) : (first.get(layer) ?? layer).name;
    const key = `${layer === undefined} ${name}`;
    const known = times.get(key);
    const conversionMs = (known?.conversionMs ?? 0) + (served[i] === undefined ? 0 : dur / 1000);
    times.set(key, {
      name,
      latencyMs: (known?.latencyMs ?? 0) + dur / 1000,
      ...(conversionMs > 0 ? { conversionMs } : {}),
      ...(layer === undefined ? { unjoined: true } : {}),
    });
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
