import type { Graph, Node } from '../ir/graph.js';
import type { OpCall, OpDefinition } from '../ops/define-op.js';
import type { GraphIndex } from './graph-index.js';

/** What one layer moves. */
export interface LayerTraffic {
  /** Elements read (weights included) and written where the layer is a kernel of its own. */
  readonly elements: number;
  readonly eagerReadBytes: number;
  readonly eagerWriteBytes: number;
  readonly fusedReadBytes: number;
  readonly fusedWriteBytes: number;
}

const NOTHING: LayerTraffic = {
  elements: 0,
  eagerReadBytes: 0,
  eagerWriteBytes: 0,
  fusedReadBytes: 0,
  fusedWriteBytes: 0,
};

/** Reads and writes of layers, each distinct tensor once a kernel. */
export class Traffic {
  constructor(
    private readonly graph: Graph,
    private readonly index: GraphIndex,
    private readonly kernels: Int32Array,
    /** Width of each value's elements. */
    private readonly bits: ArrayLike<number>,
  ) {}

  of(at: number, op: OpDefinition, call: OpCall<Record<string, unknown>>): LayerTraffic {
    if (op.kind === 'view') return NOTHING;
    const { inputs, outputs } = this.graph.nodes[at] as Node;
    const reads = op.reads?.(call);
    const writes = op.writes?.(call);
    let elements = 0;
    let eagerReadBytes = 0;
    let fusedReadBytes = 0;
    for (let slot = 0; slot < inputs.length; slot++) {
      const id = inputs[slot] as number;
      if (id < 0 || inputs.indexOf(id) !== slot) continue;
      const count = reads?.[slot] ?? (this.index.elements[id] as number);
      const size = Math.ceil((count * (this.bits[id] as number)) / 8);
      elements += count;
      eagerReadBytes += size;
      if (this.entersKernel(at, id)) fusedReadBytes += size;
    }
    let eagerWriteBytes = 0;
    let fusedWriteBytes = 0;
    for (let slot = 0; slot < outputs.length; slot++) {
      const id = outputs[slot] as number;
      const count = writes?.[slot] ?? (this.index.elements[id] as number);
      const size = Math.ceil((count * (this.bits[id] as number)) / 8);
      elements += count;
      eagerWriteBytes += size;
      if (this.leavesKernel(at, id)) fusedWriteBytes += size;
    }
    return { elements, eagerReadBytes, eagerWriteBytes, fusedReadBytes, fusedWriteBytes };
  }

  /** Whether a value comes from outside the node's kernel, and no earlier node of the kernel has read it. */
  private entersKernel(at: number, value: number): boolean {
    const { kernels } = this;
    const kernel = kernels[at];
    const producer = this.index.producers[value] as number;
    if (producer >= 0 && kernels[producer] === kernel) return false;
    for (const reader of this.index.consumers[value] as readonly number[]) {
      if (kernels[reader] === kernel) return reader === at;
    }
    return true;
  }

  /** Whether the caller or another kernel reads a value. */
  private leavesKernel(at: number, value: number): boolean {
    const readers = this.index.consumers[value] as readonly number[];
    if (readers.length === 0 || this.index.outputs[value] === 1) return true;
    for (const reader of readers) if (this.kernels[reader] !== this.kernels[at]) return true;
    return false;
  }
}
