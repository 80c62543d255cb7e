import { ArchmeterError } from '../../../errors.js';
import { formatShape } from '../../../ir/tensor.js';
import type { Call } from '../call.js';
import type { Tensor } from '../tensor.js';
import type { OnnxOps } from './define-onnx-op.js';

interface WindowAttributes {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: 'same' | 'sameLower' | 'valid' | readonly (readonly [number, number])[];
}

/** Strides, dilations and padding of convolution and pooling. */
export function windowOf(call: Call, rank: number): WindowAttributes {
  const ones = new Array<number>(rank).fill(1);
  const list = (name: string) => {
    const given = call.ints(name);
    if (given === undefined || given.length === 0) return ones;
    if (given.length === rank && given.every((value) => value >= 1)) return given;
    throw new ArchmeterError(`${name} [${given.join(', ')}] does not fit ${rank} spatial axes`);
  };
  return { stride: list('strides'), dilation: list('dilations'), padding: paddingOf(call, rank) };
}

function paddingOf(call: Call, rank: number): WindowAttributes['padding'] {
  switch (call.text('auto_pad', 'NOTSET')) {
    case 'SAME_UPPER':
      return 'same';
    case 'SAME_LOWER':
      return 'sameLower';
    case 'VALID':
      return 'valid';
    default:
      return padPairs(call.ints('pads'), rank);
  }
}

/** ONNX lists all begins, then all ends. */
function padPairs(pads: readonly number[] | undefined, rank: number): [number, number][] {
  if (pads === undefined || pads.length === 0) return Array.from({ length: rank }, () => [0, 0]);
  if (pads.length !== rank * 2 || pads.some((pad) => pad < 0)) {
    throw new ArchmeterError(`pads [${pads.join(', ')}] do not fit ${rank} spatial axes`);
  }
  return Array.from({ length: rank }, (_, axis) => [pads[axis] as number, pads[axis + rank] as number]);
}

interface ConvolutionParts {
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;
  readonly layout?: 'channelsLast';
}

/** Convolution with the attributes of ONNX Conv. */
export function convolve(call: Call, { x, weight, bias, layout }: ConvolutionParts): Tensor {
  const [outChannels, , ...kernel] = weight.shape as readonly [number, number, ...number[]];
  const stated = call.ints('kernel_shape');
  const rank = kernel.length;
  if (rank === 0 || x.shape.length !== rank + 2) {
    throw new ArchmeterError(
      `an input of shape ${formatShape(x.shape)} does not fit a weight of shape ${formatShape(weight.shape)}`,
    );
  }
  if (stated !== undefined && stated.length > 0 && stated.join() !== kernel.join()) {
    throw new ArchmeterError(`kernel_shape says ${stated.join('x')}, the weight is ${formatShape(weight.shape)}`);
  }
  return call.emit('conv', bias === undefined ? [x, weight] : [x, weight, bias], {
    outChannels,
    kernel,
    ...windowOf(call, rank),
    groups: call.int('group', 1),
    bias: bias !== undefined,
    ...(layout === undefined ? {} : { layout }),
  });
}

function convTranspose(call: Call): Tensor {
  const [x, weight, bias] = [call.input(0), call.input(1), call.optional(2)];
  const kernel = weight.shape.slice(2);
  const rank = kernel.length;
  const groups = call.int('group', 1);
  const window = windowOf(call, rank);
  const given = call.ints('output_padding');
  const extra = given === undefined || given.length === 0 ? new Array<number>(rank).fill(0) : given;
  const input = x.shape.slice(2);
  // Size without padding: the padding is what makes it the size that is asked for.
  const full = input.map((size, axis) => {
    const [stride, dilation] = [window.stride[axis] as number, window.dilation[axis] as number];
    return (size - 1) * stride + dilation * ((kernel[axis] as number) - 1) + 1 + (extra[axis] as number);
  });
  const asked = call.ints('output_shape')?.slice(-rank);
  const automatic = window.padding === 'same' || window.padding === 'sameLower';
  const target =
    asked !== undefined && asked.length === rank
      ? asked
      : automatic
        ? input.map((size, axis) => size * (window.stride[axis] as number))
        : undefined;
  // A size that is asked for beyond the full one is padding of the output.
  const outputPadding = full.map(
    (size, axis) => (extra[axis] as number) + Math.max((target?.[axis] ?? size) - size, 0),
  );
  const padding =
    target === undefined
      ? window.padding === 'valid'
        ? 'valid'
        : window.padding
      : full.map((size, axis) => {
          const total = Math.max(size - (target[axis] as number), 0);
          const small = Math.floor(total / 2);
          return window.padding === 'sameLower' ? [total - small, small] : [small, total - small];
        });
  return call.emit('convTranspose', bias === undefined ? [x, weight] : [x, weight, bias], {
    outChannels: (weight.shape[1] as number) * groups,
    kernel,
    stride: window.stride,
    dilation: window.dilation,
    padding,
    ...(outputPadding.some((value) => value > 0) ? { outputPadding } : {}),
    groups,
    bias: bias !== undefined,
  });
}

/** Deformable convolution: samples at learned offsets, then the product of a convolution. */
function deformConv(call: Call): Tensor {
  const [x, weight, offset] = [call.input(0), call.input(1), call.input(2)];
  const [outChannels, , ...kernel] = weight.shape as readonly [number, number, ...number[]];
  const bias = call.optional(3);
  const mask = call.optional(4);
  const operands = [x, weight, bias, offset, mask];
  return call.emit('deformableConv', operands, {
    outChannels,
    kernel,
    ...windowOf(call, kernel.length),
    groups: call.int('group', 1),
    offsetGroups: call.int('offset_group', 1),
    bias: bias !== undefined,
  });
}

/** Columns put together to an image (opset 18). */
function col2Im(call: Call): Tensor {
  const outputSize = call.contents(1);
  const kernel = call.contents(2);
  return foldImage(call, call.input(0), outputSize, kernel);
}

function foldImage(call: Call, x: Tensor, outputSize: readonly number[], kernel: readonly number[]): Tensor {
  return call.emit('fold', [x], { outputSize, kernel, ...windowOf(call, kernel.length) });
}

export const CONVOLUTION: OnnxOps = {
  Conv: { lower: (call) => convolve(call, { x: call.input(0), weight: call.input(1), bias: call.optional(2) }) },
  ConvTranspose: { lower: convTranspose },
  DeformConv: { lower: deformConv },
  Col2Im: { contents: [1, 2], lower: col2Im },
};
