import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp } from '../define-op.js';
import { flopsFormula, inputElements, onlyFlops } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    k: { type: 'integer', minimum: 0 },
    axis: { type: 'integer', default: -1 },
    largest: { type: 'boolean', default: true },
    sorted: { type: 'boolean', default: true },
  },
  required: ['k'],
  additionalProperties: false,
} as const;

/** Input […, n, …] → the k largest and their indices, […, k, …] each. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'topK',
  kind: 'reduction',
  summary: 'The k largest elements along an axis and where they stand.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const axis = normalizeAxis(a.axis, x.shape.length);
    const size = x.shape[axis] as number;
    if (a.k > size) throw new ArchmeterError(`topK takes ${a.k} of ${size} elements`, `Take at most ${size}.`);
    const shape = x.shape.with(axis, a.k);
    return [
      { shape, dtype: x.dtype },
      { shape, dtype: 'int64' },
    ];
  },
  arithmetic: (call) => onlyFlops(inputElements(call)),
  formulas: (call) =>
    flopsFormula('I', { I: inputElements(call) }, '1 comparison per input element, the least any selection needs'),
});
