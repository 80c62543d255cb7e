import { elementCount } from '../../core/ir/tensor.js';
import { normalizeAxis } from '../../core/ops/axis.js';
import { inputOf, type Kernel, outputShape, permuted, type Tensor, tensor } from './tensor.js';

const concat: Kernel = (call) => {
  const inputs = call.inputs as readonly Tensor[];
  const shape = outputShape(call);
  const axis = normalizeAxis(Number(call.attributes.axis ?? 1), shape.length);
  const outer = elementCount(shape.slice(0, axis));
  const y = tensor(shape);
  let to = 0;
  for (let i = 0; i < outer; i++) {
    for (const input of inputs) {
      const run = elementCount(input.shape.slice(axis));
      y.data.set(input.data.subarray(i * run, (i + 1) * run), to);
      to += run;
    }
  }
  return [y];
};

const reshaped: Kernel = (call) => [tensor(outputShape(call), inputOf(call, 0).data)];

const transpose: Kernel = (call) => [permuted(inputOf(call, 0), call.attributes.permutation as number[])];

export const movement: Readonly<Record<string, Kernel>> = {
  concat,
  reshape: reshaped,
  flatten: reshaped,
  squeeze: reshaped,
  unsqueeze: reshaped,
  transpose,
};
