import { type Device, matchDevice } from '../../src/core/analysis/devices/index.js';
import type { Workload } from '../../src/core/analysis/latency/fit.js';
import type { Arithmetic, Kernel } from '../../src/core/analysis/latency/kernel.js';
import type { KernelClass } from '../../src/core/ops/execution.js';
import { readTable } from './reference.js';

/** A call of one layer that was timed by itself, again and again on the same tensors. */
export interface SingleKernel extends Workload {
  readonly source: 'neusight' | 'aiconfigurator' | 'vidur';
  readonly device: Device;
  readonly op: string;
  readonly arithmetic: Arithmetic;
  readonly shape: string;
  readonly seconds: number;
  readonly reuse: number;
  /** Rows of a product. */
  readonly rows: number;
}

const PLAIN: Kernel = {
  class: 'elementwise',
  node: 0,
  madds: 0,
  readBytes: 0,
  writeBytes: 0,
  weightBytes: 0,
  rows: 0,
  depth: 0,
  width: 0,
  groups: 0,
  steps: 1,
  serialLoads: 0,
  threads: 0,
  arithmetic: 'float32',
  channelsLast: false,
  batched: false,
};

export function linearKernel(rows: number, width: number, depth: number, arithmetic: Arithmetic): Kernel {
  const bytes = arithmetic === 'float32' ? 4 : arithmetic === 'float16' ? 2 : 1;
  return {
    ...PLAIN,
    class: 'linear',
    madds: rows * width * depth,
    readBytes: bytes * rows * depth,
    writeBytes: Math.max(2, bytes) * rows * width,
    weightBytes: bytes * width * depth,
    rows,
    depth,
    width,
    groups: 1,
    arithmetic,
  };
}

const BINARY = /^(add|div|mul|pow)$/;
const UNARY = /^(addu|divu|mulu|powu)$/;

function neusightKernel(op: string, shape: readonly number[]): Kernel {
  const [batch = 1, ...sizes] = shape;
  if (op === 'linear') {
    const [m = 1, n = 1, k = 1] = sizes;
    return linearKernel(m * batch, n, k, 'float32');
  }
  if (op === 'bmm') {
    const [m = 1, n = 1, k = 1] = sizes;
    return {
      ...PLAIN,
      class: 'matmul',
      madds: batch * m * n * k,
      readBytes: 4 * batch * (m * k + k * n),
      writeBytes: 4 * batch * m * n,
      rows: m,
      depth: k,
      width: n,
      groups: batch,
    };
  }
  if (op === 'conv') {
    const [input = 1, output = 1, kernel = 1, size = 1, stride = 1, padding = 0] = sizes;
    const out = Math.floor((size + 2 * padding - kernel) / stride) + 1;
    const depth = input * kernel ** 2;
    return {
      ...PLAIN,
      class: kernel === 1 ? 'pointwiseConv' : 'conv',
      madds: batch * out ** 2 * depth * output,
      readBytes: 4 * batch * input * size ** 2,
      writeBytes: 4 * batch * output * out ** 2,
      weightBytes: 4 * depth * output,
      rows: batch * out ** 2,
      depth,
      width: output,
      groups: 1,
    };
  }
  const [row = 1] = sizes;
  const bytes = 4 * batch * row;
  const name: KernelClass =
    op === 'softmax'
      ? 'softmax'
      : op === 'ln'
        ? 'normalization'
        : BINARY.test(op) || UNARY.test(op)
          ? 'elementwise'
          : 'activation';
  const walks = name === 'softmax' || name === 'normalization';
  return {
    ...PLAIN,
    class: name,
    readBytes: BINARY.test(op) ? 2 * bytes : bytes,
    writeBytes: bytes,
    depth: walks ? row : 0,
  };
}

const bytesOf = (kernels: readonly Kernel[]) =>
  kernels.reduce((sum, { readBytes, writeBytes, weightBytes }) => sum + readBytes + writeBytes + weightBytes, 0);

function single(
  source: SingleKernel['source'],
  device: string,
  op: string,
  shape: string,
  microseconds: number | string,
  kernels: readonly Kernel[],
): SingleKernel {
  const main = kernels[kernels.length - 1] as Kernel;
  return {
    source,
    device: matchDevice(device) as Device,
    op,
    arithmetic: main.arithmetic,
    shape,
    seconds: Number(microseconds) * 1e-6,
    kernels: kernels.map((kernel) => ({ kernel, count: 1 })),
    batch: 1,
    reuse: bytesOf(kernels),
    rows: main.rows,
  };
}

/**
 * What a call takes between two events beyond its kernel: NeuSight's label files show 6 to 10 µs for calls that start
 * none and 17 for the smallest kernels, which take some 5 of it.
 */
const EMPTY_CALL = 12;

/** PyTorch 2.1, eager, 32 bits, without the time of an empty call. */
export function neusightKernels(): SingleKernel[] {
  return readTable('neusight-ops').map(({ device = '', op = '', shape = '', microseconds = '' }) =>
    single('neusight', device, op, shape, Number(microseconds) - EMPTY_CALL, [
      neusightKernel(op, shape.split('x').map(Number)),
    ]),
  );
}

/** Linear layers as vLLM, TensorRT-LLM and SGLang run them, in CUDA graphs; 8-bit ones convert their input first. */
export function aiconfiguratorProducts(): SingleKernel[] {
  return readTable('aiconfigurator-products').flatMap(
    ({ device = '', dtype = '', framework = '', m, n, k, microseconds = '' }) => {
      if (dtype !== 'bfloat16' && dtype !== 'float8') return [];
      const product = linearKernel(Number(m), Number(n), Number(k), dtype === 'float8' ? 'float8' : 'float16');
      const cast: Kernel = {
        ...PLAIN,
        class: 'cast',
        readBytes: 2 * Number(m) * Number(k),
        writeBytes: Number(m) * Number(k),
      };
      const kernels = dtype === 'float8' ? [cast, product] : [product];
      return [single('aiconfigurator', device, `linear/${framework}`, `${m}x${n}x${k}`, microseconds, kernels)];
    },
  );
}

/** Linear layers of large language models by tokens, PyTorch with CUDA graphs, 16 bits. */
export function vidurProducts(): SingleKernel[] {
  return readTable('vidur-products').map(({ device = '', op = '', shape = '', microseconds = '' }) => {
    const [m = 1, n = 1, k = 1] = shape.split('x').map(Number);
    return single('vidur', device, op, shape, microseconds, [linearKernel(m, n, k, 'float16')]);
  });
}
