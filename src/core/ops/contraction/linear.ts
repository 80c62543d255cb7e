import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type TensorType } from '../../ir/tensor.js';
import { lowerBound, withoutBias } from '../convolution/convolution-cost.js';
import { defineOp } from '../define-op.js';

const attributes = {
  type: 'object',
  properties: {
    outFeatures: { type: 'integer', minimum: 1 },
    bias: { type: 'boolean', default: true },
  },
  required: ['outFeatures'],
  additionalProperties: false,
} as const;

function featuresOf(input: TensorType | undefined): number {
  const features = input?.shape.at(-1);
  if (features === undefined) throw new ArchmeterError('linear takes an input with at least one axis, not a scalar');
  return features;
}

/** Input […, in], weight [out, in], bias [out] → […, out]: a matrix product with a weight, on the last axis. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'linear',
  kind: 'linear',
  summary: 'Fully connected layer on the last axis.',
  attributes,
  inputs: [
    { name: 'input' },
    { name: 'weight', weight: 'parameter' },
    { name: 'bias', weight: 'parameter', optional: true },
  ],
  weights([input], a) {
    const weight = [a.outFeatures, featuresOf(input)];
    return !a.bias ? { weight } : { weight, bias: [a.outFeatures] };
  },
  infer([input, weight], a) {
    const x = input as TensorType;
    const features = featuresOf(input);
    const w = (weight as TensorType).shape;
    if (w.length !== 2 || w[0] !== a.outFeatures || w[1] !== features) {
      throw new ArchmeterError(
        `the weight has shape ${formatShape(w)}, ${features} input and ${a.outFeatures} output features need ${a.outFeatures}x${features}`,
        'Give a weight [out, in] that fits the last axis of the input.',
      );
    }
    return [{ shape: x.shape.with(-1, a.outFeatures), dtype: x.dtype }];
  },
  arithmetic({ inputs, outputs }) {
    const output = elementCount((outputs[0] as TensorType).shape);
    const madds = output * ((inputs[1] as TensorType).shape[1] as number);
    return { madds, flops: 2 * madds + (inputs[2] ? output : 0) };
  },
  contraction({ inputs, outputs }) {
    const [width, depth] = (inputs[1] as TensorType).shape as readonly [number, number];
    return { rows: elementCount((outputs[0] as TensorType).shape) / width, depth, width, groups: 1 };
  },
  absorbs: true,
  fanIn: (weight) => weight[1] as number,
  memoryAccessCost: withoutBias,
  memoryAccessCostLowerBound: lowerBound,
  formulas({ inputs, outputs }) {
    const output = (outputs[0] as TensorType).shape;
    const Co = output.at(-1) as number;
    const variables = { M: elementCount(output) / Co, Ci: (inputs[1] as TensorType).shape[1] as number, Co };
    const bias = inputs[2] !== undefined;
    return {
      params: {
        expression: `Co*Ci${bias ? '+Co' : ''}`,
        variables,
        source: bias ? 'weights and bias' : 'weights, no bias',
      },
      madds: { expression: 'M*Ci*Co', variables, source: 'one multiply-add per output element and input feature' },
      flops: {
        expression: `2*M*Ci*Co${bias ? '+M*Co' : ''}`,
        variables,
        source: '2 per multiply-add, 1 per bias addition',
      },
      memoryAccessCost: {
        expression: 'M*Ci+M*Co+Ci*Co',
        variables,
        source: 'VoVNet (arXiv 1904.09730) section 2.1 with a 1x1 kernel over M positions',
      },
      memoryAccessCostLowerBound: {
        expression: '2*sqrt((M*Ci)*(M*Co))+Ci*Co',
        variables,
        source: 'least value of the above at equal multiply-adds: AM-GM, ShuffleNetV2 (arXiv 1807.11164) section 2 G1',
      },
    };
  },
});
