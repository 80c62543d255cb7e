import { ArchmeterError } from '../../../errors.js';
import { elementCount, formatShape, isFloat } from '../../../ir/tensor.js';
import type { Call } from '../call.js';
import type { Tensor } from '../tensor.js';
import type { OnnxOps } from './define-onnx-op.js';

/** Whether a tensor is a matrix that is stored, or computed from stored tensors alone. */
export function isWeightMatrix(tensor: Tensor): boolean {
  return tensor.shape.length === 2 && (tensor.stored !== undefined || tensor.isWeight === true);
}

/** A weight [in, out] of the file as the layer's [out, in]. */
export function outByIn(call: Call, weight: Tensor): Tensor {
  return call.weight(weight, [1, 0]);
}

/** x · W for a weight W [in, out]: a linear layer, with the bias that the next node adds where that is all it does. */
export function product(call: Call, x: Tensor, weight: Tensor): Tensor {
  if (isWeightMatrix(weight) && x.shape.length > 0 && x.shape.at(-1) === weight.shape[0]) {
    const bias = x.shape.length > 1 ? followingBias(call, weight.shape[1] as number) : undefined;
    return linear(call, x, outByIn(call, weight), bias);
  }
  return call.emit('matmul', [x, weight]);
}

/** @param weight [out, in] */
export function linear(call: Call, x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  return call.emit('linear', bias === undefined ? [x, weight] : [x, weight, bias], {
    outFeatures: weight.shape[0] as number,
    bias: bias !== undefined,
  });
}

/** The bias [out] that the one reader of the product adds, which this node then does. */
function followingBias(call: Call, outFeatures: number): Tensor | undefined {
  const next = call.next();
  if (next?.node.type !== 'Add' || next.node.domain !== '' || next.node.inputs.length !== 2) return undefined;
  const other = next.node.inputs.find((name) => name !== call.node.outputs[0]);
  const bias = other === undefined ? undefined : next.input(other);
  const fits =
    bias?.kind === 'tensor' &&
    bias.value === undefined &&
    isFloat(bias.dtype) &&
    bias.shape.length === 1 &&
    bias.shape[0] === outFeatures;
  if (!fits) return undefined;
  call.absorbed = next.node;
  return bias;
}

function matMul(call: Call): Tensor {
  return product(call, call.input(0), call.input(1));
}

/** alpha·A·B + beta·C */
export function gemm(call: Call, c: Tensor | undefined = call.optional(2)): Tensor {
  const [a, b] = [call.input(0), call.input(1)];
  if (a.shape.length !== 2 || b.shape.length !== 2) {
    throw new ArchmeterError(`${call.type} takes matrices, not ${formatShape(a.shape)} and ${formatShape(b.shape)}`);
  }
  const [transA, transB] = [call.flag('transA'), call.flag('transB')];
  const columns = b.shape[transB ? 0 : 1] as number;
  if (!isWeightMatrix(b)) {
    const y = call.emit('matmul', [a, b], { transposeLeft: transA, transposeRight: transB });
    return c === undefined ? y : call.emit('add', [y, c]);
  }
  const x = transA ? call.emit('transpose', [a], { permutation: [1, 0] }) : a;
  const weight = transB ? b : outByIn(call, b);
  const isVector = c !== undefined && elementCount(c.shape) === columns && c.shape.at(-1) === columns;
  const bias = isVector && c.value === undefined ? { ...c, shape: [columns] } : undefined;
  const y = linear(call, x, weight, bias);
  return c === undefined || bias !== undefined ? y : call.emit('add', [y, c]);
}

function einsum(call: Call): Tensor {
  const equation = call.text('equation');
  if (equation === undefined) throw new ArchmeterError('Einsum has no equation');
  return call.emit('einsum', call.tensors(), { equation });
}

export const MATRIX: OnnxOps = {
  Einsum: { lower: einsum },
  Gemm: { lower: (call) => gemm(call) },
  MatMul: { lower: matMul },
};
