import { ArchmeterError } from '../errors.js';
import { elementCount } from '../ir/tensor.js';
import { normalizeAxis } from '../ops/axis.js';
import {
  inputOf,
  type Kernel,
  type KernelCall,
  type Kernels,
  outputShape,
  range,
  strides,
  type Tensor,
  tensor,
} from './tensor.js';

const wrapped = (index: number, size: number) => (index < 0 ? index + size : index);

/** @throws ArchmeterError for an index outside the axis */
function within(index: number, size: number): number {
  const at = wrapped(index, size);
  if (at >= 0 && at < size) return at;
  throw new ArchmeterError(`index ${index} is outside an axis of ${size}`);
}

/** Rows of [outer, size, inner] picked by index within each batch. */
function take(x: Tensor, indices: Tensor, axis: number, batchAxes: number, shape: readonly number[]): Tensor {
  const size = x.shape[axis] as number;
  const inner = elementCount(x.shape.slice(axis + 1));
  const batches = elementCount(x.shape.slice(0, batchAxes));
  const outer = elementCount(x.shape.slice(batchAxes, axis));
  const count = indices.data.length / batches;
  const y = tensor(shape);
  let to = 0;
  for (let b = 0; b < batches; b++) {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < count; i++, to += inner) {
        const row = (b * outer + o) * size + within(indices.data[b * count + i] as number, size);
        y.data.set(x.data.subarray(row * inner, (row + 1) * inner), to);
      }
    }
  }
  return y;
}

const embedding: Kernel = (call) => [take(inputOf(call, 1), inputOf(call, 0), 0, 0, outputShape(call))];

const gather: Kernel<'gather'> = (call) => {
  const x = inputOf(call, 0);
  const axis = normalizeAxis(call.attributes.axis, x.shape.length);
  return [take(x, inputOf(call, 1), axis, call.attributes.batchAxes, outputShape(call))];
};

/** Offset in `x` of each element of `indices`, whose own axis is replaced by the index. */
function elementOffsets(x: Tensor, indices: Tensor, axis: number): number[] {
  const own = strides(x.shape);
  const steps = strides(indices.shape);
  return Array.from(indices.data, (index, i) =>
    indices.shape.reduce((offset, size, k) => {
      const at = k === axis ? within(index, x.shape[k] as number) : Math.floor(i / (steps[k] as number)) % size;
      return offset + at * (own[k] as number);
    }, 0),
  );
}

const gatherElements: Kernel<'gatherElements'> = (call) => {
  const x = inputOf(call, 0);
  const axis = normalizeAxis(call.attributes.axis, x.shape.length);
  const offsets = elementOffsets(x, inputOf(call, 1), axis);
  return [
    tensor(
      outputShape(call),
      Float64Array.from(offsets, (offset) => x.data[offset] as number),
    ),
  ];
};

/** Start of the slice that each tuple of indices picks, in elements. */
function tupleOffsets(x: Tensor, indices: Tensor, batchAxes: number): number[] {
  const own = strides(x.shape);
  const width = indices.shape.at(-1) as number;
  const tuples = indices.data.length / width;
  const batches = elementCount(x.shape.slice(0, batchAxes));
  return range(0, tuples).map((t) => {
    let offset = Math.floor((t * batches) / tuples) * elementCount(x.shape.slice(batchAxes));
    for (let k = 0; k < width; k++) {
      const axis = batchAxes + k;
      offset += within(indices.data[t * width + k] as number, x.shape[axis] as number) * (own[axis] as number);
    }
    return offset;
  });
}

const gatherNd: Kernel<'gatherNd'> = (call) => {
  const x = inputOf(call, 0);
  const indices = inputOf(call, 1);
  const batchAxes = call.attributes.batchAxes;
  const run = elementCount(x.shape.slice(batchAxes + (indices.shape.at(-1) as number)));
  const y = tensor(outputShape(call));
  tupleOffsets(x, indices, batchAxes).forEach((offset, i) => {
    y.data.set(x.data.subarray(offset, offset + run), i * run);
  });
  return [y];
};

type Meet = (before: number, update: number) => number;

type Scatter = 'scatterElements' | 'scatterNd';

/** An average needs to know how many meet. */
const MEETINGS: Readonly<Record<Exclude<KernelCall<Scatter>['attributes']['reduction'], 'mean'>, Meet>> = {
  none: (_, update) => update,
  add: (before, update) => before + update,
  mul: (before, update) => before * update,
  max: Math.max,
  min: Math.min,
};

function scatter<N extends Scatter>(
  offsetsOf: (x: Tensor, indices: Tensor, attributes: KernelCall<N>['attributes']) => number[],
): Kernel<N> {
  return (call) => {
    const x = inputOf(call, 0);
    const updates = inputOf(call, 2);
    const { reduction } = (call as KernelCall<Scatter>).attributes;
    if (reduction === 'mean') throw new ArchmeterError(`${call.op} by ${reduction} has no reference`);
    const meet = MEETINGS[reduction];
    const offsets = offsetsOf(x, inputOf(call, 1), call.attributes);
    const run = updates.data.length / Math.max(offsets.length, 1);
    const y = tensor(x.shape, x.data.slice());
    offsets.forEach((offset, i) => {
      for (let k = 0; k < run; k++) {
        y.data[offset + k] = meet(y.data[offset + k] as number, updates.data[i * run + k] as number);
      }
    });
    return [y];
  };
}

const oneHot: Kernel<'oneHot'> = (call) => {
  const indices = inputOf(call, 0);
  const { depth } = call.attributes;
  const shape = outputShape(call);
  const axis = normalizeAxis(call.attributes.axis, shape.length);
  const inner = elementCount(shape.slice(axis + 1));
  const y = tensor(shape);
  indices.data.forEach((index, i) => {
    const at = wrapped(index, depth);
    const outer = Math.floor(i / inner);
    if (at >= 0 && at < depth) y.data[(outer * depth + at) * inner + (i % inner)] = 1;
  });
  return [y];
};

const fill: Kernel<'fill'> = (call) => [
  tensor(outputShape(call), new Float64Array(elementCount(outputShape(call))).fill(call.attributes.value)),
];

const rangeKernel: Kernel<'range'> = (call) => {
  const { start, step } = call.attributes;
  const shape = outputShape(call);
  return [
    tensor(
      shape,
      Float64Array.from(range(0, elementCount(shape)), (i) => start + i * step),
    ),
  ];
};

export const indexing: Kernels = {
  embedding,
  gather,
  gatherElements,
  gatherNd,
  scatterElements: scatter((x, indices, a) => elementOffsets(x, indices, normalizeAxis(a.axis, x.shape.length))),
  scatterNd: scatter((x, indices) => tupleOffsets(x, indices, 0)),
  oneHot,
  fill,
  range: rangeKernel,
};
