import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../errors.js';
import { elementCount, type TensorType } from '../ir/tensor.js';
import { convolutionArithmetic, convolutionFormulas, lowerBound, withoutBias } from './convolution-cost.js';
import { defineOp } from './define-op.js';
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
    stride: perAxisSchema,
    padding: { ...paddingSchema, description: 'Cut from the output; same: output is input times stride.' },
    outputPadding: outputPaddingSchema,
    dilation: perAxisSchema,
    groups: { type: 'integer', minimum: 1 },
    bias: { type: 'boolean', description: 'Default true.' },
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
    const groups = a.groups ?? 1;
    if (channels % groups !== 0 || a.outChannels % groups !== 0) {
      throw new ArchmeterError(
        `groups ${groups} does not divide ${channels} input and ${a.outChannels} output channels`,
        'Choose a number of groups that divides both.',
      );
    }
    const weight = [channels, a.outChannels / groups, ...perAxis(a.kernel, rank, 1, 'kernel')];
    return a.bias === false ? { weight } : { weight, bias: [a.outChannels] };
  },
  infer([input, weight], a) {
    const x = input as TensorType;
    spatialRank(x, 'convTranspose');
    const channels = channelsOf(x.shape, a.layout);
    const w = weight as TensorType;
    if (w.shape[0] !== channels || (w.shape[1] as number) * (a.groups ?? 1) !== a.outChannels) {
      throw new ArchmeterError(
        `the weight [${w.shape.join(', ')}] does not take ${channels} channels to ${a.outChannels} in ${a.groups ?? 1} groups`,
        'A transposed convolution has weights [in, out / groups, …kernel].',
      );
    }
    const sizes = transposedOutput(spatialSizes(x.shape, a.layout), a);
    return [{ shape: imageShape(x.shape[0] as number, a.outChannels, sizes, a.layout), dtype: x.dtype }];
  },
  arithmetic({ inputs, outputs }) {
    const { shape } = inputs[1] as TensorType;
    return convolutionArithmetic(
      elementCount((inputs[0] as TensorType).shape),
      (shape[0] as number) === 0 ? 0 : elementCount(shape) / (shape[0] as number),
      inputs[2] === undefined ? 0 : elementCount((outputs[0] as TensorType).shape),
    );
  },
  memoryAccessCost: withoutBias,
  memoryAccessCostLowerBound: lowerBound,
  formulas: (call) => convolutionFormulas(call, call.attributes.groups ?? 1, call.attributes.layout, true),
});
