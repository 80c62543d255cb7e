import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type TensorType } from '../../ir/tensor.js';
import { defineOp, type OpCall } from '../define-op.js';
import { interpolationFlops } from '../pooling/interpolation.js';
import { checkGroups, checkWeight, convolutionKernel, convolutionProduct } from './convolution-cost.js';
import { imageShape, paddingSchema, perAxis, perAxisSchema, windowOutput } from './window.js';

const attributes = {
  type: 'object',
  properties: {
    outChannels: { type: 'integer', minimum: 1 },
    kernel: perAxisSchema,
    stride: { ...perAxisSchema, default: 1 },
    padding: paddingSchema,
    dilation: { ...perAxisSchema, default: 1 },
    groups: { type: 'integer', minimum: 1, default: 1 },
    offsetGroups: {
      type: 'integer',
      minimum: 1,
      description: 'Groups of channels with offsets of their own.',
      default: 1,
    },
    bias: { type: 'boolean', default: true },
  },
  required: ['outChannels', 'kernel'],
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

const kernelOf = (a: Attributes) => perAxis(a.kernel, 2, 'kernel');

function weightShape(input: TensorType, a: Attributes): number[] {
  if (input.shape.length !== 4) {
    throw new ArchmeterError(`deformableConv takes an image [N, C, H, W], not ${formatShape(input.shape)}`);
  }
  const channels = input.shape[1] as number;
  const groups = a.groups;
  checkGroups(groups, channels, a.outChannels);
  return [a.outChannels, channels / groups, ...kernelOf(a)];
}

interface Counts {
  /** Output elements. */
  readonly E: number;
  /** Weights of one output element: Ci/G·k². */
  readonly D: number;
  /** Samples: batch, input channels, kernel and output positions. */
  readonly S: number;
  /** Operations of one sample: bilinear interpolation, and the mask. */
  readonly F: number;
  readonly B: number;
}

function counts({ inputs, outputs, attributes: a }: OpCall<Attributes>): Counts {
  const [x, weight] = inputs as readonly [TensorType, TensorType];
  const output = (outputs[0] as TensorType).shape;
  const E = elementCount(output);
  const positions = elementCount(output.slice(2));
  return {
    E,
    D: elementCount(weight.shape) / a.outChannels,
    S: (x.shape[0] as number) * (x.shape[1] as number) * elementCount(kernelOf(a)) * positions,
    F: interpolationFlops('linear', 2) + (inputs[4] === undefined ? 0 : 1),
    B: inputs[2] === undefined ? 0 : 1,
  };
}

/**
 * Input [N, Ci, H, W], weight [Co, Ci/groups, Kh, Kw], bias [Co], offset [N, offsetGroups·Kh·Kw·2, Ho, Wo], mask
 * [N, offsetGroups·Kh·Kw, Ho, Wo] → [N, Co, Ho, Wo]: a convolution whose samples lie at learned offsets
 * (arXiv 1703.06211; with a mask 1811.11168).
 */
export default defineOp<Attributes>({
  name: 'deformableConv',
  kind: 'convolution',
  summary: 'Convolution with samples at learned offsets.',
  attributes,
  inputs: [
    { name: 'input' },
    { name: 'weight', weight: 'parameter' },
    { name: 'bias', weight: 'parameter', optional: true },
    { name: 'offset' },
    { name: 'mask', optional: true },
  ],
  weights([input], a) {
    const weight = weightShape(input as TensorType, a);
    return !a.bias ? { weight } : { weight, bias: [a.outChannels] };
  },
  infer([input, weight, , offset, mask], a) {
    const x = input as TensorType;
    const batch = x.shape[0] as number;
    checkWeight(weight as TensorType, weightShape(x, a), a.groups, 'out, in / groups');
    const sizes = windowOutput(x.shape.slice(2), a);
    const points = a.offsetGroups * elementCount(kernelOf(a));
    for (const [given, each] of [
      [offset, 2],
      [mask, 1],
    ] as const) {
      const expected = [batch, points * each, ...sizes];
      if (given === undefined || formatShape(given.shape) === formatShape(expected)) continue;
      throw new ArchmeterError(
        `${each === 2 ? 'offsets' : 'masks'} of shape ${formatShape(given.shape)} do not fit, ${formatShape(expected)} is needed`,
      );
    }
    return [{ shape: imageShape(batch, a.outChannels, sizes), dtype: x.dtype }];
  },
  arithmetic(call) {
    const { E, D, S, F, B } = counts(call);
    return { madds: E * D, flops: 2 * E * D + B * E + F * S };
  },
  contraction: convolutionProduct,
  kernel: convolutionKernel,
  fanIn: 'none',
  moments: 'kept',
  formulas(call) {
    const variables = { ...counts(call) };
    const bias = variables.B === 1;
    return {
      params: {
        expression: bias ? 'Co*D+Co' : 'Co*D',
        variables: { Co: call.attributes.outChannels, D: variables.D },
        source: bias ? 'weights and bias' : 'weights, no bias',
      },
      madds: { expression: 'E*D', variables, source: 'E output elements, D = Ci/G·Kh·Kw weights each' },
      flops: {
        expression: '2*E*D+B*E+F*S',
        variables,
        source: '2 per multiply-add, bias, and S samples by bilinear interpolation (and mask): F operations each',
      },
    };
  },
});
