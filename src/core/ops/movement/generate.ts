import { ArchmeterError } from '../../errors.js';
import { DTYPE_BITS, type DType } from '../../ir/tensor.js';
import { type AttributesSchema, defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';

/** Sources: tensors made from attributes alone, written once. */

const dtype = { enum: Object.keys(DTYPE_BITS) as DType[] } as const;
const shape = { type: 'array', items: { type: 'integer', minimum: 0 } } as const;

interface Attributes {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

function source(
  name: string,
  summary: string,
  properties: AttributesSchema['properties'],
  required: string[],
  kernel: 'none' | 'gather',
) {
  return defineOp<Attributes>({
    name,
    kind: 'movement',
    summary,
    attributes: {
      type: 'object',
      properties: { shape, dtype: { ...dtype, default: 'float32' }, ...properties },
      required: ['shape', ...required],
      additionalProperties: false,
    },
    inputs: [],
    infer: (_, a) => [{ shape: a.shape, dtype: a.dtype }],
    kernel,
    arithmetic: noArithmetic,
    savedForBackward: 'none',
  });
}

const number = { type: 'number' } as const;

interface RangeAttributes {
  readonly start: number;
  readonly limit: number;
  readonly step: number;
  readonly dtype: DType;
}

const range = defineOp<RangeAttributes>({
  name: 'range',
  kind: 'movement',
  summary: 'start, start + step, … up to, not including, limit.',
  attributes: {
    type: 'object',
    properties: {
      start: { ...number, default: 0 },
      limit: number,
      step: { ...number, default: 1 },
      dtype: { ...dtype, default: 'int64' },
    },
    required: ['limit'],
    additionalProperties: false,
  },
  inputs: [],
  infer(_, a) {
    const { step } = a;
    if (step === 0) throw new ArchmeterError('range has step 0', 'Give a step other than 0.');
    return [{ shape: [Math.max(Math.ceil((a.limit - a.start) / step), 0)], dtype: a.dtype }];
  },
  kernel: 'none',
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});

export default [
  source('fill', 'One value everywhere.', { value: number }, ['value'], 'none'),
  source(
    'random',
    'Random numbers.',
    { distribution: { enum: ['uniform', 'normal'], default: 'uniform' } },
    [],
    'gather',
  ),
  range,
];
