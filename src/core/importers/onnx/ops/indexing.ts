import { ArchmeterError } from '../../../errors.js';
import { strides } from '../../../evaluate/tensor.js';
import { elementCount, formatShape, isFloat } from '../../../ir/tensor.js';
import { normalizeAxis } from '../../../ops/axis.js';
import type { OpAttributes } from '../../../ops/op-attributes.js';
import type { Call } from '../call.js';
import { type Tensor, unread } from '../tensor.js';
import type { OnnxOps } from './define-onnx-op.js';
import { filled } from './generate.js';
import { reshaped } from './movement.js';

function gather(call: Call): Tensor {
  const x = call.input(0);
  const indices = call.input(1);
  const axis = normalizeAxis(call.int('axis', 0), x.shape.length);
  if (x.data !== undefined && indices.data !== undefined) return call.emit('gather', [x, indices], { axis });
  if (isEmbedding(x) && axis === 0) {
    return call.emit('embedding', [indices, x], { count: x.shape[0] as number, features: x.shape[1] as number });
  }
  const { rebatched } = call.emitter;
  if (rebatched !== undefined && x.shape.length === 1 && x.stored === undefined && isStoredOrKnown(indices)) {
    throw new ArchmeterError('it picks fixed positions of all elements together, the batch among them');
  }
  return call.emit('gather', [x, indices], { axis });
}

function isStoredOrKnown({ data, stored }: Tensor): boolean {
  return data !== undefined || stored !== undefined;
}

/** A stored table of numbers, looked up by its rows. */
function isEmbedding(x: Tensor): boolean {
  if (x.stored === undefined || x.value !== undefined || x.shape.length !== 2 || x.data !== undefined) return false;
  return isFloat(x.dtype) && elementCount(x.shape) > 1 && x.stored.tensor.proto !== undefined;
}

function gatherElements(call: Call): Tensor {
  const x = call.input(0);
  const indices = call.input(1);
  const axis = normalizeAxis(call.int('axis', 0), x.shape.length);
  return call.emit('gatherElements', [x, indices], { axis });
}

function gatherNd(call: Call): Tensor {
  const x = call.input(0);
  const indices = call.input(1);
  const batchAxes = call.int('batch_dims', 0);
  return call.emit('gatherNd', [x, indices], batchAxes > 0 ? { batchAxes } : {});
}

const REDUCTIONS = ['none', 'add', 'mul', 'max', 'min'] as const;

function reductionOf(call: Call): OpAttributes['scatterNd'] {
  const stated = call.text('reduction', 'none');
  const reduction = REDUCTIONS.find((known) => known === stated);
  if (reduction === undefined) throw new ArchmeterError(`${call.type} has the unknown reduction '${stated}'`);
  return { reduction };
}

function scatterElements(call: Call): Tensor {
  const [x, indices, updates] = [0, 1, 2].map((i) => call.input(i)) as [Tensor, Tensor, Tensor];
  const axis = normalizeAxis(call.int('axis', 0), x.shape.length);
  return call.emit('scatterElements', [x, indices, updates], { axis, ...reductionOf(call) });
}

function scatterNd(call: Call): Tensor {
  const [x, indices, updates] = [0, 1, 2].map((i) => call.input(i)) as [Tensor, Tensor, Tensor];
  return call.emit('scatterNd', [x, indices, updates], reductionOf(call));
}

/** Elements that are not zero; without known contents at most all. */
function nonZero(call: Call): Tensor {
  const x = call.input(0);
  if (x.data !== undefined) {
    const found = x.data.flatMap((value, at) => (value === 0 ? [] : [at]));
    const steps = strides(x.shape);
    const places = steps.flatMap((step, axis) => found.map((at) => Math.floor(at / step) % (x.shape[axis] as number)));
    return call.constant(places, [x.shape.length, found.length], 'int64');
  }
  call.noteLargest();
  return call.emit('nonZero', [x]);
}

function compress(call: Call): Tensor {
  const x = call.input(0);
  const condition = call.input(1);
  const given = call.int('axis');
  const axis = given === undefined ? 0 : normalizeAxis(given, x.shape.length);
  const data = given === undefined ? reshaped(call, x, [elementCount(x.shape)]) : x;
  const size = data.shape[axis] as number;
  const chosen = condition.data?.flatMap((flag, i) => (flag !== 0 && i < size ? [i] : []));
  if (chosen === undefined) call.noteLargest();
  const count = chosen?.length ?? Math.min(size, elementCount(condition.shape));
  const indices = chosen === undefined ? filled(call, [count], 0, 'int64') : call.constant(chosen, [count], 'int64');
  return call.emit('gather', [chosen === undefined ? unread(data) : data, indices], { axis });
}

