import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { TensorType } from '../../ir/tensor.js';
import { channelsOf, imageShape, layoutSchema, spatialSizes } from '../convolution/window.js';
import { defineOp, type OpDefinition } from '../define-op.js';
import { noArithmetic } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    factor: { type: 'integer', minimum: 1, description: 'Side of a block.' },
    order: {
      enum: ['columnRowDepth', 'depthColumnRow'],
      description: 'Of the joined channels: columnRowDepth (torch) or depthColumnRow (TensorFlow).',
      default: 'columnRowDepth',
    },
    layout: layoutSchema,
  },
  required: ['factor'],
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

function image(input: TensorType, a: Attributes, what: string): { channels: number; height: number; width: number } {
  if (input.shape.length !== 4) {
    throw new ArchmeterError(
      `${what} takes an input with batch, channels and 2 spatial axes, not shape [${input.shape.join(', ')}]`,
    );
  }
  const [height, width] = spatialSizes(input.shape, a.layout) as [number, number];
  return { channels: channelsOf(input.shape, a.layout), height, width };
}

/** [N, C·r², H, W] → [N, C, r·H, r·W] (arXiv 1609.05158; TensorFlow depth_to_space). */
const pixelShuffle: OpDefinition<Attributes> = defineOp<Attributes>({
  name: 'pixelShuffle',
  kind: 'movement',
  summary: 'Channels to blocks of pixels.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const { channels, height, width } = image(x, a, 'pixelShuffle');
    const block = a.factor ** 2;
    if (channels % block !== 0) {
      throw new ArchmeterError(
        `${channels} channels do not fill blocks of ${a.factor}x${a.factor}`,
        `Give a multiple of ${block} channels.`,
      );
    }
    const sizes = [height * a.factor, width * a.factor];
    return [{ shape: imageShape(x.shape[0] as number, channels / block, sizes, a.layout), dtype: x.dtype }];
  },
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});

/** [N, C, r·H, r·W] → [N, C·r², H, W] (TensorFlow space_to_depth). */
const pixelUnshuffle: OpDefinition<Attributes> = defineOp<Attributes>({
  name: 'pixelUnshuffle',
  kind: 'movement',
  summary: 'Blocks of pixels to channels.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const { channels, height, width } = image(x, a, 'pixelUnshuffle');
    if (height % a.factor !== 0 || width % a.factor !== 0) {
      throw new ArchmeterError(
        `${height}x${width} pixels do not divide into blocks of ${a.factor}x${a.factor}`,
        `Give sizes that ${a.factor} divides.`,
      );
    }
    const sizes = [height / a.factor, width / a.factor];
    return [{ shape: imageShape(x.shape[0] as number, channels * a.factor ** 2, sizes, a.layout), dtype: x.dtype }];
  },
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});

export default [pixelShuffle, pixelUnshuffle];
