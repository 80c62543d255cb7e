import type { NodeProto } from './protobuf/messages.js';

/** Input slots that hold scales and zero points (Operators.md of onnx, ContribOperators.md of onnxruntime). */
const SLOTS: Readonly<Record<string, readonly number[]>> = {
  ConvInteger: [2, 3],
  DequantizeLinear: [1, 2],
  DynamicQuantizeLSTM: [8, 9, 10, 11],
  DynamicQuantizeMatMul: [2, 3],
  GatherBlockQuantized: [2, 3],
  MatMulBnb4: [2],
  MatMulInteger: [2, 3],
  MatMulIntegerToFloat: [2, 3, 4, 5],
  MatMulNBits: [2, 3],
  QAttention: [3, 4, 6, 7],
  QGemm: [1, 2, 4, 5, 7, 8],
  QLinearAdd: [1, 2, 4, 5, 6, 7],
  QLinearAveragePool: [1, 2, 3, 4],
  QLinearConv: [1, 2, 4, 5, 6, 7],
  QLinearGlobalAveragePool: [1, 2, 3, 4],
  QLinearLeakyRelu: [1, 2, 3, 4],
  QLinearMatMul: [1, 2, 4, 5, 6, 7],
  QLinearMul: [1, 2, 4, 5, 6, 7],
  QLinearReduceMean: [1, 2, 3, 4],
  QLinearSigmoid: [1, 2, 3, 4],
  QLinearSoftmax: [1, 2, 3, 4],
  QLinearWhere: [2, 3, 5, 6, 7, 8],
  QuantizeLinear: [1, 2],
};

/** Whose first output is an integer sum that a product with scales brings back to float. */
const INTEGER_PRODUCTS: ReadonlySet<string> = new Set(['ConvInteger', 'MatMulInteger']);

/**
 * Names of the tensors that hold scales and zero points, whatever they are called. Dynamic quantisation multiplies the
 * weight's scale with the input's (DynamicQuantizeLinear), and their product with the integer sums.
 */
export function quantizationTensors(nodes: readonly NodeProto[]): ReadonlySet<string> {
  const found = new Set<string>();
  /** Scales of inputs. */
  const dynamic = new Set<string>();
  /** Integer sums, also where they are multiplied with an input's scale. */
  const sums = new Set<string>();
  const visit = (list: readonly NodeProto[]) => {
    for (const { type, inputs, outputs, attributes } of list) {
      const [first = '', second = ''] = inputs;
      const output = outputs[0] ?? '';
      for (const slot of (Object.hasOwn(SLOTS, type) ? SLOTS[type] : undefined) ?? []) found.add(inputs[slot] ?? '');
      if (type === 'QLinearConcat')
        for (const name of inputs.filter((_, i) => i < 2 || (i - 2) % 3 !== 0)) found.add(name);
      if (type === 'DynamicQuantizeLinear') dynamic.add(outputs[1] ?? '');
      if (INTEGER_PRODUCTS.has(type)) sums.add(output);
      if (type === 'Cast') for (const set of [dynamic, sums]) if (set.has(first)) set.add(output);
      if (type === 'Mul') {
        const [one, other] =
          sums.has(second) || (dynamic.has(second) && !sums.has(first)) ? [second, first] : [first, second];
        if (sums.has(one) && dynamic.has(other)) sums.add(output);
        else if (sums.has(one)) found.add(other);
        else if (dynamic.has(one)) found.add(other);
      }
      for (const { graph } of attributes) if (graph !== undefined) visit(graph.nodes);
    }
  };
  visit(nodes);
  found.delete('');
  return found;
}
