import { normalizeAxis } from '../ops/axis.js';
import { OPS } from '../ops/index.js';
import {
  broadcastStrides,
  gatherStrided,
  inputOf,
  type Kernel,
  type Kernels,
  outputShape,
  strides,
  type Tensor,
  tensor,
} from './tensor.js';

function broadcastTo(x: Tensor, shape: readonly number[]): Float64Array {
  if (x.shape.length === shape.length && x.shape.every((size, axis) => size === shape[axis])) return x.data;
  return gatherStrided(x.data, shape, broadcastStrides(x.shape, shape)).data;
}

/** Ops of one to three operands, by the value that the op itself defines for one element. */
export const evaluated: Kernel = (call) => {
  const evaluate = OPS.get(call.op)?.evaluate;
  if (evaluate === undefined) throw new Error(`${call.op} defines no value of one element`);
  const y = tensor(outputShape(call));
  const a = call.attributes;
  const [p, q, r] = call.inputs.map((_, slot) => broadcastTo(inputOf(call, slot), y.shape)) as [
    Float64Array,
    Float64Array?,
    Float64Array?,
  ];
  for (let i = 0; i < y.data.length; i++) {
    if (r !== undefined) y.data[i] = evaluate(a, p[i] as number, q?.[i] as number, r[i] as number);
    else if (q !== undefined) y.data[i] = evaluate(a, p[i] as number, q[i] as number);
    else y.data[i] = evaluate(a, p[i] as number);
  }
  return [y];
};

const relu: Kernel = (call) => {
  const { data } = inputOf(call, 0);
  const y = tensor(outputShape(call));
  for (let i = 0; i < data.length; i++) y.data[i] = Math.max(data[i] as number, 0);
  return [y];
};

/** One slope, one for each channel (axis 1), or any shape that broadcasts. */
const prelu: Kernel = (call) => {
  const x = inputOf(call, 0);
  const slope = inputOf(call, 1);
  const perChannel = slope.shape.length === 1 && slope.shape[0] === x.shape[1] && x.shape.length > 1;
  const shape = perChannel ? x.shape.map((size, axis) => (axis === 1 ? size : 1)) : slope.shape;
  const slopes = broadcastTo({ shape, data: slope.data }, x.shape);
  return [
    tensor(
      x.shape,
      x.data.map((value, i) => (value > 0 ? value : value * (slopes[i] as number))),
    ),
  ];
};

const glu: Kernel<'glu'> = (call) => {
  const x = inputOf(call, 0);
  const shape = outputShape(call);
  const axis = normalizeAxis(call.attributes.axis, x.shape.length);
  const steps = strides(x.shape);
  const values = gatherStrided(x.data, shape, steps);
  const gates = gatherStrided(x.data, shape, steps, (shape[axis] as number) * (steps[axis] as number));
  return [
    tensor(
      shape,
      values.data.map((value, i) => value / (1 + Math.exp(-(gates.data[i] as number)))),
    ),
  ];
};

const same: Kernel = (call) => [tensor(outputShape(call), inputOf(call, 0).data)];

export const elementwise: Kernels = {
  relu,
  prelu,
  glu,
  identity: same,
  dropout: same,
};
