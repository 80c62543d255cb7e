import { ArchmeterError } from '../../errors.js';
import type { TensorType } from '../../ir/tensor.js';
import { normalizeAxes } from '../axis.js';
import { type AttributesSchema, defineOp, type OpDefinition } from '../define-op.js';
import { noArithmetic } from '../flops.js';

/** Ops that move elements about within the same shape. */

const integers = { type: 'array', items: { type: 'integer' } } as const;

interface Attributes {
  readonly axes?: readonly number[];
  readonly shifts?: readonly number[];
}

function rearrange(name: string, summary: string, schema: Omit<AttributesSchema, 'type' | 'additionalProperties'>) {
  return defineOp<Attributes>({
    name,
    kind: 'movement',
    summary,
    attributes: { type: 'object', ...schema, additionalProperties: false },
    inputs: [{ name: 'input' }],
    infer([input], a) {
      const { shape, dtype } = input as TensorType;
      const axes = normalizeAxes(a.axes ?? [], shape.length);
      if (a.shifts !== undefined && a.axes !== undefined && a.shifts.length !== axes.length) {
        throw new ArchmeterError(
          `${name} has ${a.shifts.length} shifts for ${axes.length} axes`,
          'Give one shift for each axis.',
        );
      }
      return [{ shape, dtype }];
    },
    arithmetic: noArithmetic,
    savedForBackward: 'none',
  });
}

export default [
  rearrange('roll', 'Elements shifted along axes, those pushed out coming back at the other end.', {
    properties: { shifts: integers, axes: integers },
    required: ['shifts'],
  }),
  rearrange('flip', 'Elements in reverse order along axes.', { properties: { axes: integers }, required: ['axes'] }),
] satisfies OpDefinition<Attributes>[];
