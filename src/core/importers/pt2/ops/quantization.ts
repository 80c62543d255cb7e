import type { Lowering, NodeContext } from '../lower/node-context.js';

/** What torch's PT2 quantizer puts into a program (namespace quantized_decomposed). Scales may be numbers or tensors. */

function scales(n: NodeContext, many: boolean) {
  return many ? [n.operand('scales'), n.operand('zero_points')] : [n.operand('scale'), n.operand('zero_point')];
}

const quantize =
  (many: boolean): Lowering =>
  (n) =>
    n.add('quantize', [n.tensor('input'), ...scales(n, many)], {
      to: n.stated[0]?.dtype ?? 'int8',
      ...(many ? { axis: n.integer('axis') } : {}),
    });

const dequantize =
  (many: boolean): Lowering =>
  (n) =>
    n.add('dequantize', [n.tensor('input'), ...scales(n, many)], {
      to: n.stated[0]?.dtype ?? 'float32',
      ...(many ? { axis: n.integer('axis') } : {}),
    });

export const QUANTIZATION: Readonly<Record<string, Lowering>> = {
  quantize_per_tensor: quantize(false),
  dequantize_per_tensor: dequantize(false),
  quantize_per_channel: quantize(true),
  dequantize_per_channel: dequantize(true),
};
