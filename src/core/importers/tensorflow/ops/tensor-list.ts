import type { Lowering, NodeCall } from '../call.js';
import { Tensor, type TensorList } from '../tensor.js';

export function listOf(call: NodeCall, list: TensorList, dtype = call.x.dtype): Tensor {
  return Tensor.listOf(call.builder, call.node.name, list, dtype);
}

export function listIn(call: NodeCall, index = 0): TensorList {
  return call.input(index).list ?? call.fail(`its input ${index} is no list of tensors`);
}

/** More entries than any sequence that is unrolled. */
const MAX_ENTRIES = 65536;

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
export function entry(call: NodeCall, list: TensorList, index: number): Tensor {
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

const setItem: Lowering = (call) => withEntry(call, listIn(call), call.input(1).data?.[0] ?? 0, call.input(2));

export function withEntry(call: NodeCall, list: TensorList, index: number, item: Tensor): Tensor {
  const items = new Map(list.items).set(index, item);
  return listOf(call, { ...list, element: item.shape, length: Math.max(list.length, index + 1), items }, item.dtype);
}

/** All entries along a new first axis. */
export function stacked(call: NodeCall, list: TensorList, length: number): Tensor {
  if (list.whole !== undefined && list.items.size === 0 && list.whole.shape[0] === length) return list.whole;
  if (length > MAX_ENTRIES) call.fail(`its list has ${length} entries`);
  const parts = Array.from({ length }, (_, index) => entry(call, list, index));
  return call.add('stack', parts, { axis: 0 });
}

const stack: Lowering = (call) => {
  const asked = call.attributes.integer('num_elements', -1);
  const list = listIn(call);
  return stacked(call, list, asked > 0 ? asked : list.length);
};

/** Entries one after the other along their own first axis. */
const concat: Lowering = (call) => {
  const list = listIn(call);
  if (list.length > MAX_ENTRIES) call.fail(`its list has ${list.length} entries`);
  const parts = Array.from({ length: list.length }, (_, index) => entry(call, list, index));
  const lengths = parts.map(({ shape }) => shape[0] ?? 1);
  return [call.add('concat', parts, { axis: 0 }), call.constant([lengths.length], 'int64', lengths)];
};

const popBack: Lowering = (call) => {
  const list = listIn(call);
  const last = list.length - 1;
  const items = new Map([...list.items].filter(([index]) => index !== last));
  return [listOf(call, { ...list, length: Math.max(last, 0), items }), entry(call, list, last)];
};

export const tensorListOps: Readonly<Record<string, Lowering>> = {
  TensorListReserve: reserve,
  EmptyTensorList: reserve,
  TensorListFromTensor: fromTensor,
  TensorListGetItem: getItem,
  TensorListSetItem: setItem,
  TensorListPushBack: (call) => withEntry(call, listIn(call), listIn(call).length, call.input(1)),
  TensorListPopBack: popBack,
  TensorListScatter: fromTensor,
  TensorListScatterV2: fromTensor,
  TensorListGather: (call) => stacked(call, listIn(call), call.input(1).elements),
  TensorListConcat: concat,
  TensorListConcatV2: concat,
  TensorListStack: stack,
  TensorListLength: (call) => call.constant([], 'int32', [listIn(call).length]),
  TensorListResize: (call) => listOf(call, { ...listIn(call), length: call.input(1).data?.[0] ?? listIn(call).length }),
};
