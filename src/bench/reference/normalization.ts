import {
  alongAxis,
  channelsFirst,
  inputOf,
  isChannelsLast,
  type Kernel,
  type KernelCall,
  type Kernels,
  outputShape,
  type Tensor,
  tensor,
} from '../../core/evaluate/tensor.js';
import { normalizeAxis } from '../../core/ops/axis.js';

const batchNorm: Kernel<'batchNorm'> = (call) => {
  const x = inputOf(call, 0);
  const [, scale, shift, mean, variance] = call.inputs;
  const last = isChannelsLast(call);
  const channels = (last ? x.shape.at(-1) : x.shape[1]) as number;
  const inner = last ? 1 : x.shape.slice(2).reduce((product, size) => product * size, 1);
  const { epsilon } = call.attributes;
  const y = tensor(outputShape(call));
  for (let run = 0; run * inner < y.data.length; run++) {
    const c = run % channels;
    const factor = (scale?.data[c] ?? 1) / Math.sqrt((variance?.data[c] ?? 1) + epsilon);
    const center = mean?.data[c] ?? 0;
    const base = shift?.data[c] ?? 0;
    for (let i = run * inner; i < (run + 1) * inner; i++) y.data[i] = ((x.data[i] as number) - center) * factor + base;
  }
  return [y];
};

/** Each run of `length` elements brought to mean 0 and variance 1, or only divided by its root mean square. */
function normalizeRuns(x: Tensor, length: number, epsilon: number, centered: boolean): Tensor {
  const y = tensor(x.shape);
  for (let start = 0; start < x.data.length; start += length) {
    const run = x.data.subarray(start, start + length);
    const mean = centered ? run.reduce((sum, value) => sum + value, 0) / length : 0;
    const variance = run.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length;
    const factor = 1 / Math.sqrt(variance + epsilon);
    for (let i = 0; i < length; i++) y.data[start + i] = ((run[i] as number) - mean) * factor;
  }
  return y;
}

/** Multiplies and shifts by vectors that repeat every `scale.length` elements, each for `inner` elements. */
function affine(y: Tensor, inner: number, scale: Tensor | undefined, shift: Tensor | undefined): Tensor {
  const period = scale?.data.length ?? shift?.data.length ?? 1;
  for (let i = 0; i < y.data.length; i++) {
    const c = Math.floor(i / inner) % period;
    y.data[i] = (y.data[i] as number) * (scale?.data[c] ?? 1) + (shift?.data[c] ?? 0);
  }
  return y;
}

function trailingNorm(centered: boolean): Kernel<'layerNorm' | 'rmsNorm'> {
  return (call) => {
    const x = inputOf(call, 0);
    const { axes, epsilon } = call.attributes;
    const length = x.shape.slice(-axes).reduce((product, size) => product * size, 1);
    const y = normalizeRuns(x, length, epsilon, centered);
    return [affine(y, 1, call.inputs[1], call.inputs[2])];
  };
}

/** Over the channels of a group, or of each alone. */
const groupedNorm: Kernel<'groupNorm' | 'instanceNorm'> = (call) => [
  channelsFirst(call, inputOf(call, 0), (x) => {
    const a = call.attributes;
    const channels = x.shape[1] as number;
    const area = x.shape.slice(2).reduce((product, size) => product * size, 1);
    const length = 'groups' in a ? (channels / a.groups) * area : area;
    const y = normalizeRuns(x, length, a.epsilon, true);
    return affine(y, area, call.inputs[1], call.inputs[2]);
  }),
];

/** The window reaches ⌊(size-1)/2⌋ channels down and ⌈(size-1)/2⌉ up (ONNX LRN). */
const localResponseNorm: Kernel<'localResponseNorm'> = (call) => [
  channelsFirst(call, inputOf(call, 0), (x) => {
    const { size, alpha, beta, k } = call.attributes;
    const channels = x.shape[1] as number;
    const area = x.shape.slice(2).reduce((product, length) => product * length, 1);
    const down = Math.floor((size - 1) / 2);
    const y = tensor(x.shape);
    for (let i = 0; i < y.data.length; i++) {
      const c = Math.floor(i / area) % channels;
      let squares = 0;
      for (let other = Math.max(0, c - down); other < Math.min(channels, c - down + size); other++) {
        squares += (x.data[i + (other - c) * area] as number) ** 2;
      }
      const divisor = (k + (alpha / size) * squares) ** beta;
      y.data[i] = (x.data[i] as number) / divisor;
    }
    return y;
  }),
];

function alongAttributeAxis<N extends 'softmax' | 'logSoftmax' | 'hardmax' | 'normalize'>(
  compute: (row: Float64Array, call: KernelCall<N>) => Float64Array,
): Kernel<N> {
  return (call) => {
    const x = inputOf(call, 0);
    const { axis } = (call as KernelCall<'softmax' | 'normalize'>).attributes;
    return [alongAxis(x, normalizeAxis(axis, Math.max(x.shape.length, 1)), (row) => compute(row, call))];
  };
}

const largest = (row: Float64Array) => row.reduce((max, x) => Math.max(max, x), Number.NEGATIVE_INFINITY);

export function softmaxRow(row: Float64Array): Float64Array {
  const max = largest(row);
  const powers = row.map((x) => Math.exp(x - max));
  const sum = powers.reduce((total, x) => total + x, 0);
  return powers.map((x) => x / sum);
}

function logSoftmaxRow(row: Float64Array): Float64Array {
  const max = largest(row);
  const sum = row.reduce((total, x) => total + Math.exp(x - max), 0);
  return row.map((x) => x - max - Math.log(sum));
}

function normalizeRow(row: Float64Array, { attributes: { p, epsilon } }: KernelCall<'normalize'>): Float64Array {
  const norm = row.reduce((sum, x) => sum + Math.abs(x) ** p, 0) ** (1 / p);
  return row.map((x) => x / Math.max(norm, epsilon));
}

export const normalization: Kernels = {
  batchNorm,
  layerNorm: trailingNorm(true),
  rmsNorm: trailingNorm(false),
  groupNorm: groupedNorm,
  instanceNorm: groupedNorm,
  localResponseNorm,
  softmax: alongAttributeAxis(softmaxRow),
  logSoftmax: alongAttributeAxis(logSoftmaxRow),
  hardmax: alongAttributeAxis((row) => row.map((_, i) => (i === row.indexOf(largest(row)) ? 1 : 0))),
  normalize: alongAttributeAxis(normalizeRow),
};
