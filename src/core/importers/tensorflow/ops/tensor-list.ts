import type { Lowering, NodeCall } from '../call.js';
import { Tensor, type TensorList } from '../tensor.js';

function listOf(call: NodeCall, list: TensorList, dtype = call.x.dtype): Tensor {
  return Tensor.listOf(call.builder, call.node.name, list, dtype);
}

function listIn(call: NodeCall, index = 0): TensorList {
  return call.input(index).list ?? call.fail(`its input ${index} is no list of tensors`);
}

function elementShape(data: readonly number[] | undefined): readonly number[] | undefined {
  return data?.every((size) => size >= 0) ? data : undefined;
}

const reserve: Lowering = (call) => {
  const length = call.op === 'EmptyTensorList' ? 0 : (call.input(1).data?.[0] ?? 0);
  const dtype = call.attributes.dtype('element_dtype') ?? 'float32';
  return listOf(call, { element: elementShape(call.x.data), length: Math.max(length, 0), items: new Map() }, dtype);
};

const fromTensor: Lowering = (call) => {
  const [length = 0, ...element] = call.x.shape;
  return listOf(call, { element, length, items: new Map(), whole: call.x });
};

/** Entry `index`; where the index depends on the data, any is like the other. */
function entry(call: NodeCall, list: TensorList, index: number): Tensor {
  const item = list.items.get(index);
  if (item !== undefined) return item;
  if (list.whole !== undefined) {
    const slice = call.add('slice', [list.whole], { starts: [index], ends: [index + 1], axes: [0] });
    return call.add('squeeze', [slice], { axes: [0] }, 'squeeze');
  }
  const shape = list.element ?? call.fail('the shape of the entries of its list is not known');
  return call.add('fill', [], { shape, value: 0, dtype: call.x.dtype }, 'empty');
}

const getItem: Lowering = (call) => entry(call, listIn(call), call.input(1).data?.[0] ?? 0);

const setItem: Lowering = (call) => {
  const list = listIn(call);
  const index = call.input(1).data?.[0] ?? 0;
  const item = call.input(2);
  const items = new Map(list.items).set(index, item);
  return listOf(call, { ...list, element: item.shape, length: Math.max(list.length, index + 1), items });
};

const pushBack: Lowering = (call) => {
  const list = listIn(call);
  const item = call.input(1);
  const items = new Map(list.items).set(list.length, item);
  return listOf(call, { ...list, element: item.shape, length: list.length + 1, items });
};

const stack: Lowering = (call) => {
  const list = listIn(call);
  if (list.whole !== undefined && list.items.size === 0) return list.whole;
  const asked = call.attributes.integer('num_elements', -1);
  const length = asked > 0 ? asked : list.length;
  if (length > 65536) call.fail(`its list has ${length} entries`);
  const parts = Array.from({ length }, (_, index) => entry(call, list, index));
  return call.add('stack', parts, { axis: 0 });
};

export const tensorListOps: Readonly<Record<string, Lowering>> = {
  TensorListReserve: reserve,
  EmptyTensorList: reserve,
  TensorListFromTensor: fromTensor,
  TensorListGetItem: getItem,
  TensorListSetItem: setItem,
  TensorListPushBack: pushBack,
  TensorListStack: stack,
  TensorListLength: (call) => call.constant([], 'int32', [listIn(call).length]),
  TensorListResize: (call) => listOf(call, { ...listIn(call), length: call.input(1).data?.[0] ?? listIn(call).length }),
};
