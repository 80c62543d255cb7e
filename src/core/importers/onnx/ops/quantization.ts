import { DTYPE_BITS, type DType, elementCount } from '../../../ir/tensor.js';
import type { OpAttributes } from '../../../ops/op-attributes.js';
import type { Call } from '../call.js';
import { dtypeOf } from '../dtype.js';
import type { StoredTensor } from '../stored-tensor.js';
import type { Tensor } from '../tensor.js';
import { convolve } from './convolution.js';
import type { OnnxOps } from './define-onnx-op.js';
import { isWeightMatrix, product } from './matrix.js';

/** A stored weight on its way through Q and DQ nodes stays the stored weight: no layer. */
function isStoredWeight(x: Tensor): boolean {
  return x.stored !== undefined && x.value === undefined;
}

function seenAs(x: Tensor, dtype: DType): Tensor {
  const { data: _, ...weight } = x;
  return { ...weight, dtype };
}

const withScales = new WeakMap<StoredTensor, StoredTensor>();

/** A weight in blocks with scales of their own, which are read with it: its bytes are theirs too. */
export function withBlockScales(
  tensor: StoredTensor,
  scales: readonly (Tensor | undefined)[],
  change: Partial<StoredTensor> = {},
): StoredTensor {
  const known = withScales.get(tensor);
  if (known !== undefined) return known;
  const shape = change.shape ?? tensor.shape;
  const bits = scales.reduce(
    (sum, scale) => sum + (scale ? elementCount(scale.shape) * DTYPE_BITS[scale.dtype] : 0),
    0,
  );
  const scaled = { ...tensor, ...change, scaleBits: bits / Math.max(elementCount(shape), 1) };
  withScales.set(tensor, scaled);
  return scaled;
}

function axisOf(call: Call, scale: Tensor): OpAttributes['fakeQuantize'] {
  const block = call.int('block_size', 0);
  if (scale.shape.length === 0) return {};
  return { axis: call.int('axis', 1), ...(block > 0 ? { blockSize: block } : {}) };
}

function quantizeLinear(call: Call): Tensor {
  const [x, scale, zeroPoint] = [call.input(0), call.input(1), call.optional(2)];
  const stated = call.int('output_dtype', 0);
  const to = stated > 0 ? dtypeOf(stated, 'the result of QuantizeLinear') : (zeroPoint?.dtype ?? 'uint8');
  if (isStoredWeight(x)) return seenAs(x, to);
  return call.emit('quantize', [x, scale, zeroPoint], { to, ...axisOf(call, scale) });
}

function dequantizeLinear(call: Call): Tensor {
  const [x, scale, zeroPoint] = [call.input(0), call.input(1), call.optional(2)];
  const stated = call.int('output_dtype', 0);
  const to = stated > 0 ? dtypeOf(stated, 'the result of DequantizeLinear') : scale.dtype;
  if (isStoredWeight(x) && x.stored !== undefined) {
    if (call.int('block_size', 0) === 0) return seenAs(x, to);
    return seenAs({ ...x, stored: { ...x.stored, tensor: withBlockScales(x.stored.tensor, [scale, zeroPoint]) } }, to);
  }
  return call.emit('dequantize', [x, scale, zeroPoint], { to, ...axisOf(call, scale) });
}

/** Scale and zero point come from the extremes of the input. */
function dynamicQuantizeLinear(call: Call): Tensor[] {
  const x = call.input(0);
  const least = call.emit('reduceMin', [x], { keepDims: false });
  const most = call.emit('reduceMax', [x], { keepDims: false });
  const scale = call.emit('sub', [most, least]);
  const zeroPoint = call.emit('cast', [call.emit('div', [least, scale])], { to: 'uint8' });
  return [call.emit('quantize', [x, scale, zeroPoint], { to: 'uint8' }), scale, zeroPoint];
}

/** x, its scale and zero point; weight, its scale and zero point; output scale and zero point; bias. */
export function qLinearConv(call: Call): Tensor {
  const channelsLast = call.flag('channels_last');
  const y = convolve(call, {
    x: call.input(0),
    weight: call.input(3),
    bias: call.optional(8),
    ...(channelsLast ? { layout: 'channelsLast' as const } : {}),
  });
  return call.emitter.retype(y, call.optional(7)?.dtype ?? y.dtype);
}

function convInteger(call: Call): Tensor {
  return call.emitter.retype(convolve(call, { x: call.input(0), weight: call.input(1), bias: undefined }), 'int32');
}

function matMulInteger(call: Call): Tensor {
  return call.emitter.retype(product(call, call.input(0), call.input(1)), 'int32');
}

function qLinearMatMul(call: Call): Tensor {
  const [x, weight, zeroPoint] = [call.input(0), call.input(3), call.optional(7)];
  const y = isWeightMatrix(weight) ? product(call, x, weight) : call.emit('matmul', [x, weight]);
  return call.emitter.retype(y, zeroPoint?.dtype ?? y.dtype);
}

export const QUANTIZATION: OnnxOps = {
  ConvInteger: { lower: convInteger },
  DequantizeLinear: { lower: dequantizeLinear },
  DynamicQuantizeLinear: { lower: dynamicQuantizeLinear },
  MatMulInteger: { lower: matMulInteger },
  QLinearConv: { lower: qLinearConv },
  QLinearMatMul: { lower: qLinearMatMul },
  QuantizeLinear: { lower: quantizeLinear },
};
