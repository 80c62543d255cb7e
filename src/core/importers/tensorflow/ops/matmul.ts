import type { Lowering, NodeCall } from '../call.js';
import type { Tensor } from '../tensor.js';
import { filterValue, fused } from './convolution.js';

/** A matrix product; with a stored matrix on the right it is a linear layer, whose weight is [out, in]. */
function product(call: NodeCall, bias?: Tensor): Tensor {
  const [x, y] = [call.x, call.input(1)];
  const left = call.attributes.flag('transpose_a') || call.attributes.flag('adj_x');
  const right = call.attributes.flag('transpose_b') || call.attributes.flag('adj_y');
  if (y.isStored && y.rank === 2 && !left && x.rank >= 2) {
    const weight = filterValue(call, y, right ? [0, 1] : [1, 0]);
    const inputs = [x, weight, ...(bias ? [bias.value('parameter')] : [])];
    return call.add('linear', inputs, { outFeatures: weight.shape[0] as number, bias: bias !== undefined });
  }
  const result = call.add('matmul', [x, y], {
    ...(left ? { transposeLeft: true } : {}),
    ...(right ? { transposeRight: true } : {}),
  });
  return bias === undefined ? result : call.add('add', [result, bias.value('parameter')], {}, 'bias');
}

export const matmulOps: Readonly<Record<string, Lowering>> = {
  MatMul: (call) => product(call),
  _FusedMatMul: (call) => fused(call, product),
  BatchMatMul: (call) => product(call),
  BatchMatMulV2: (call) => product(call),
  BatchMatMulV3: (call) => product(call),
  Einsum: (call) => call.add('einsum', call.inputs, { equation: call.attributes.text('equation').replaceAll(' ', '') }),
};
