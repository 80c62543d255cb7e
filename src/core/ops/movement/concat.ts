import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';
import type { Moments } from '../moments.js';

const attributes = {
  type: 'object',
  properties: { axis: { type: 'integer', description: 'The channels of NCHW.', default: 1 } },
  additionalProperties: false,
} as const;

/** Joins tensors along one axis: reads and writes every element once, the copy that DenseNet pays at each layer. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'concat',
  kind: 'movement',
  summary: 'Concatenation along an axis.',
  attributes,
  inputs: [{ name: 'inputs', variadic: true, least: 2 }],
  infer(inputs, a) {
    const first = inputs[0] as TensorType;
    const axis = normalizeAxis(a.axis, first.shape.length);
    let joined = 0;
    for (const input of inputs as readonly TensorType[]) {
      const fits =
        input.shape.length === first.shape.length &&
        input.shape.every((size, i) => i === axis || size === first.shape[i]);
      if (!fits) {
        throw new ArchmeterError(
          `concat along axis ${axis} needs equal other axes, not ${formatShape(first.shape)} and ${formatShape(input.shape)}`,
          `Make them alike beside axis ${axis}, or join along another axis.`,
        );
      }
      joined += input.shape[axis] as number;
    }
    return [{ shape: first.shape.map((size, i) => (i === axis ? joined : size)), dtype: first.dtype }];
  },
  joins: true,
  // Those of all elements.
  moments(inputs, call) {
    const counts = call.inputs.map((input) => elementCount((input as TensorType).shape));
    const total = counts.reduce((sum, count) => sum + count, 0);
    const mix = (part: (m: Moments) => number) =>
      total === 0 ? 0 : counts.reduce((sum, count, i) => sum + count * part(inputs[i] as Moments), 0) / total;
    return { mean: mix(({ mean }) => mean), second: mix(({ second }) => second) };
  },
  kernel: 'concat',
  memoryOrder: 'channelsLast',
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});
