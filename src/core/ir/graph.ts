import type { DType, Shape } from './tensor.js';

/**
 * What a value is:
 * `input` is fed by the caller; `activation` is computed by a node; `parameter` is trained;
 * `buffer` is stored with the model but not trained (running statistics); `constant` is part of the program.
 */
export type ValueKind = 'input' | 'activation' | 'parameter' | 'buffer' | 'constant';

/** A named tensor. Ids index `Graph.values`. */
export interface Value {
  readonly id: number;
  readonly name: string;
  readonly kind: ValueKind;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Bits an element that the scales and zero points of its blocks take beside a quantised weight. */
  readonly scaleBits?: number;
  /** Contents of a small constant, row-major, where shapes depend on it. */
  readonly data?: readonly number[] | undefined;
}

/** One layer: an op applied to values. */
export interface Node {
  /** Unique in the graph, e.g. `layer1.0.conv2`. */
  readonly name: string;
  /** Name of an op in `core/ops`. */
  readonly op: string;
  /** Path of the module that holds it, parts joined with dots; empty at the top. */
  readonly scope: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Value ids by the op's input slots; -1 where an optional input is left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Where it stands in the file it was read from, e.g. a spec file's line (1-based). */
  readonly line?: number | undefined;
  /** What the file it was read from calls it and its outputs: a profile of a run of that file names kernels so. */
  readonly origin?: readonly string[] | undefined;
}

/** A model: nodes in an order in which they can run. Plain JSON. */
export interface Graph {
  readonly name: string;
  readonly values: readonly Value[];
  readonly nodes: readonly Node[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Remarks that a reader of the figures should see, e.g. that an exporter folded batch norm. */
  readonly notes: readonly string[];
  readonly source?: GraphSource | undefined;
}

/** Where a graph came from. */
export interface GraphSource {
  /** `zoo`, `spec`, `onnx`, `pt2`, `tfjs`, `keras`, `tflite` … */
  readonly format: string;
  readonly file?: string | undefined;
  /** Name and version of the program that wrote the file. */
  readonly producer?: string | undefined;
}

/** Ids of the nodes that read each value, by value id. */
export function consumersOf(graph: Graph): number[][] {
  const consumers: number[][] = graph.values.map(() => []);
  graph.nodes.forEach((node, index) => {
    for (const input of node.inputs) {
      if (input < 0) continue;
      const list = consumers[input] as number[];
      if (list[list.length - 1] !== index) list.push(index);
    }
  });
  return consumers;
}

/** Index of the node that computes each value, by value id; -1 for inputs, parameters, buffers and constants. */
export function producersOf(graph: Graph): Int32Array {
  const producers = new Int32Array(graph.values.length).fill(-1);
  graph.nodes.forEach((node, index) => {
    for (const output of node.outputs) producers[output] = index;
  });
  return producers;
}
