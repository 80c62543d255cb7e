import type { Graph, Node } from '../../ir/graph.js';
import type { Shape } from '../../ir/tensor.js';
import type { OpDefinition } from '../../ops/define-op.js';
import type { ExecutionModel } from '../result.js';
import { batchedShapes } from './batch-axis.js';
import {
  channelsLastStrides,
  contiguousStrides,
  isChannelsLast,
  isContiguous,
  isDense,
  type Strides,
  viewStrides,
} from './strides.js';

const KEEPS_CHANNELS_LAST: ReadonlySet<string> = new Set(['concat', 'resize', 'pad']);

/**
 * How values lie in memory when torch runs a graph op by op: transpositions and parts are views, and what reads them in
 * order copies them first.
 */
export class StridedValues {
  private readonly strides = new Map<number, Strides>();
  private readonly shapes: readonly Shape[];

  constructor(
    graph: Graph,
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
    switch (node.op) {
      case 'transpose':
        return this.transpose(node);
      case 'split':
      case 'slice':
        return this.part(node);
      case 'reshape':
      case 'flatten':
      case 'squeeze':
      case 'unsqueeze':
        return this.reshape(node);
      case 'identity':
      case 'dropout':
        this.keep(node);
        return [];
      default:
        return this.compute(node, op);
    }
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

  private transpose({ inputs, outputs, attributes }: Node): number[] {
    const source = this.of(inputs[0] as number);
    const given = attributes['permutation'] as readonly number[] | undefined;
    const permutation = given ?? source.map((_, axis) => source.length - 1 - axis);
    this.set(
      outputs[0] as number,
      permutation.map((axis) => source[axis < 0 ? axis + source.length : axis] as number),
    );
    return [];
  }

  private part({ inputs, outputs, attributes }: Node): number[] {
    const source = [...this.of(inputs[0] as number)];
    const steps = attributes['steps'] as readonly number[] | undefined;
    const axes = (attributes['axes'] as readonly number[] | undefined) ?? source.map((_, axis) => axis);
    steps?.forEach((step, i) => {
      const axis = axes[i] as number;
      const at = axis < 0 ? axis + source.length : axis;
      source[at] = (source[at] as number) * Math.abs(step);
    });
    for (const id of outputs) this.set(id, source);
    return [];
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

  private keep({ inputs, outputs }: Node): void {
    const strides = this.strides.get(inputs[0] as number);
    if (strides !== undefined) this.set(outputs[0] as number, strides);
  }

  private compute(node: Node, op: OpDefinition): number[] {
    const { inputs, outputs } = node;
    if (op.kind === 'attention') this.attend(outputs[0] as number);
    const strided = inputs.filter((id) => id >= 0 && this.strides.has(id));
    if (strided.length === 0) return [];
    const shape = (id: number) => this.shapes[id] as Shape;
    const output = outputs[0] as number;
    switch (op.kind) {
      case 'activation':
      case 'elementwise': {
        // TensorIterator lays the result out as the first operand that is not repeated.
        const like = inputs.find((id) => id >= 0 && shape(id).join() === shape(output).join());
        if (like !== undefined && isDense(shape(like), this.of(like))) this.set(output, this.of(like));
        return [];
      }
      case 'convolution':
      case 'pooling': {
        const image = inputs[0] as number;
        if (this.channelsLast(image)) {
          this.set(output, channelsLastStrides(shape(output)));
          return [];
        }
        return strided.filter((id) => id === image);
      }
      case 'normalization':
        if (op.name === 'batchNorm' && this.channelsLast(inputs[0] as number)) {
          this.set(output, this.of(inputs[0] as number));
          return [];
        }
        return strided.filter((id) => id === inputs[0]);
      case 'linear': {
        const id = inputs[0] as number;
        const features = shape(id).at(-1) as number;
        const flat = viewStrides(shape(id), this.of(id), [
          shape(id)
            .slice(0, -1)
            .reduce((a, b) => a * b, 1),
          features,
        ]);
        return flat === undefined && strided.includes(id) ? [id] : [];
      }
      case 'matmul':
        return strided.filter((id) => !this.fitsBatchedProduct(id));
      case 'attention':
        return strided.filter((id) => this.of(id).at(-1) !== 1);
      case 'recurrent':
        return strided.filter((id) => id === inputs[0]);
      default:
        if (KEEPS_CHANNELS_LAST.has(node.op) && inputs.every((id) => this.channelsLast(id)))
          this.set(output, channelsLastStrides(shape(output)));
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
