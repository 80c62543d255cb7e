import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp, type OpCall, type OpDefinition } from '../define-op.js';
import type { Autocast } from '../execution.js';
import { flopsFormula, inputElements, onlyFlops } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    axis: { type: 'integer' },
    exclusive: { type: 'boolean', description: 'Each result leaves its own element out.', default: false },
    reverse: { type: 'boolean', description: 'From the end.', default: false },
  },
  required: ['axis'],
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

function rows(call: OpCall<Attributes>): number {
  const elements = inputElements(call);
  return elements === 0 ? 0 : elements / ((call.inputs[0] as TensorType).shape.at(call.attributes.axis) ?? 1);
}

interface Cumulative {
  /** A second output tells where the element that counts stood (torch cummax). */
  readonly indices?: boolean;
  readonly autocast?: Autocast;
}

function cumulative(
  name: string,
  summary: string,
  operation: string,
  { indices = false, autocast = 'widest' }: Cumulative,
): OpDefinition<Attributes> {
  return defineOp<Attributes>({
    name,
    kind: 'reduction',
    summary,
    attributes,
    inputs: [{ name: 'input' }],
    infer([input], a) {
      const { shape, dtype } = input as TensorType;
      normalizeAxis(a.axis, Math.max(shape.length, 1));
      return indices
        ? [
            { shape, dtype },
            { shape, dtype: 'int64' },
          ]
        : [{ shape, dtype }];
    },
    arithmetic: (call) => onlyFlops(inputElements(call) - rows(call)),
    autocast,
    savedForBackward: name === 'cumSum' ? 'none' : 'inputs',
    formulas: (call) =>
      flopsFormula('I-M', { I: inputElements(call), M: rows(call) }, `${operation} along M rows, 1 less than elements`),
  });
}

export default [
  cumulative('cumSum', 'Sums of all elements up to each along an axis.', 'additions', { autocast: 'float32' }),
  cumulative('cumProd', 'Products of all elements up to each along an axis.', 'multiplications', {
    autocast: 'float32',
  }),
  cumulative('cumMax', 'Greatest of all elements up to each along an axis, and where it stood.', 'comparisons', {
    indices: true,
  }),
  cumulative('cumMin', 'Least of all elements up to each along an axis, and where it stood.', 'comparisons', {
    indices: true,
  }),
];