/** Values, first positions, positions in the values, counts; at most as many as there are elements. */
function unique(call: Call): Tensor[] {
  const x = call.input(0);
  const given = call.int('axis');
  if (given === undefined && x.data !== undefined && elementCount(x.shape) > 0) return knownUnique(call, x.data, x);
  call.noteLargest();
  const axis = given === undefined ? 0 : normalizeAxis(given, x.shape.length);
  const data = given === undefined ? reshaped(call, x, [elementCount(x.shape)]) : x;
  const count = data.shape[axis] as number;
  const [sorted, positions] = call.emitAll('sort', [unread(data)], { axis }) as [Tensor, Tensor];
  const index = count === elementCount(positions.shape) ? positions : firstOf(call, positions, axis, count);
  return [sorted, index, index, index];
}

function firstOf(call: Call, positions: Tensor, axis: number, count: number): Tensor {
  const axes = positions.shape.flatMap((_, a) => (a === axis ? [] : [a]));
  const row = call.emit('slice', [positions], { starts: axes.map(() => 0), ends: axes.map(() => 1), axes });
  return call.emit('reshape', [row], { shape: [count] });
}

function knownUnique(call: Call, data: readonly number[], x: Tensor): Tensor[] {
  const first = new Map<number, number>();
  data.forEach((value, i) => {
    if (!first.has(value)) first.set(value, i);
  });
  const values = [...first.keys()];
  if (call.int('sorted', 1) !== 0) values.sort((a, b) => a - b);
  const place = new Map(values.map((value, i) => [value, i]));
  const inverse = data.map((value) => place.get(value) as number);
  const counts = new Array<number>(values.length).fill(0);
  for (const at of inverse) counts[at] = (counts[at] as number) + 1;
  const ints = (list: readonly number[]) => call.constant(list, [list.length], 'int64');
  return [
    call.constant(values, [values.length], x.dtype),
    ints(values.map((value) => first.get(value) as number)),
    ints(inverse),
    ints(counts),
  ];
}

function topK(call: Call): Tensor[] {
  const x = call.input(0);
  const axis = normalizeAxis(call.int('axis', -1), x.shape.length);
  const k = call.opset < 10 ? call.int('k', 0) : (call.contents(1)[0] as number);
  const size = x.shape[axis] as number;
  if (k < 0 || k > size) {
    throw new ArchmeterError(`TopK takes ${k} of ${size} elements`, 'Give an input large enough.');
  }
  const largest = call.int('largest', 1) !== 0;
  return call.emitAll('topK', [x], { k, axis, ...(largest ? {} : { largest }) });
}

function reverseSequence(call: Call): Tensor {
  const x = call.input(0);
  return call.emit('flip', [x], { axes: [normalizeAxis(call.int('time_axis', 0), x.shape.length)] });
}

function cumSum(call: Call): Tensor {
  const x = call.input(0);
  const axis = call.optional(1)?.data?.[0];
  const exclusive = call.flag('exclusive');
  const reverse = call.flag('reverse');
  // Every axis costs the same but for the rows: an unknown one counts as the last.
  return call.emit('cumSum', [axis === undefined ? unread(x) : x], { axis: axis ?? -1, exclusive, reverse });
}

/** Writes updates into a cache along an axis (opset 24). */
function tensorScatter(call: Call): Tensor {
  const [cache, update] = [call.input(0), call.input(1)];
  const axis = normalizeAxis(call.int('axis', -2), cache.shape.length);
  const fits = update.shape.every((size, a) =>
    a === axis ? size <= (cache.shape[a] as number) : size === cache.shape[a],
  );
  if (!fits || update.shape.length !== cache.shape.length) {
    throw new ArchmeterError(`an update ${formatShape(update.shape)} does not fit a cache ${formatShape(cache.shape)}`);
  }
  const indices = call.constant([0], [1], 'int64');
  const positions = call.emit('expand', [indices], { shape: update.shape });
  return call.emit('scatterElements', [cache, positions, update], { axis });
}

export const INDEXING: OnnxOps = {
  Compress: { hints: [1], folds: true, lower: compress },
  CumSum: { hints: [1], folds: true, lower: cumSum },
  CumProd: {
    hints: [1],
    lower: (call) =>
      call.emit('cumProd', [call.input(0)], {
        axis: call.optional(1)?.data?.[0] ?? -1,
        exclusive: call.flag('exclusive'),
        reverse: call.flag('reverse'),
      }),
  },
  Gather: { folds: true, lower: gather },
  GatherElements: { folds: true, lower: gatherElements },
  GatherND: { folds: true, lower: gatherNd },
  NonZero: { folds: true, lower: nonZero },
  ReverseSequence: { lower: reverseSequence },
  Scatter: { folds: true, lower: scatterElements },
  ScatterElements: { folds: true, lower: scatterElements },
  ScatterND: { folds: true, lower: scatterNd },
  TensorScatter: { lower: tensorScatter },
  TopK: { contents: [1], folds: true, lower: topK },
  Unique: { folds: true, lower: unique },
};
