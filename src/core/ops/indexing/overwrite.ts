import type { FromSchema } from 'json-schema-to-ts';
import { elementCount, type TensorType } from '../../ir/tensor.js';
import { defineOp, type OpCall } from '../define-op.js';
import { flopsFormula, onlyFlops } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    accumulate: { type: 'boolean', description: 'Add to what is there instead of replacing it.', default: false },
  },
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

const operations = ({ inputs, attributes: a }: OpCall<Attributes>) =>
  a.accumulate ? elementCount((inputs[1] as TensorType).shape) : 0;

/**
 * Data, the values that take the place of a part of it, and indices that say where, if any → the shape of the data
 * (torch slice_scatter, select_scatter, index_put, index_add). Everything is read once, the whole result written.
 */
export default defineOp<Attributes>({
  name: 'overwrite',
  kind: 'movement',
  summary: 'A tensor with a part of it replaced.',
  attributes,
  inputs: [{ name: 'data' }, { name: 'values' }, { name: 'indices', variadic: true, optional: true }],
  infer([data]) {
    const { shape, dtype } = data as TensorType;
    return [{ shape, dtype }];
  },
  arithmetic: (call) => onlyFlops(operations(call)),
  savedForBackward: 'none',
  formulas: (call) => flopsFormula('U', { U: operations(call) }, '1 addition per value that is accumulated'),
});
