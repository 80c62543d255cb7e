import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, type TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { flopsFormula, inputElements, noArithmetic, onlyFlops } from '../flops.js';
import { paddingSchema, perAxis, perAxisSchema, spatialRank, windowOutput } from './window.js';

const window = {
  kernel: perAxisSchema,
  stride: { ...perAxisSchema, default: 1 },
  padding: paddingSchema,
  dilation: { ...perAxisSchema, default: 1 },
} as const;

const unfoldAttributes = {
  type: 'object',
  properties: window,
  required: ['kernel'],
  additionalProperties: false,
} as const;

const foldAttributes = {
  type: 'object',
  properties: { outputSize: { ...perAxisSchema, description: 'Spatial size of the image.' }, ...window },
  required: ['outputSize', 'kernel'],
  additionalProperties: false,
} as const;

/** Input [N, C, …] → [N, C·kernel, positions]: every window as a column (torch Unfold, im2col). */
const unfold = defineOp<FromSchema<typeof unfoldAttributes>>({
  name: 'unfold',
  kind: 'movement',
  summary: 'Sliding windows as columns (im2col).',
  attributes: unfoldAttributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const kernel = perAxis(a.kernel, spatialRank(x, 'unfold'), 'kernel');
    const positions = elementCount(windowOutput(x.shape.slice(2), a));
    return [
      { shape: [x.shape[0] as number, (x.shape[1] as number) * elementCount(kernel), positions], dtype: x.dtype },
    ];
  },
  arithmetic: noArithmetic,
  savedForBackward: 'none',
});

/** Input [N, C·kernel, positions] → [N, C, …outputSize]: columns added up where windows overlap (torch Fold, col2im). */
const fold = defineOp<FromSchema<typeof foldAttributes>>({
  name: 'fold',
  kind: 'reduction',
  summary: 'Columns added up into an image (col2im).',
  attributes: foldAttributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const rank =
      [a.outputSize, a.kernel].reduce<number>((most, v) => Math.max(most, typeof v === 'number' ? 0 : v.length), 0) ||
      2;
    const sizes = perAxis(a.outputSize, rank, 'outputSize');
    const block = elementCount(perAxis(a.kernel, rank, 'kernel'));
    const positions = elementCount(windowOutput(sizes, a));
    const [batch = 0, columns = 0, given] = x.shape;
    if (x.shape.length !== 3 || columns % block !== 0 || given !== positions) {
      throw new ArchmeterError(
        `fold of [${x.shape.join(', ')}] to ${sizes.join('x')} does not fit`,
        `Give [batch, a multiple of ${block}, ${positions}].`,
      );
    }
    return [{ shape: [batch, columns / block, ...sizes], dtype: x.dtype }];
  },
  arithmetic: (call) => onlyFlops(inputElements(call)),
  savedForBackward: 'none',
  formulas: (call) => flopsFormula('I', { I: inputElements(call) }, '1 addition per input element'),
});

export default [unfold, fold];
