import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, type TensorType } from '../../ir/tensor.js';
import { normalizeAxes } from '../axis.js';
import { defineOp, type OpCall } from '../define-op.js';
import { broadcast } from '../elementwise/broadcast.js';
import { noArithmetic, outputElements } from '../flops.js';
import { trafficFormula } from '../traffic.js';

const attributes = {
  type: 'object',
  properties: {
    axes: {
      type: 'array',
      items: { type: 'integer' },
      minItems: 1,
      description: 'The axis that each tensor of indices picks from.',
    },
  },
  required: ['axes'],
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

const reads = (call: OpCall<Attributes>) =>
  call.inputs.map((input, i) => (i === 0 ? outputElements(call) : input ? elementCount(input.shape) : 0));

/**
 * Data and one tensor of indices for each indexed axis, broadcast with each other (numpy's advanced indexing): their
 * shape takes the place of the indexed axes where these lie side by side, else it comes first.
 */
export default defineOp<Attributes>({
  name: 'advancedIndex',
  kind: 'movement',
  summary: 'Elements picked along several axes at once.',
  attributes,
  inputs: [{ name: 'data' }, { name: 'indices', variadic: true }],
  infer([data, ...indices], a) {
    const { shape, dtype } = data as TensorType;
    const axes = normalizeAxes(a.axes, shape.length);
    if (axes.length !== indices.length || new Set(axes).size !== axes.length) {
      throw new ArchmeterError(
        `advancedIndex has ${indices.length} tensors of indices for axes [${a.axes.join(', ')}]`,
        'Give one for each axis, and each axis once.',
      );
    }
    const picked = (indices as readonly TensorType[]).reduce<number[]>((all, index) => broadcast(all, index.shape), []);
    const first = Math.min(...axes);
    const adjacent = Math.max(...axes) - first + 1 === axes.length;
    const before = adjacent ? first : 0;
    const rest = shape.filter((_, axis) => !axes.includes(axis));
    return [{ shape: [...rest.slice(0, before), ...picked, ...rest.slice(before)], dtype }];
  },
  arithmetic: noArithmetic,
  reads,
  savedForBackward: 'none',
  formulas: (call) => trafficFormula(call, reads(call), 'the elements picked and the indices'),
});
