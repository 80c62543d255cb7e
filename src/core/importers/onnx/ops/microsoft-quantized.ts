import { ArchmeterError } from '../../../errors.js';
import type { DType } from '../../../ir/tensor.js';
import type { OpAttributes, OpName } from '../../../ops/op-attributes.js';
import type { Call } from '../call.js';
import type { Tensor } from '../tensor.js';
import type { OnnxOp, OnnxOps } from './define-onnx-op.js';
import { gemm, linear, product } from './matrix.js';
import { concatenated } from './movement.js';
import { poolAttributes } from './pooling.js';
import { QUANTIZATION, qLinearConv, withBlockScales } from './quantization.js';
import { recurrent } from './recurrent.js';
import { softmax } from './reduction.js';

/** com.microsoft: ops on quantised tensors. Requantisation is part of the kernel and not counted apart. */

function unary<N extends OpName>(op: N, attributes?: (call: Call) => OpAttributes[N]): OnnxOp {
  return { lower: (call) => call.emit<OpName>(op, [call.input(0)], attributes?.(call)) };
}

/** A, its scale and zero point, B, its scale and zero point, scale and zero point of the result. */
function binary(op: OpName): OnnxOp {
  return { lower: (call) => call.emit(op, [call.input(0), call.input(3)]) };
}

/** Scale and zero point of the result, then each tensor with its own. */
function qLinearConcat(call: Call): Tensor {
  const tensors = call.inputs.flatMap((_, i) => (i >= 2 && (i - 2) % 3 === 0 ? [call.input(i)] : []));
  return concatenated(call, tensors, call.int('axis', 1));
}

const BITS: Readonly<Record<number, DType>> = { 2: 'uint2', 3: 'uint4', 4: 'uint4', 8: 'uint8' };

/** Packed weights of K inputs and N outputs, in blocks with a scale each. */
function matMulNBits(call: Call): Tensor {
  const [inFeatures, outFeatures] = [call.int('K', 0), call.int('N', 0)];
  const bits = call.int('bits', 4);
  const dtype = BITS[bits];
  if (dtype === undefined) throw new ArchmeterError(`weights of ${bits} bits are not supported`);
  const scales = [call.optional(2), call.type === 'MatMulBnb4' ? undefined : call.optional(3)];
  const weight = unpacked(call.input(1), [outFeatures, inFeatures], dtype, scales);
  const bias = call.type === 'MatMulBnb4' ? undefined : call.optional(5);
  return linear(call, call.input(0), weight, bias);
}

/** The stored bytes as the matrix that they hold, with the scales and zero points of its blocks. */
function unpacked(
  packed: Tensor,
  shape: readonly number[],
  dtype: DType,
  scales: readonly (Tensor | undefined)[],
): Tensor {
  const stored = packed.stored?.tensor;
  if (stored === undefined) return { ...packed, shape, dtype };
  const matrix = withBlockScales(stored, scales, { shape, dtype });
  return { kind: 'tensor', name: packed.name, shape, dtype, stored: { tensor: matrix } };
}

function gatherBlockQuantized(call: Call): Tensor {
  const [table, indices, scales] = [call.input(0), call.input(1), call.input(2)];
  const rows = call.emit('gather', [table, indices], { axis: call.int('gather_axis', 0) });
  return call.emit('dequantize', [rows], { to: scales.dtype });
}

function dynamicQuantizeMatMul(call: Call, bias: number): Tensor {
  const y = product(call, call.input(0), call.input(1));
  const b = call.optional(bias);
  const result = call.emitter.retype(y, 'float32');
  return b === undefined ? result : call.emit('add', [result, b]);
}

function globalAveragePool(call: Call): Tensor {
  const layout = call.flag('channels_last') ? 'channelsLast' : 'channelsFirst';
  return call.emit('globalAvgPool', [call.input(0)], { keepDims: true, layout });
}

function averagePool(call: Call): Tensor {
  const x = call.input(0);
  return call.emit('avgPool', [x], {
    ...poolAttributes(call, x.shape.length - 2),
    countIncludePad: call.flag('count_include_pad'),
    layout: call.flag('channels_last') ? 'channelsLast' : 'channelsFirst',
  });
}

export const MICROSOFT_QUANTIZED: OnnxOps = {
  DequantizeLinear: QUANTIZATION.DequantizeLinear as OnnxOp,
  DynamicQuantizeLSTM: { lower: (call) => recurrent(call, 'lstm') },
  DynamicQuantizeMatMul: { lower: (call) => dynamicQuantizeMatMul(call, 4) },
  GatherBlockQuantized: { lower: gatherBlockQuantized },
  MatMulBnb4: { lower: matMulNBits },
  MatMulIntegerToFloat: { lower: (call) => dynamicQuantizeMatMul(call, 6) },
  MatMulNBits: { lower: matMulNBits },
  QGemm: { lower: gemmOfQuantized },
  QLinearAdd: binary('add'),
  QLinearAveragePool: { lower: averagePool },
  QLinearConcat: { lower: qLinearConcat },
  QLinearConv: { lower: qLinearConv },
  QLinearGlobalAveragePool: { lower: globalAveragePool },
  QLinearLeakyRelu: unary('leakyRelu', (call) => ({ alpha: call.float('alpha', 0.01) })),
  QLinearMul: binary('mul'),
  QLinearReduceMean: unary('reduceMean', (call) => ({
    axes: call.ints('axes') ?? [],
    keepDims: call.int('keepdims', 1) !== 0,
  })),
  QLinearSigmoid: unary('sigmoid'),
  QLinearSoftmax: softmax('softmax'),
  QLinearWhere: { lower: (call) => call.emit('where', [call.input(0), call.input(1), call.input(4)]) },
  QuantizeLinear: QUANTIZATION.QuantizeLinear as OnnxOp,
};

/** A, scale, zero point, B, scale, zero point, C, scale and zero point of the result: without them it is float. */
function gemmOfQuantized(call: Call): Tensor {
  const y = gemm(call.withInputs([call.inputs[0], call.inputs[3]]), call.optional(6));
  return call.emitter.retype(y, call.optional(8)?.dtype ?? 'float32');
}
