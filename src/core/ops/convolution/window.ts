import { ArchmeterError } from '../../errors.js';
import type { Shape, TensorType } from '../../ir/tensor.js';

/** Sliding-window arithmetic shared by convolution, pooling and unfold. Spatial rank 1, 2 or 3. */

export type Layout = 'channelsFirst' | 'channelsLast';

/** One number for every spatial axis, or one per axis. */
export type PerAxis = number | readonly number[];

/**
 * `same`: output ceil(in/stride), the odd element at the end (TensorFlow SAME, ONNX SAME_UPPER); `sameLower`: at the
 * start; `valid`: none; a number: that much on both sides; one number per axis; or `[begin, end]` per axis.
 */
export type Padding = 'same' | 'sameLower' | 'valid' | number | readonly number[] | readonly (readonly number[])[];

export interface WindowAttributes {
  readonly kernel: PerAxis;
  readonly stride: PerAxis;
  readonly padding: Padding;
  readonly dilation: PerAxis;
  readonly ceilMode?: boolean;
  readonly layout?: Layout;
}

const positive = { type: 'integer', minimum: 1 } as const;
const natural = { type: 'integer', minimum: 0 } as const;

export const perAxisSchema = {
  oneOf: [positive, { type: 'array', items: positive, minItems: 1, maxItems: 3 }],
} as const;

export const paddingSchema = {
  default: 0,
  oneOf: [
    { enum: ['same', 'sameLower', 'valid'] },
    natural,
    { type: 'array', items: natural, minItems: 1, maxItems: 3 },
    { type: 'array', items: { type: 'array', items: natural, minItems: 2, maxItems: 2 }, minItems: 1, maxItems: 3 },
  ],
} as const;

export const outputPaddingSchema = {
  description: 'Extra size at the end of each spatial axis.',
  default: 0,
  oneOf: [natural, { type: 'array', items: natural, minItems: 1, maxItems: 3 }],
} as const;

export const layoutSchema = { enum: ['channelsFirst', 'channelsLast'], default: 'channelsFirst' } as const;

/** The value for each of `rank` axes. */
export function perAxis(value: PerAxis, rank: number, what: string, least = 1): number[] {
  const wrong = typeof value === 'number' ? (value < least ? value : undefined) : value.find((x) => x < least);
  if (wrong !== undefined) {
    throw new ArchmeterError(`${what} has a value of ${wrong}`, `Give ${least} or more.`);
  }
  if (typeof value === 'number') return new Array<number>(rank).fill(value);
  if (value.length !== rank) {
    throw new ArchmeterError(
      `${what} has ${value.length} values for ${rank} spatial axes`,
      `Give one number or ${rank} of them.`,
    );
  }
  return [...value];
}

/** Padding before and after each axis, for an input of the given spatial sizes. */
export function resolvePadding(
  padding: Padding,
  sizes: readonly number[],
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): [begin: number, end: number][] {
  if (padding === 'valid') return sizes.map(() => [0, 0]);
  if (padding === 'same' || padding === 'sameLower') {
    return sizes.map((size, axis) => {
      const s = stride[axis] as number;
      const window = (dilation[axis] as number) * ((kernel[axis] as number) - 1) + 1;
      const total = Math.max((Math.ceil(size / s) - 1) * s + window - size, 0);
      const small = Math.floor(total / 2);
      return padding === 'same' ? [small, total - small] : [total - small, small];
    });
  }
  if (typeof padding === 'number') return sizes.map(() => [padding, padding]);
  if (padding.length !== sizes.length) {
    throw new ArchmeterError(
      `padding has ${padding.length} entries for ${sizes.length} spatial axes`,
      `Give one number, ${sizes.length} numbers, or ${sizes.length} [begin, end] pairs.`,
    );
  }
  return padding.map((entry) => (typeof entry === 'number' ? [entry, entry] : [entry[0] ?? 0, entry[1] ?? 0]));
}

