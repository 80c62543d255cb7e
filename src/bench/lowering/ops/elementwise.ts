import type { Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '../../../core/ir/tensor.js';
import { type Call, channelsLastOrder, type Form, type Lowering, reorder } from '../call.js';
import type { Register, Tfjs } from '../program.js';

type Attributes = Readonly<Record<string, unknown>>;
type UnaryFunction = (tf: Tfjs, x: Tensor, a: Attributes) => Tensor;
type BinaryFunction = (tf: Tfjs, x: Tensor, y: Tensor, a: Attributes) => Tensor;

const number = (value: unknown, fallback: number) => (typeof value === 'number' ? value : fallback);

const UNARIES: Readonly<Record<string, UnaryFunction>> = {
  relu: (tf, x) => tf.relu(x),
  relu6: (tf, x) => tf.relu6(x),
  sigmoid: (tf, x) => tf.sigmoid(x),
  tanh: (tf, x) => tf.tanh(x),
  hardSigmoid: (tf, x, a) => tf.clipByValue(tf.add(tf.mul(x, number(a.alpha, 1 / 6)), number(a.beta, 0.5)), 0, 1),
};

const BINARIES: Readonly<Record<string, BinaryFunction>> = {
  add: (tf, x, y) => tf.add(x, y),
  sub: (tf, x, y) => tf.sub(x, y),
  mul: (tf, x, y) => tf.mul(x, y),
  div: (tf, x, y) => tf.div(x, y),
};

/** Elementwise ops run on whatever form their input has. */
function unary(compute: UnaryFunction): Lowering {
  return (call) => {
    const form: Form = call.isChannelsLast(0) ? 'channelsLast' : 'logical';
    call.emit([call.input(0, form)], ([x]) => compute(call.tf, x as Tensor, call.attributes), form);
  };
}

/** Inputs that broadcast together, all in one form: channels last as soon as one of them is an image. */
export function alignedInputs(call: Call, slots: readonly number[]): { registers: Register[]; form: Form } {
  const rank = call.outputType().shape.length;
  const image = slots.some((slot) => call.isChannelsLast(slot) && call.type(slot).shape.length === rank);
  if (!image) return { registers: slots.map((slot) => call.input(slot, 'logical')), form: 'logical' };
  return {
    form: 'channelsLast',
    registers: slots.map((slot) => {
      const { shape } = call.type(slot);
      if (shape.length === rank) return call.input(slot, 'channelsLast');
      if (shape.length === 0) return call.input(slot, 'logical');
      return call.prepared(slot, (x) =>
        reorder(call.tf, call.tf.reshape(x, padded(shape, rank)), channelsLastOrder(rank)),
      );
    }),
  };
}

/** The shape with axes of size 1 in front, as broadcasting adds them. */
const padded = (shape: Shape, rank: number) => [...new Array<number>(rank - shape.length).fill(1), ...shape];

function binary(compute: BinaryFunction): Lowering {
  return (call) => {
    const { registers, form } = alignedInputs(call, [0, 1]);
    call.emit(registers, ([x, y]) => compute(call.tf, x as Tensor, y as Tensor, call.attributes), form);
  };
}

const same: Lowering = (call) => {
  const form: Form = call.isChannelsLast(0) ? 'channelsLast' : 'logical';
  call.alias(call.input(0, form), form);
};

export const elementwise: Readonly<Record<string, Lowering>> = {
  ...Object.fromEntries(Object.entries(UNARIES).map(([name, compute]) => [name, unary(compute)])),
  ...Object.fromEntries(Object.entries(BINARIES).map(([name, compute]) => [name, binary(compute)])),
  identity: same,
  dropout: same,
};
