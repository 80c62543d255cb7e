import type { FromSchema } from 'json-schema-to-ts';
import { elementCount, type TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { NORMALIZED } from '../moments.js';
import { checkTrailing, epsilonSchema, normArithmetic, normFormulas } from './norm.js';
import { trailingAxes } from './trailing-axes.js';

const attributes = {
  type: 'object',
  properties: {
    axes: { type: 'integer', minimum: 1, description: 'How many trailing axes are normalised together.', default: 1 },
    affine: { type: 'boolean', description: 'Trained scale.', default: true },
    epsilon: epsilonSchema,
  },
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

const rows = (input: TensorType, a: Attributes) => elementCount(input.shape.slice(0, -a.axes));

/** Input […, normalised axes] → the same, divided by the root of the mean square (arXiv 1910.07467). */
export default defineOp<Attributes>({
  name: 'rmsNorm',
  kind: 'normalization',
  summary: 'Root-mean-square normalisation over trailing axes.',
  attributes,
  inputs: [{ name: 'input' }, { name: 'scale', weight: 'parameter', optional: true }],
  weights([input], a) {
    const scale = trailingAxes(input as TensorType, a.axes, 'rmsNorm');
    return !a.affine ? {} : { scale };
  },
  infer([input, ...weights], a) {
    const { shape, dtype } = input as TensorType;
    checkTrailing(weights, trailingAxes(input as TensorType, a.axes, 'rmsNorm'), 'rmsNorm');
    return [{ shape, dtype }];
  },
  autocast: 'float32',
  moments: () => NORMALIZED,
  arithmetic: (call) => normArithmetic(call, rows(call.inputs[0] as TensorType, call.attributes), false),
  formulas: (call) => normFormulas(call, rows(call.inputs[0] as TensorType, call.attributes), false),
});
