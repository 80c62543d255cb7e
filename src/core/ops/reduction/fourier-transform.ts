import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp, type OpCall } from '../define-op.js';
import { flopsFormula, onlyFlops } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    axis: { type: 'integer', description: 'Of the samples.' },
    length: {
      type: 'integer',
      minimum: 1,
      description: 'Samples are cut or padded to it; default: as many as there are.',
    },
    oneSided: { type: 'boolean', description: 'Of real samples: half of the spectrum.', default: false },
    inverse: { type: 'boolean', description: 'From the spectrum; with oneSided to real samples.', default: false },
  },
  required: ['axis'],
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

/** The axis, which is not the last one: that holds real and imaginary parts. */
function axisOf({ shape }: TensorType, a: Attributes): number {
  const axis = normalizeAxis(a.axis, shape.length);
  if (axis === shape.length - 1) {
    throw new ArchmeterError(
      `fourierTransform along axis ${axis} of shape ${formatShape(shape)}, which holds real and imaginary parts`,
      'Give the axis of the samples.',
    );
  }
  return axis;
}

/** Samples of a row; half a spectrum stands for twice as many. */
function samples(shape: readonly number[], axis: number, a: Attributes): number {
  const given = shape[axis] as number;
  return a.length ?? (a.inverse && a.oneSided ? Math.max(2 * (given - 1), 0) : given);
}

/** Rows, and samples of one. */
function sizes({ inputs, attributes: a }: OpCall<Attributes>): { M: number; R: number } {
  const { shape } = inputs[0] as TensorType;
  const axis = axisOf(inputs[0] as TensorType, a);
  return { M: elementCount(shape.slice(0, -1).with(axis, 1)), R: samples(shape, axis, a) };
}

const perRow = (R: number) => (R < 2 ? 0 : Math.round(5 * R * Math.log2(R)));

/** Input […, R, …, 1 or 2 (real, imaginary)] → the spectrum along one axis, with real and imaginary parts (ONNX DFT). */
export default defineOp<Attributes>({
  name: 'fourierTransform',
  kind: 'reduction',
  summary: 'Discrete Fourier transform along an axis.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const { shape, dtype } = input as TensorType;
    const axis = axisOf(input as TensorType, a);
    const length = samples(shape, axis, a);
    if (a.inverse && a.oneSided) return [{ shape: shape.with(axis, length).with(-1, 1), dtype }];
    return [{ shape: shape.with(axis, a.oneSided ? Math.floor(length / 2) + 1 : length).with(-1, 2), dtype }];
  },
  arithmetic(call) {
    const { M, R } = sizes(call);
    return onlyFlops(M * perRow(R));
  },
  formulas(call) {
    const { M, R } = sizes(call);
    return flopsFormula(
      'M*F',
      { M, F: perRow(R) },
      'M rows of R samples, F = 5·R·log2(R) operations each: the radix-2 fast transform',
    );
  },
});