export function spatialRank(input: TensorType, what: string): number {
  const rank = input.shape.length - 2;
  if (rank < 1 || rank > 3) {
    throw new ArchmeterError(
      `${what} takes an input with batch, channels and 1 to 3 spatial axes, not shape [${input.shape.join(', ')}]`,
    );
  }
  return rank;
}

/** The input itself; throws where it has no axis of channels. */
export function withChannels(input: TensorType, what: string): TensorType {
  if (input.shape.length < 2) {
    throw new ArchmeterError(`${what} takes an input with batch and channels, not shape [${input.shape.join(', ')}]`);
  }
  return input;
}

export function channelsOf(shape: Shape, layout: Layout | undefined): number {
  return (layout === 'channelsLast' ? shape[shape.length - 1] : shape[1]) as number;
}

export function spatialSizes(shape: Shape, layout: Layout | undefined): number[] {
  return layout === 'channelsLast' ? shape.slice(1, -1) : shape.slice(2);
}

/** `[batch, channels, …sizes]` in the given layout. */
export function imageShape(batch: number, channels: number, sizes: readonly number[], layout?: Layout): number[] {
  return layout === 'channelsLast' ? [batch, ...sizes, channels] : [batch, channels, ...sizes];
}

/** Spatial output sizes of a window op; throws where the window is larger than the padded input. */
export function windowOutput(sizes: readonly number[], attributes: WindowAttributes): number[] {
  const rank = sizes.length;
  const kernel = perAxis(attributes.kernel, rank, 'kernel');
  const stride = perAxis(attributes.stride, rank, 'stride');
  const dilation = perAxis(attributes.dilation, rank, 'dilation');
  if (attributes.padding === 'same' || attributes.padding === 'sameLower') {
    return sizes.map((size, axis) => Math.ceil(size / (stride[axis] as number)));
  }
  const padding = resolvePadding(attributes.padding, sizes, kernel, stride, dilation);
  return sizes.map((size, axis) => {
    const [begin, end] = padding[axis] as [number, number];
    const window = (dilation[axis] as number) * ((kernel[axis] as number) - 1) + 1;
    const s = stride[axis] as number;
    const room = size + begin + end - window;
    if (room < 0) {
      throw new ArchmeterError(
        `a window of ${window} does not fit into ${size} + ${begin + end} padding on spatial axis ${axis}`,
        'Use a larger input, a smaller kernel or more padding.',
      );
    }
    if (!attributes.ceilMode) return Math.floor(room / s) + 1;
    const output = Math.ceil(room / s) + 1;
    // The last window must start inside the input or its left padding (torch and ONNX since opset 19).
    return (output - 1) * s >= size + begin ? output - 1 : output;
  });
}

/**
 * Spatial output sizes of a transposed convolution; `same` and `sameLower` give the input times the stride (ONNX
 * ConvTranspose, TensorFlow conv2d_transpose).
 */
export function transposedOutput(
  sizes: readonly number[],
  attributes: WindowAttributes & { readonly outputPadding: PerAxis },
): number[] {
  const rank = sizes.length;
  const kernel = perAxis(attributes.kernel, rank, 'kernel');
  const stride = perAxis(attributes.stride, rank, 'stride');
  const dilation = perAxis(attributes.dilation, rank, 'dilation');
  const extra = perAxis(attributes.outputPadding, rank, 'outputPadding', 0);
  if (attributes.padding === 'same' || attributes.padding === 'sameLower') {
    return sizes.map((size, axis) => size * (stride[axis] as number));
  }
  const padding = resolvePadding(attributes.padding, sizes, kernel, stride, dilation);
  return sizes.map((size, axis) => {
    const [begin, end] = padding[axis] as [number, number];
    const window = (dilation[axis] as number) * ((kernel[axis] as number) - 1) + 1;
    const output = (size - 1) * (stride[axis] as number) + window - begin - end + (extra[axis] as number);
    if (size < 1 || output < 1) {
      throw new ArchmeterError(
        `padding ${begin} + ${end} leaves nothing of spatial axis ${axis} (input ${size}, window ${window})`,
        'Use less padding or a larger input.',
      );
    }
    return output;
  });
}
