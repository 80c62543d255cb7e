import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { perOutputElement } from '../flops.js';
import { rectified } from '../moments.js';
import { broadcast } from './broadcast.js';

const attributes = {
  type: 'object',
  properties: {
    slopes: { type: 'integer', minimum: 1, description: 'Trained slopes: 1 or one for each channel.', default: 1 },
  },
  additionalProperties: false,
} as const;

const count = perOutputElement(2, 'operations per element: x > 0 ? x : slope·x');

/** Input any shape, slope [1], [channels] (axis 1) or any shape that broadcasts to the input's. */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'prelu',
  kind: 'activation',
  summary: 'x > 0 ? x : slope·x with trained slopes',
  attributes,
  inputs: [{ name: 'input' }, { name: 'slope', weight: 'parameter', drawn: { center: 0.25, spread: 0.1 } }],
  weights: (_, a) => ({ slope: [a.slopes] }),
  infer([input, slope]) {
    const x = input as TensorType;
    const weight = slope as TensorType;
    const perChannel = weight.shape.length === 1 && weight.shape[0] === x.shape[1];
    if (!perChannel && formatShape(broadcast(x.shape, weight.shape)) !== formatShape(x.shape)) {
      throw new ArchmeterError(
        `slopes of shape ${formatShape(weight.shape)} do not fit an input of shape ${formatShape(x.shape)}`,
        `Give 1 slope or ${x.shape[1] ?? 1}, one for each channel.`,
      );
    }
    return [{ shape: x.shape, dtype: x.dtype }];
  },
  moments: rectified,
  arithmetic: count.arithmetic,
  autocast: 'float16',
  savedForBackward: 'inputs',
  formulas: (call) => ({
    ...count.formulas(call),
    params: {
      expression: 'S',
      variables: { S: elementCount((call.inputs[1] as TensorType).shape) },
      source: 'one trained number for each slope',
    },
  }),
  evaluate: (_, x, slope) => ((x as number) > 0 ? (x as number) : (slope as number) * (x as number)),
});
