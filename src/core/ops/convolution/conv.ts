import type { FromSchema } from 'json-schema-to-ts';
import { elementCount, type TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import {
  checkGroups,
  checkWeight,
  convolutionArithmetic,
  convolutionFormulas,
  convolutionKernel,
  convolutionProduct,
  lowerBound,
  withoutBias,
} from './convolution-cost.js';
import {
  channelsOf,
  imageShape,
  layoutSchema,
  paddingSchema,
  perAxis,
  perAxisSchema,
  spatialRank,
  spatialSizes,
  windowOutput,
} from './window.js';

const attributes = {
  type: 'object',
  properties: {
    outChannels: { type: 'integer', minimum: 1 },
    kernel: perAxisSchema,
    stride: { ...perAxisSchema, default: 1 },
    padding: paddingSchema,
    dilation: { ...perAxisSchema, default: 1 },
    groups: { type: 'integer', minimum: 1, default: 1 },
    bias: { type: 'boolean', default: true },
    layout: layoutSchema,
  },
  required: ['outChannels', 'kernel'],
  additionalProperties: false,
} as const;

/** Input [N, Ci, …], weight [Co, Ci/groups, …kernel] (in either layout), bias [Co]; 1 to 3 spatial axes. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'conv',
  kind: 'convolution',
  summary: 'Convolution over 1, 2 or 3 spatial axes, with groups, dilation, stride and any padding.',
  attributes,
  inputs: [
    { name: 'input' },
    { name: 'weight', weight: 'parameter' },
    { name: 'bias', weight: 'parameter', optional: true },
  ],
  weights([input], a) {
    const x = input as TensorType;
    const rank = spatialRank(x, 'conv');
    const channels = channelsOf(x.shape, a.layout);
    const groups = a.groups;
    checkGroups(groups, channels, a.outChannels);
    const weight = [a.outChannels, channels / groups, ...perAxis(a.kernel, rank, 'kernel')];
    return !a.bias ? { weight } : { weight, bias: [a.outChannels] };
  },
  infer([input, weight], a) {
    const x = input as TensorType;
    const rank = spatialRank(x, 'conv');
    const groups = a.groups;
    const expected = [a.outChannels, channelsOf(x.shape, a.layout) / groups, ...perAxis(a.kernel, rank, 'kernel')];
    checkWeight(weight as TensorType, expected, groups, 'out, in / groups');
    const sizes = windowOutput(spatialSizes(x.shape, a.layout), a);
    return [{ shape: imageShape(x.shape[0] as number, a.outChannels, sizes, a.layout), dtype: x.dtype }];
  },
  arithmetic({ inputs, outputs, attributes: a }) {
    const output = elementCount((outputs[0] as TensorType).shape);
    const depth = elementCount((inputs[1] as TensorType).shape) / a.outChannels;
    return convolutionArithmetic(output, depth, inputs[2] === undefined ? 0 : output);
  },
  contraction: convolutionProduct,
  kernel: convolutionKernel,
  absorbs: true,
  fanIn: (weight) => elementCount(weight.slice(1)),
  memoryAccessCost: withoutBias,
  memoryAccessCostLowerBound: lowerBound,
  formulas: (call) => convolutionFormulas(call, call.attributes.groups, call.attributes.layout),
});
