import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { formatShape, type TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp } from '../define-op.js';
import { noArithmetic, outputElements } from '../flops.js';
import { trafficFormula } from '../traffic.js';

const attributes = {
  type: 'object',
  properties: { axis: { type: 'integer', default: 0 } },
  additionalProperties: false,
} as const;

/** Data, indices of the same rank → the shape of the indices: one element for each index (torch.gather). */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'gatherElements',
  kind: 'movement',
  summary: 'One element for each index along an axis.',
  attributes,
  inputs: [
    { name: 'data' },
    { name: 'indices', bound: ({ inputs, attributes: a }) => (inputs[0] as TensorType).shape.at(Number(a.axis)) ?? 1 },
  ],
  infer([data, indices], a) {
    const x = data as TensorType;
    const { shape } = indices as TensorType;
    const axis = normalizeAxis(a.axis, x.shape.length);
    const fits =
      shape.length === x.shape.length && shape.every((size, i) => i === axis || size <= (x.shape[i] as number));
    if (!fits) {
      throw new ArchmeterError(
        `indices of shape ${formatShape(shape)} reach outside data of shape ${formatShape(x.shape)} beside axis ${axis}`,
      );
    }
    return [{ shape, dtype: x.dtype }];
  },
  arithmetic: noArithmetic,
  reads: (call) => [outputElements(call), outputElements(call)],
  savedForBackward: 'none',
  formulas: (call) =>
    trafficFormula(
      call,
      [outputElements(call), outputElements(call)],
      'elements picked and indices read, elements written',
    ),
});
