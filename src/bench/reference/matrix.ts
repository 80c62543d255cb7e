import { elementCount } from '../../core/ir/tensor.js';
import { multiply } from './product.js';
import { inputOf, type Kernel, outputShape, tensor } from './tensor.js';

/** [..., in] · [out, in]ᵀ + bias. */
const linear: Kernel = (call) => {
  const x = inputOf(call, 0);
  const weight = inputOf(call, 1);
  const bias = call.inputs[2];
  const [n = 1, k = 1] = weight.shape;
  const y = tensor(outputShape(call));
  multiply(x.data, weight.data, y.data, { m: elementCount(x.shape) / k, n, k });
  if (bias) for (let i = 0; i < y.data.length; i++) y.data[i] = (y.data[i] as number) + (bias.data[i % n] as number);
  return [y];
};

export const matrix: Readonly<Record<string, Kernel>> = { linear };
