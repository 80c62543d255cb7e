import { DTYPE_BITS, type DType, type TensorType } from '../../ir/tensor.js';
import { defineOp, type OpDefinition } from '../define-op.js';
import { perOutputElement } from '../flops.js';

const dtypes = Object.keys(DTYPE_BITS) as DType[];

interface Attributes {
  readonly to?: DType;
  readonly axis?: number;
  readonly blockSize?: number;
}

/** Input any shape; scale and zero point scalar, [channels] along `axis`, or in blocks. Stored numbers or none at all. */
function quantization(
  name: string,
  summary: string,
  to: DType | undefined,
  flops: number,
  source: string,
): OpDefinition<Attributes> {
  return defineOp<Attributes>({
    name,
    kind: 'elementwise',
    summary,
    attributes: {
      type: 'object',
      properties: {
        ...(to === undefined ? {} : { to: { enum: dtypes, description: 'Element type of the output.', default: to } }),
        axis: { type: 'integer', description: 'Of the channels, where scales differ by channel.', default: 1 },
        blockSize: { type: 'integer', minimum: 1, description: 'Elements of the axis that share a scale.' },
      },
      additionalProperties: false,
    },
    inputs: [{ name: 'input' }, { name: 'scale', optional: true }, { name: 'zeroPoint', optional: true }],
    infer([input], a) {
      const { shape, dtype } = input as TensorType;
      return [{ shape, dtype: a.to ?? dtype }];
    },
    ...perOutputElement(flops, source),
    savedForBackward: 'none',
  });
}

export default [
  quantization(
    'quantize',
    'clip(round(x / scale) + zero point)',
    'int8',
    5,
    'operations per element: division, rounding, addition, two comparisons',
  ),
  quantization('dequantize', '(x - zero point)·scale', 'float32', 2, 'operations per element: difference and product'),
  quantization(
    'fakeQuantize',
    'Quantised and dequantised again.',
    undefined,
    7,
    'operations per element: quantize 5, dequantize 2',
  ),
];
