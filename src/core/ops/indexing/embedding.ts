import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { formatShape, type TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { inputElements, noArithmetic, outputElements } from '../flops.js';
import type { Moments } from '../moments.js';
import { trafficFormula } from '../traffic.js';

const attributes = {
  type: 'object',
  properties: {
    count: { type: 'integer', minimum: 1, description: 'Rows of the table.' },
    features: { type: 'integer', minimum: 1, description: 'Elements of a row.' },
  },
  required: ['count', 'features'],
  additionalProperties: false,
} as const;

/** Indices of any shape, table [count, features] → […indices, features]. Of the table only the rows looked up are read. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'embedding',
  kind: 'embedding',
  summary: 'Rows of a trained table, looked up by index.',
  attributes,
  inputs: [
    { name: 'indices', bound: ({ inputs }) => (inputs[1] as TensorType).shape[0] as number },
    { name: 'table', weight: 'parameter' },
  ],
  weights: (_, a) => ({ table: [a.count, a.features] }),
  infer([indices, table], a) {
    const t = table as TensorType;
    if (t.shape.length !== 2 || t.shape[0] !== a.count || t.shape[1] !== a.features) {
      throw new ArchmeterError(
        `the table has shape ${formatShape(t.shape)}, count and features say ${a.count}x${a.features}`,
      );
    }
    return [{ shape: [...(indices as TensorType).shape, a.features], dtype: t.dtype }];
  },
  moments: ([, table]) => table as Moments,
  arithmetic: noArithmetic,
  reads: (call) => [inputElements(call), outputElements(call)],
  formulas: (call) => ({
    params: {
      expression: 'V*F',
      variables: { V: call.attributes.count, F: call.attributes.features },
      source: 'table of V rows of F',
    },
    ...trafficFormula(
      call,
      [inputElements(call), outputElements(call)],
      'indices and the rows looked up are read, each lookup anew; the rows are written',
    ),
  }),
});
