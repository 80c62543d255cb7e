import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp, type OpCall } from '../define-op.js';
import { flopsFormula, inputElements, onlyFlops } from '../flops.js';

const attributes = {
  type: 'object',
  properties: { axis: { type: 'integer', default: -1 }, descending: { type: 'boolean', default: false } },
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

/** ⌈log₂ n⌉ comparisons for each of n elements of a row. */
function depth({ inputs, attributes: a }: OpCall<Attributes>): number {
  const size = (inputs[0] as TensorType).shape.at(a.axis) ?? 1;
  return size < 2 ? 0 : Math.ceil(Math.log2(size));
}

/** Input → the same elements in order along an axis, and their indices. */
export default defineOp<Attributes>({
  name: 'sort',
  kind: 'reduction',
  summary: 'Elements in order along an axis and where they stood.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const { shape, dtype } = input as TensorType;
    normalizeAxis(a.axis, Math.max(shape.length, 1));
    return [
      { shape, dtype },
      { shape, dtype: 'int64' },
    ];
  },
  arithmetic: (call) => onlyFlops(inputElements(call) * depth(call)),
  formulas: (call) =>
    flopsFormula(
      'I*L',
      { I: inputElements(call), L: depth(call) },
      'L = ⌈log2 n⌉ comparisons per element of a row of n',
    ),
});
