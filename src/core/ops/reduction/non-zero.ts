import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, type TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { flopsFormula, inputElements, onlyFlops } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    count: { type: 'integer', minimum: 0, description: 'How many there are; default: all, the most there can be.' },
  },
  additionalProperties: false,
} as const;

/** Input → [rank, count]: indices of the elements that are not zero (ONNX NonZero). Their number depends on the data. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'nonZero',
  kind: 'reduction',
  summary: 'Indices of the elements that are not zero.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const { shape } = input as TensorType;
    const most = elementCount(shape);
    if (a.count !== undefined && a.count > most) {
      throw new ArchmeterError(`nonZero finds ${a.count} of ${most} elements`, `Give a count of at most ${most}.`);
    }
    return [{ shape: [shape.length, a.count ?? most], dtype: 'int64' }];
  },
  arithmetic: (call) => onlyFlops(inputElements(call)),
  savedForBackward: 'none',
  formulas: (call) => flopsFormula('I', { I: inputElements(call) }, '1 comparison per input element'),
});
