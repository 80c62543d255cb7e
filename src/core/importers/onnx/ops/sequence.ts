import { ArchmeterError } from '../../../errors.js';
import { normalizeAxis } from '../../../ops/axis.js';
import type { Call } from '../call.js';
import type { Entry, Tensor, TensorList } from '../tensor.js';
import type { OnnxOps } from './define-onnx-op.js';
import { concatenated, splitInto } from './movement.js';

/** Lists of tensors: known in length as long as nothing at run time decides it. */

const list = (items: readonly Tensor[]): TensorList => ({ kind: 'list', items });

function position(call: Call, slot: number, length: number): number {
  const at = call.inputs[slot] === undefined ? -1 : (call.contents(slot)[0] as number);
  const index = at < 0 ? at + length : at;
  if (index < 0 || index > length) throw new ArchmeterError(`position ${at} is outside a list of ${length}`);
  return index;
}

function sequenceAt(call: Call): Tensor {
  const { items } = call.list(0);
  const item = items[position(call, 1, items.length)];
  if (item === undefined) throw new ArchmeterError(`a list of ${items.length} has no such position`);
  return item;
}

function splitToSequence(call: Call): TensorList {
  const x = call.input(0);
  const axis = normalizeAxis(call.int('axis', 0), x.shape.length);
  const size = x.shape[axis] as number;
  const given = call.optionalContents(1);
  if (given !== undefined && call.input(1).shape.length > 0) return list(splitInto(call, x, axis, given));
  const each = given?.[0] ?? 1;
  if (!(each >= 1) || size / each > 2 ** 16) throw new ArchmeterError(`an axis of ${size} is split by ${each}`);
  const sizes = Array.from({ length: Math.ceil(size / each) }, (_, i) => Math.min(each, size - i * each));
  const parts = size === 0 ? [] : splitInto(call, x, axis, sizes);
  const keeps = given !== undefined || call.int('keepdims', 1) !== 0;
  return list(keeps ? parts : parts.map((part) => call.emit('squeeze', [part], { axes: [axis] })));
}

function concatFromSequence(call: Call): Tensor {
  const { items } = call.list(0);
  const axis = call.int('axis', 0);
  return call.flag('new_axis') ? call.emit('stack', items, { axis }) : concatenated(call, items, axis);
}

function length(call: Call): Tensor {
  return call.constant([call.list(0).items.length], [], 'int64');
}

/** An optional without a value is an input left out. */
function optionalElement(call: Call): Entry {
  const value = call.inputs[0];
  if (value === undefined) throw new ArchmeterError('the value of an empty optional is asked for');
  return value;
}

export const SEQUENCE: OnnxOps = {
  ConcatFromSequence: { lower: concatFromSequence },
  Optional: { lower: (call) => call.inputs[0] ?? [] },
  OptionalGetElement: { lower: optionalElement },
  OptionalHasElement: { lower: (call) => call.constant([call.inputs[0] === undefined ? 0 : 1], [], 'bool') },
  SequenceAt: { contents: [1], lower: sequenceAt },
  SequenceConstruct: { lower: (call) => list(call.tensors()) },
  SequenceEmpty: { lower: () => list([]) },
  SequenceErase: {
    contents: [1],
    lower(call) {
      const { items } = call.list(0);
      const at = position(call, 1, items.length);
      return list(items.filter((_, i) => i !== at));
    },
  },
  SequenceInsert: {
    contents: [2],
    lower(call) {
      const { items } = call.list(0);
      const at = call.inputs[2] === undefined ? items.length : position(call, 2, items.length);
      return list(items.toSpliced(at, 0, call.input(1)));
    },
  },
  SequenceLength: { lower: length },
  SplitToSequence: { contents: [1], lower: splitToSequence },
};
