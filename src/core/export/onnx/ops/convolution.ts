import { elementCount } from '../../../ir/tensor.js';
import { perAxis, resolvePadding, type WindowAttributes } from '../../../ops/convolution/window.js';
import type { Exporter, Exporters } from '../call.js';

interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
}

/** Window over the spatial axes of an image of the given sizes. */
export function windowOf(
  { attributes: a }: { readonly attributes: Omit<WindowAttributes, 'kernel'> },
  sizes: readonly number[],
  kernel: readonly number[],
): Window {
  const strides = perAxis(a.stride, sizes.length, 'stride');
  const dilation = perAxis(a.dilation, sizes.length, 'dilation');
  return { kernel, stride: strides, dilation, padding: resolvePadding(a.padding, sizes, kernel, strides, dilation) };
}

export const padsOf = (padding: Window['padding']) => [
  ...padding.map(([begin]) => begin),
  ...padding.map(([, end]) => end),
];

const conv: Exporter<'conv'> = (call) => {
  const [, , ...kernel] = call.type(1).shape;
  const w = windowOf(call, call.imageShape(0).slice(2), kernel);
  call.emitImage('Conv', [call.image(0), call.input(1), call.input(2)], {
    kernel_shape: kernel,
    strides: w.stride,
    dilations: w.dilation,
    pads: padsOf(w.padding),
    group: call.attributes.groups,
  });
};

/** Pads are what is cut from the full output; `same` cuts down to input times stride. */
const convTranspose: Exporter<'convTranspose'> = (call) => {
  const { padding, outputPadding } = call.attributes;
  const [, , ...kernel] = call.type(1).shape;
  const sizes = call.imageShape(0).slice(2);
  const automatic = padding === 'same' || padding === 'sameLower';
  const w = windowOf(call, automatic ? sizes.map(() => 1) : sizes, kernel);
  const cut = kernel.map((size, i) => {
    const reach = (w.dilation[i] as number) * (size - 1) + 1;
    const total = Math.max(reach - (w.stride[i] as number), 0);
    const small = Math.floor(total / 2);
    return padding === 'same' ? ([small, total - small] as const) : ([total - small, small] as const);
  });
  call.emitImage('ConvTranspose', [call.image(0), call.input(1), call.input(2)], {
    kernel_shape: kernel,
    strides: w.stride,
    dilations: w.dilation,
    pads: padsOf(automatic ? cut : w.padding),
    output_padding: outputPaddingOf(w, automatic, perAxis(outputPadding, sizes.length, 'outputPadding', 0)),
    group: call.attributes.groups,
  });
};

/** A stride beyond the window leaves `same` output short of input times stride. */
function outputPaddingOf(w: Window, automatic: boolean, given: readonly number[]): number[] {
  if (!automatic) return [...given];
  return w.kernel.map((size, i) => Math.max((w.stride[i] as number) - (w.dilation[i] as number) * (size - 1) - 1, 0));
}

/** Windows as columns: one Gather along each spatial axis, then the window axes joined to the channels. */
const unfold: Exporter<'unfold'> = (call) => {
  const [batch = 1, channels = 1, ...sizes] = call.type(0).shape;
  const kernel = perAxis(call.attributes.kernel, sizes.length, 'kernel');
  const w = windowOf(call, sizes, kernel);
  const pads = [[0, 0] as const, [0, 0] as const, ...w.padding];
  let x = call.op('Pad', [call.input(0), call.integers(padsOf(pads))]);
  const counts: number[] = [];
  sizes.forEach((size, i) => {
    const [begin, end] = w.padding[i] as readonly [number, number];
    const d = w.dilation[i] as number;
    const s = w.stride[i] as number;
    const k = kernel[i] as number;
    const count = Math.floor((size + begin + end - d * (k - 1) - 1) / s) + 1;
    counts.push(count);
    const indices = Array.from({ length: k * count }, (_, at) => Math.floor(at / count) * d + (at % count) * s);
    x = call.op('Gather', [x, call.constant(indices, [k, count], 'int64')], { axis: 2 + 2 * i });
  });
  const axes = sizes.map((_, i) => 2 + 2 * i);
  const moved = call.op('Transpose', [x], { perm: [0, 1, ...axes, ...axes.map((axis) => axis + 1)] });
  call.emit('Reshape', [moved, call.integers([batch, channels * elementCount(kernel), elementCount(counts)])]);
};

/** Columns added into an image: a transposed convolution whose kernels each hold a single one. */
const fold: Exporter<'fold'> = (call) => {
  const [batch = 1, channels = 1, ...sizes] = call.outputType().shape;
  const kernel = perAxis(call.attributes.kernel, sizes.length, 'kernel');
  const w = windowOf(call, sizes, kernel);
  const taps = elementCount(kernel);
  const counts = sizes.map((size, i) => {
    const [begin, end] = w.padding[i] as readonly [number, number];
    const reach = (w.dilation[i] as number) * ((kernel[i] as number) - 1) + 1;
    return Math.floor((size + begin + end - reach) / (w.stride[i] as number)) + 1;
  });
  const short = sizes.map((size, i) => {
    const [begin, end] = w.padding[i] as readonly [number, number];
    const reach = (w.dilation[i] as number) * ((kernel[i] as number) - 1) + 1;
    return size + begin + end - (((counts[i] as number) - 1) * (w.stride[i] as number) + reach);
  });
  const ones = Float32Array.from({ length: channels * taps * taps }, (_, i) =>
    Math.floor(i / taps) % taps === i % taps ? 1 : 0,
  );
  const columns = call.op('Reshape', [call.input(0), call.integers([batch, channels * taps, ...counts])]);
  call.emit('ConvTranspose', [columns, call.constant(ones, [channels * taps, 1, ...kernel])], {
    kernel_shape: kernel,
    strides: w.stride,
    dilations: w.dilation,
    pads: padsOf(w.padding),
    output_padding: short,
    group: channels,
  });
};

export const convolution: Exporters = { conv, convTranspose, unfold, fold };
