import type { Lowering } from '../call.js';
import { Tensor } from '../tensor.js';
import { entry, listIn, listOf, stacked, withEntry } from './tensor-list.js';

/** Arrays of tensors of TensorFlow 1: each op hands on a `flow`, which stands for the array as it is then. */

const create: Lowering = (call) => {
  const length = Math.max(call.x.data?.[0] ?? 0, 0);
  const dtype = call.attributes.dtype('dtype') ?? 'float32';
  const shape = call.attributes.shape('element_shape');
  const element = shape?.every((size) => size !== null) ? (shape as number[]) : undefined;
  const flow = Tensor.listOf(call.builder, call.node.name, { element, length, items: new Map() }, dtype);
  return [call.constant([], 'int32', [0]), flow];
};

/** Handle, indices, value, flow. */
const scatter: Lowering = (call) => {
  const value = call.input(2);
  const [length = 0, ...element] = value.shape;
  return listOf(call, { element, length, items: new Map(), whole: value }, value.dtype);
};

const gather: Lowering = (call) => {
  const list = listIn(call, 2);
  return stacked(call, list, call.input(1).elements);
};

export const tensorArrayOps: Readonly<Record<string, Lowering>> = {
  TensorArrayV3: create,
  TensorArrayScatterV3: scatter,
  TensorArrayReadV3: (call) => entry(call, listIn(call, 2), call.input(1).data?.[0] ?? 0),
  TensorArrayWriteV3: (call) => withEntry(call, listIn(call, 3), call.input(1).data?.[0] ?? 0, call.input(2)),
  TensorArrayGatherV3: gather,
  TensorArraySizeV3: (call) => call.constant([], 'int32', [listIn(call, 1).length]),
  TensorArrayCloseV3: () => [],
};
