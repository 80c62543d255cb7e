import type { Graph, Node } from '../../ir/graph.js';
import { elementCount, type Shape } from '../../ir/tensor.js';
import type { OpDefinition } from '../../ops/define-op.js';
import { callOf, type MemoryOrder, type Strides, slotOf } from '../../ops/execution.js';
import type { ExecutionModel } from '../result.js';
import { batchedShapes } from './batch-axis.js';
import {
  channelsLastStrides,
  contiguousStrides,
  isChannelsLast,
  isContiguous,
  isDense,
  viewStrides,
} from './strides.js';

/**
 * How values lie in memory when torch runs a graph op by op: transpositions and parts are views, and what reads them in
 * order copies them first.
 */
export class StridedValues {
  private readonly strides = new Map<number, Strides>();
  private readonly shapes: readonly Shape[];

  constructor(
    private readonly graph: Graph,
    private readonly execution: ExecutionModel,
    channelsLast: boolean,
  ) {
    this.shapes = batchedShapes(graph);
    if (!channelsLast) return;
    for (const id of graph.inputs) {
      const shape = this.shapes[id] as Shape;
      if (shape.length === 4) this.set(id, channelsLastStrides(shape));
    }
  }

  /** Values that are copied before a node runs. Call once for each node, in order. */
  visit(node: Node, op: OpDefinition): number[] {
    // A compiler lays values out as their readers want them.
    if (this.execution === 'fused') return [];
    const order = slotOf(op, 'memoryOrder') ?? 'contiguous';
    if (typeof order === 'function') {
      const result = order(this.of(node.inputs[0] as number), callOf(this.graph, node));
      for (const id of node.outputs) this.set(id, result);
      return [];
    }
    if (order === 'view') return this.reshape(node);
    return this.compute(node, order);
  }

  /** Whether an image's channels lie last in memory. */
  channelsLast(id: number): boolean {
    const strides = this.strides.get(id);
    if (strides === undefined) return false;
    const shape = this.shapes[id] as Shape;
    // Images may lie apart, as after a slice of tokens (c10::is_channels_last_strides_2d).
    const image = [1, ...shape.slice(1)];
    return isChannelsLast(image, strides) && !isContiguous(image, strides);
  }

  /** Whether neighbours in memory are not neighbours along the last axis: a copy in order gathers element by element. */
  transposed(id: number): boolean {
    const strides = this.strides.get(id);
    if (strides === undefined) return false;
    const shape = this.shapes[id] as Shape;
    const last = shape.findLastIndex((size) => size > 1);
    return last >= 0 && strides[last] !== 1;
  }

  /** Whether two values of one shape are walked in the same order. */
  sameOrder(a: number, b: number): boolean {
    return (this.strides.get(a)?.join() ?? '') === (this.strides.get(b)?.join() ?? '');
  }

  private of(id: number): Strides {
    return this.strides.get(id) ?? contiguousStrides(this.shapes[id] as Shape);
  }

  private set(id: number, strides: Strides): void {
    if (!isContiguous(this.shapes[id] as Shape, strides)) this.strides.set(id, strides);
  }

  private reshape({ inputs, outputs }: Node): number[] {
    const id = inputs[0] as number;
    const strides = this.strides.get(id);
    if (strides === undefined) return [];
    const target = this.shapes[outputs[0] as number] as Shape;
    const view = viewStrides(this.shapes[id] as Shape, strides, target);
    if (view === undefined) return [id];
    this.set(outputs[0] as number, view);
    return [];
  }

  private compute({ inputs, outputs }: Node, order: MemoryOrder): number[] {
    const output = outputs[0] as number;
    if (order === 'heads') this.attend(output);
    const strided = inputs.filter((id) => id >= 0 && this.strides.has(id));
    if (strided.length === 0) return [];
    const shape = (id: number) => this.shapes[id] as Shape;
    const first = inputs[0] as number;
    switch (order) {
      case 'operand': {
        const like = inputs.find((id) => id >= 0 && shape(id).join() === shape(output).join());
        if (like !== undefined && isDense(shape(like), this.of(like))) this.set(output, this.of(like));
        return [];
      }
      case 'image':
      case 'sameImage':
        if (!this.channelsLast(first)) return strided.filter((id) => id === first);
        this.set(output, order === 'image' ? channelsLastStrides(shape(output)) : this.of(first));
        return [];
      case 'channelsLast':
        if (inputs.every((id) => this.channelsLast(id))) this.set(output, channelsLastStrides(shape(output)));
        return [];
      case 'rows': {
        const places = elementCount(shape(first).slice(0, -1));
        const flat = viewStrides(shape(first), this.of(first), [places, shape(first).at(-1) as number]);
        return flat === undefined && strided.includes(first) ? [first] : [];
      }
      case 'product':
        return strided.filter((id) => !this.fitsBatchedProduct(id));
      case 'heads':
        return strided.filter((id) => this.of(id).at(-1) !== 1);
      case 'ordered':
        return strided.filter((id) => id === first);
      case 'kept':
        if (this.strides.has(first)) this.set(output, this.of(first));
        return [];
      case 'view':
      case 'contiguous':
        return [];
    }
  }

  /** Fused attention writes its heads side by side: [B, H, L, E] lies in memory as [B, L, H, E]. */
  private attend(output: number): void {
    const shape = this.shapes[output] as Shape;
    if (shape.length !== 4) return;
    const [, heads = 1, length = 1, features = 1] = shape;
    this.set(output, [length * heads * features, features, heads * features, 1]);
  }

  /** Batch axes must fold into one, and one of the last two axes must be the innermost. */
  private fitsBatchedProduct(id: number): boolean {
    const shape = this.shapes[id] as Shape;
    const strides = this.of(id);
    if (shape.length < 2) return true;
    const batch = viewStrides(shape.slice(0, -2), strides.slice(0, -2), [
      shape.slice(0, -2).reduce((a, b) => a * b, 1),
    ]);
    return batch !== undefined && (strides.at(-1) === 1 || strides.at(-2) === 1);
  }
}
