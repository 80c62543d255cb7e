import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { formatShape, type TensorType } from '../../ir/tensor.js';
import {
  imageShape,
  paddingSchema,
  perAxis,
  perAxisSchema,
  spatialRank,
  transposedOutput,
} from '../convolution/window.js';
import { defineOp } from '../define-op.js';
import { noArithmetic } from '../flops.js';
import type { Strided } from './pool.js';

const attributes = {
  type: 'object',
  properties: {
    kernel: perAxisSchema,
    stride: { ...perAxisSchema, description: 'Default: the kernel.' },
    padding: paddingSchema,
    outputSize: { ...perAxisSchema, description: 'Spatial output size, where several fit.' },
  },
  required: ['kernel'],
  additionalProperties: false,
} as const;

/** Maxima [N, C, …] and their indices → [N, C, …larger], zero elsewhere (torch MaxUnpool2d). */
export default defineOp<Strided<FromSchema<typeof attributes>>>({
  name: 'maxUnpool',
  kind: 'movement',
  summary: 'Maxima put back where maxPool found them.',
  attributes,
  defaultsFrom: { stride: 'kernel' },
  inputs: [{ name: 'input' }, { name: 'indices' }],
  infer([input, indices], a) {
    const x = input as TensorType;
    const i = indices as TensorType;
    const rank = spatialRank(x, 'maxUnpool');
    if (formatShape(i.shape) !== formatShape(x.shape)) {
      throw new ArchmeterError(
        `indices of shape ${formatShape(i.shape)} do not belong to an input of shape ${formatShape(x.shape)}`,
      );
    }
    const sizes =
      a.outputSize === undefined
        ? transposedOutput(x.shape.slice(2), { ...a, dilation: 1, outputPadding: 0 })
        : perAxis(a.outputSize, rank, 'outputSize');
    return [{ shape: imageShape(x.shape[0] as number, x.shape[1] as number, sizes), dtype: x.dtype }];
  },
  arithmetic: noArithmetic,
});
