import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp, type OpCall } from '../define-op.js';
import { flopsFormula, onlyFlops, outputElements } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    axis: { type: 'integer' },
    p: { type: 'number', exclusiveMinimum: 0, default: 2 },
    epsilon: { type: 'number', minimum: 0, description: 'Least norm, as in torch.', default: 1e-12 },
  },
  required: ['axis'],
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

function rows(call: OpCall<Attributes>): number {
  const elements = outputElements(call);
  return elements === 0 ? 0 : elements / ((call.inputs[0] as TensorType).shape.at(call.attributes.axis) ?? 1);
}

/** Input → the same, divided by its p-norm along one axis (torch.nn.functional.normalize). */
export default defineOp<Attributes>({
  name: 'normalize',
  kind: 'normalization',
  summary: 'Division by the norm along an axis.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const { shape, dtype } = input as TensorType;
    normalizeAxis(a.axis, shape.length);
    return [{ shape, dtype }];
  },
  autocast: 'float32',
  moments: 'kept',
  arithmetic: (call) => onlyFlops(3 * outputElements(call) + rows(call)),
  formulas: (call) =>
    flopsFormula(
      '3*E+M',
      { E: outputElements(call), M: rows(call) },
      'per row of R, M rows: powers R, sum R-1, root 1, comparison with epsilon 1, division R',
    ),
});
