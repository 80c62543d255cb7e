import { elementCount } from '../../core/ir/tensor.js';
import { OPS } from '../../core/ops/index.js';
import { broadcastStrides, gatherStrided, inputOf, type Kernel, outputShape, type Tensor, tensor } from './tensor.js';

export function broadcastTo(x: Tensor, shape: readonly number[]): Float64Array {
  if (elementCount(x.shape) === elementCount(shape)) return x.data;
  return gatherStrided(x.data, shape, broadcastStrides(x.shape, shape)).data;
}

/** Unary and binary ops by the value that the op itself defines for one element. */
const evaluated: Kernel = (call) => {
  const evaluate = OPS.get(call.op)?.evaluate;
  if (evaluate === undefined) throw new Error(`${call.op} defines no value of one element`);
  const y = tensor(outputShape(call));
  const left = broadcastTo(inputOf(call, 0), y.shape);
  if (call.inputs.length === 1) {
    for (let i = 0; i < y.data.length; i++) y.data[i] = evaluate(call.attributes, left[i] as number);
  } else {
    const right = broadcastTo(inputOf(call, 1), y.shape);
    for (let i = 0; i < y.data.length; i++) {
      y.data[i] = evaluate(call.attributes, left[i] as number, right[i] as number);
    }
  }
  return [y];
};

const same: Kernel = (call) => [tensor(outputShape(call), inputOf(call, 0).data)];

export const elementwise: Readonly<Record<string, Kernel>> = { evaluated, identity: same, dropout: same };
