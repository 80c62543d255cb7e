import type { Value } from '../../../ir/graph.js';
import { channelsOf, type Padding, spatialSizes } from '../../../ops/convolution/window.js';
import type { LayerCall, LayerLowering } from '../layer.js';

/** Weights are canonical, [out, in / groups, …kernel], whatever the layout of the file's kernel. */

/** Spatial rank by the class name: `Conv2DTranspose` is 2. */
export function rankOf(call: LayerCall): number {
  const rank = Number(/(\d)D/.exec(call.layer.className)?.[1]);
  if (call.x.shape.length !== rank + 2) {
    call.fail(`it takes ${rank + 2} axes, its input has shape [${call.x.shape.join(', ')}]`);
  }
  return rank;
}

function bias(call: LayerCall, channels: number): Value | undefined {
  return call.config.boolean('use_bias', true) ? call.weight('bias', [channels]) : undefined;
}

function paddingOf(call: LayerCall, kernel: readonly number[], dilation: readonly number[]): Padding {
  const padding = call.config.text('padding', 'valid');
  if (padding === 'same' || padding === 'valid') return padding;
  if (padding === 'causal') return kernel.map((size, axis) => [(size - 1) * (dilation[axis] as number), 0]);
  return call.config.wrong('padding', "'same', 'valid' or 'causal'");
}

function window(call: LayerCall, rank: number) {
  const kernel = call.config.sizes('kernel_size', rank);
  const dilation = call.config.sizes('dilation_rate', rank, 1);
  return {
    kernel,
    stride: call.config.sizes('strides', rank, 1),
    padding: paddingOf(call, kernel, dilation),
    dilation,
    layout: call.layout(),
  };
}

const convolution: LayerLowering = (call) => {
  const rank = rankOf(call);
  const attributes = window(call, rank);
  const outChannels = call.config.size('filters');
  const groups = call.config.size('groups', 1);
  const channels = channelsOf(call.x.shape, attributes.layout);
  if (channels % groups !== 0) call.fail(`groups ${groups} does not divide its ${channels} input channels`);
  const kernel = call.weight('kernel', [outChannels, channels / groups, ...attributes.kernel]);
  const shift = bias(call, outChannels);
  const inputs = [call.x, kernel, ...(shift ? [shift] : [])];
  return call.activate(call.add('conv', inputs, { outChannels, ...attributes, groups, bias: shift !== undefined }));
};

const depthwise: LayerLowering = (call) => {
  const rank = rankOf(call);
  const attributes = window(call, rank);
  const channels = channelsOf(call.x.shape, attributes.layout);
  const outChannels = channels * call.config.size('depth_multiplier', 1);
  const kernel = call.weight('kernel', [outChannels, 1, ...attributes.kernel]);
  const shift = bias(call, outChannels);
  const inputs = [call.x, kernel, ...(shift ? [shift] : [])];
  const result = call.add('conv', inputs, {
    outChannels,
    ...attributes,
    groups: channels,
    bias: shift !== undefined,
  });
  return call.activate(result);
};

/** A depthwise convolution, then a pointwise one, which has the bias. */
const separable: LayerLowering = (call) => {
  const rank = rankOf(call);
  const attributes = window(call, rank);
  const channels = channelsOf(call.x.shape, attributes.layout);
  const middle = channels * call.config.size('depth_multiplier', 1);
  const depthwiseKernel = call.weight('depthwise_kernel', [middle, 1, ...attributes.kernel]);
  const x = call.part('depthwise', 'conv', [call.x, depthwiseKernel], {
    outChannels: middle,
    ...attributes,
    groups: channels,
    bias: false,
  });
  const outChannels = call.config.size('filters');
  const ones = new Array<number>(rank).fill(1);
  const pointwiseKernel = call.weight('pointwise_kernel', [outChannels, middle, ...ones]);
  const shift = bias(call, outChannels);
  const result = call.part('pointwise', 'conv', [x, pointwiseKernel, ...(shift ? [shift] : [])], {
    outChannels,
    kernel: ones,
    layout: attributes.layout,
    bias: shift !== undefined,
  });
  return call.activate(result);
};

const transposed: LayerLowering = (call) => {
  const rank = rankOf(call);
  const { kernel, stride, dilation, layout } = window(call, rank);
  const outChannels = call.config.size('filters');
  const channels = channelsOf(call.x.shape, layout);
  const stated = call.config.has('output_padding') ? call.config.sizes('output_padding', rank, 0, 0) : undefined;
  const same = call.config.text('padding', 'valid') === 'same';
  const sizes = spatialSizes(call.x.shape, layout);
  const output = sizes.map((size, axis) =>
    transposedSize(
      size,
      kernel[axis] as number,
      stride[axis] as number,
      dilation[axis] as number,
      same,
      stated?.[axis],
    ),
  );
  const cut = cutTo(sizes, output, kernel, stride, dilation);
  const weight = call.weight('kernel', [channels, outChannels, ...kernel]);
  const shift = bias(call, outChannels);
  const result = call.add('convTranspose', [call.x, weight, ...(shift ? [shift] : [])], {
    outChannels,
    kernel,
    stride,
    dilation,
    ...cut,
    layout,
    bias: shift !== undefined,
  });
  return call.activate(result);
};

/** Output size of a transposed convolution: Keras' `compute_conv_transpose_output_shape`. */
function transposedSize(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  same: boolean,
  outputPadding: number | undefined,
): number {
  const window = (kernel - 1) * dilation + 1;
  if (outputPadding === undefined) return same ? size * stride : size * stride + Math.max(window - stride, 0);
  return (size - 1) * stride + window - (same ? 2 * Math.floor(window / 2) : 0) + outputPadding;
}

/** Padding and output padding of the convTranspose op that give these output sizes. */
export function cutTo(
  sizes: readonly number[],
  output: readonly number[],
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): { readonly padding: number[][]; readonly outputPadding: number[] } {
  const excess = sizes.map((size, axis) => {
    const full =
      (size - 1) * (stride[axis] as number) + (dilation[axis] as number) * ((kernel[axis] as number) - 1) + 1;
    return full - (output[axis] as number);
  });
  return {
    padding: excess.map((cut) => (cut > 0 ? [Math.floor(cut / 2), cut - Math.floor(cut / 2)] : [0, 0])),
    outputPadding: excess.map((cut) => Math.max(-cut, 0)),
  };
}

export const convolutionLayers: Readonly<Record<string, LayerLowering>> = {
  Conv1D: convolution,
  Conv2D: convolution,
  Conv3D: convolution,
  Convolution1D: convolution,
  Convolution2D: convolution,
  Convolution3D: convolution,
  DepthwiseConv1D: depthwise,
  DepthwiseConv2D: depthwise,
  SeparableConv1D: separable,
  SeparableConv2D: separable,
  SeparableConvolution1D: separable,
  SeparableConvolution2D: separable,
  Conv1DTranspose: transposed,
  Conv2DTranspose: transposed,
  Conv3DTranspose: transposed,
  Convolution1DTranspose: transposed,
  Convolution2DTranspose: transposed,
  Convolution3DTranspose: transposed,
};
