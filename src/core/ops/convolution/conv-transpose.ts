import type { FromSchema } from 'json-schema-to-ts';
import { elementCount, type TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import {
  checkGroups,
  checkWeight,
  convolutionArithmetic,
  convolutionFormulas,
  convolutionKernel,
  lowerBound,
  withoutBias,
} from './convolution-cost.js';
import {
  channelsOf,
  imageShape,
  layoutSchema,
  outputPaddingSchema,
  paddingSchema,
  perAxis,
  perAxisSchema,
  spatialRank,
  spatialSizes,
  transposedOutput,
} from './window.js';

const attributes = {
  type: 'object',
  properties: {
    outChannels: { type: 'integer', minimum: 1 },
    kernel: perAxisSchema,
    stride: { ...perAxisSchema, default: 1 },
    padding: { ...paddingSchema, description: 'Cut from the output; same: output is input times stride.' },
    outputPadding: outputPaddingSchema,
    dilation: { ...perAxisSchema, default: 1 },
    groups: { type: 'integer', minimum: 1, default: 1 },
    bias: { type: 'boolean', default: true },
    layout: layoutSchema,
  },
  required: ['outChannels', 'kernel'],
  additionalProperties: false,
} as const;

/**
 * Input [N, Ci, …], weight [Ci, Co/groups, …kernel] (in either layout), bias [Co]. Output size
 * (in-1)·stride - padding + dilation·(kernel-1) + outputPadding + 1 (torch.nn.ConvTranspose2d). Each input element meets
 * each weight of its channel once, also where the product falls into the padding that is cut (torch FlopCounterMode).
 */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'convTranspose',
  kind: 'convolution',
  summary: 'Transposed convolution over 1, 2 or 3 spatial axes.',
  attributes,
  inputs: [
    { name: 'input' },
    { name: 'weight', weight: 'parameter' },
    { name: 'bias', weight: 'parameter', optional: true },
  ],
  weights([input], a) {
    const x = input as TensorType;
    const rank = spatialRank(x, 'convTranspose');
    const channels = channelsOf(x.shape, a.layout);
    const groups = a.groups;
    checkGroups(groups, channels, a.outChannels);
    const weight = [channels, a.outChannels / groups, ...perAxis(a.kernel, rank, 'kernel')];
    return !a.bias ? { weight } : { weight, bias: [a.outChannels] };
  },
  infer([input, weight], a) {
    const x = input as TensorType;
    const rank = spatialRank(x, 'convTranspose');
    const groups = a.groups;
    const expected = [channelsOf(x.shape, a.layout), a.outChannels / groups, ...perAxis(a.kernel, rank, 'kernel')];
    checkWeight(weight as TensorType, expected, groups, 'in, out / groups');
    const sizes = transposedOutput(spatialSizes(x.shape, a.layout), a);
    return [{ shape: imageShape(x.shape[0] as number, a.outChannels, sizes, a.layout), dtype: x.dtype }];
  },
  arithmetic({ inputs, outputs }) {
    const depth = elementCount((inputs[1] as TensorType).shape.slice(1));
    const biased = inputs[2] === undefined ? 0 : elementCount((outputs[0] as TensorType).shape);
    return convolutionArithmetic(elementCount((inputs[0] as TensorType).shape), depth, biased);
  },
  // Each input place is multiplied with all weights of its channel, and what falls on one place is summed.
  contraction({ inputs, attributes: a }) {
    const weight = (inputs[1] as TensorType).shape;
    const channels = weight[0] as number;
    const groups = a.groups;
    return {
      rows: elementCount((inputs[0] as TensorType).shape) / channels,
      depth: channels / groups,
      width: elementCount(weight.slice(1)),
      groups,
    };
  },
  kernel: convolutionKernel,
  fanIn: (weight) => weight[0] as number,
  memoryAccessCost: withoutBias,
  memoryAccessCostLowerBound: lowerBound,
  formulas: (call) => convolutionFormulas(call, call.attributes.groups, call.attributes.layout, true),
});
