import {
  alongAxis,
  channelsFirst,
  inputOf,
  type Kernel,
  type KernelCall,
  outputShape,
  type Tensor,
  tensor,
} from '../../core/evaluate/tensor.js';
import { DEFAULTS } from '../../core/export/defaults.js';
import { normalizeAxis } from '../../core/ops/axis.js';

const number = (value: unknown, fallback: number) => (typeof value === 'number' ? value : fallback);

const batchNorm: Kernel = (call) => {
  const x = inputOf(call, 0);
  const [, scale, shift, mean, variance] = call.inputs;
  const last = call.attributes.layout === 'channelsLast';
  const channels = (last ? x.shape.at(-1) : x.shape[1]) as number;
  const inner = last ? 1 : x.shape.slice(2).reduce((product, size) => product * size, 1);
  const epsilon = number(call.attributes.epsilon, DEFAULTS.epsilon);
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

function trailingNorm(centered: boolean): Kernel {
  return (call) => {
    const x = inputOf(call, 0);
    const length = x.shape.slice(-number(call.attributes.axes, 1)).reduce((product, size) => product * size, 1);
    const y = normalizeRuns(x, length, number(call.attributes.epsilon, DEFAULTS.epsilon), centered);
    return [affine(y, 1, call.inputs[1], call.inputs[2])];
  };
}

function groupedNorm(groupsOf: (call: KernelCall, channels: number) => number): Kernel {
  return (call) => [
    channelsFirst(call, inputOf(call, 0), (x) => {
      const channels = x.shape[1] as number;
      const area = x.shape.slice(2).reduce((product, size) => product * size, 1);
      const length = (channels / groupsOf(call, channels)) * area;
      const y = normalizeRuns(x, length, number(call.attributes.epsilon, DEFAULTS.epsilon), true);
      return affine(y, area, call.inputs[1], call.inputs[2]);
    }),
  ];
}

/** The window reaches ⌊(size-1)/2⌋ channels down and ⌈(size-1)/2⌉ up (ONNX LRN). */
const localResponseNorm: Kernel = (call) => [
  channelsFirst(call, inputOf(call, 0), (x) => {
    const { size, alpha, beta, k } = { ...DEFAULTS.localResponseNorm, ...call.attributes } as Record<string, number>;
    const channels = x.shape[1] as number;
    const area = x.shape.slice(2).reduce((product, length) => product * length, 1);
    const down = Math.floor(((size as number) - 1) / 2);
    const y = tensor(x.shape);
    for (let i = 0; i < y.data.length; i++) {
      const c = Math.floor(i / area) % channels;
      let squares = 0;
      for (let other = Math.max(0, c - down); other < Math.min(channels, c - down + (size as number)); other++) {
        squares += (x.data[i + (other - c) * area] as number) ** 2;
      }
      const divisor = ((k as number) + ((alpha as number) / (size as number)) * squares) ** (beta as number);
      y.data[i] = (x.data[i] as number) / divisor;
    }
    return y;
  }),
];

function alongAttributeAxis(compute: (row: Float64Array, call: KernelCall) => Float64Array): Kernel {
  return (call) => {
    const x = inputOf(call, 0);
    const axis = normalizeAxis(number(call.attributes.axis, -1), Math.max(x.shape.length, 1));
    return [alongAxis(x, axis, (row) => compute(row, call))];
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

function normalizeRow(row: Float64Array, { attributes: a }: KernelCall): Float64Array {
  const p = number(a.p, 2);
  const norm = row.reduce((sum, x) => sum + Math.abs(x) ** p, 0) ** (1 / p);
  return row.map((x) => x / Math.max(norm, number(a.epsilon, DEFAULTS.normalizeEpsilon)));
}

export const normalization: Readonly<Record<string, Kernel>> = {
  batchNorm,
  layerNorm: trailingNorm(true),
  rmsNorm: trailingNorm(false),
  groupNorm: groupedNorm((call) => number(call.attributes.groups, 1)),
  instanceNorm: groupedNorm((_, channels) => channels),
  localResponseNorm,
  softmax: alongAttributeAxis(softmaxRow),
  logSoftmax: alongAttributeAxis(logSoftmaxRow),
  hardmax: alongAttributeAxis((row) => row.map((_, i) => (i === row.indexOf(largest(row)) ? 1 : 0))),
  normalize: alongAttributeAxis(normalizeRow),
};
