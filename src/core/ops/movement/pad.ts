import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, type TensorType } from '../../ir/tensor.js';
import { defineOp, type OpCall } from '../define-op.js';
import { noArithmetic } from '../flops.js';
import { trafficFormula } from '../traffic.js';

const attributes = {
  type: 'object',
  properties: {
    pads: {
      type: 'array',
      items: { type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 2 },
      description: '[begin, end] for each axis; negative cuts off.',
    },
    mode: { enum: ['constant', 'reflect', 'symmetric', 'edge', 'wrap'], default: 'constant' },
    value: { type: 'number', description: 'Of the constant.', default: 0 },
  },
  required: ['pads'],
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

/** How far padding can reach beyond an axis: reflection leaves the edge itself out. */
function reachOf(mode: NonNullable<Attributes['mode']>, size: number): number {
  if (mode === 'constant' || (mode === 'edge' && size > 0)) return Number.POSITIVE_INFINITY;
  return mode === 'reflect' ? size - 1 : size;
}

/** Elements of the input that are left after negative pads cut: those that are read. */
function kept({ inputs, attributes: a }: OpCall<Attributes>): number {
  return elementCount(
    (inputs[0] as TensorType).shape.map((size, axis) => {
      const [begin = 0, end = 0] = a.pads[axis] ?? [];
      return Math.max(size + Math.min(begin, 0) + Math.min(end, 0), 0);
    }),
  );
}

/** More elements at both ends of each axis. */
export default defineOp<Attributes>({
  name: 'pad',
  kind: 'movement',
  summary: 'Padding of any axis.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    if (a.pads.length !== x.shape.length) {
      throw new ArchmeterError(
        `pads has ${a.pads.length} entries for ${x.shape.length} axes`,
        'Give [begin, end] for each axis, [0, 0] where nothing is padded.',
      );
    }
    const shape = x.shape.map((size, axis) => {
      const [begin = 0, end = 0] = a.pads[axis] ?? [];
      const padded = size + begin + end;
      if (padded < 0) throw new ArchmeterError(`pads [${begin}, ${end}] cut more than the ${size} of axis ${axis}`);
      const reach = Math.max(begin, end);
      const most = reachOf(a.mode, size);
      if (reach > Math.max(most, 0)) {
        throw new ArchmeterError(
          `${a.mode} padding of ${reach} needs more than the ${size} elements of axis ${axis}`,
          `Pad by at most ${Math.max(most, 0)}.`,
        );
      }
      return padded;
    });
    return [{ shape, dtype: x.dtype }];
  },
  kernel: 'concat',
  memoryOrder: 'channelsLast',
  arithmetic: noArithmetic,
  reads: (call) => [kept(call)],
  savedForBackward: 'none',
  formulas: (call) => trafficFormula(call, [kept(call)], 'the input that is kept and the padded output'),
});
