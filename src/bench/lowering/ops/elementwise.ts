import type { Tensor } from '@tensorflow/tfjs-core';
import { isFloat, type Shape } from '../../../core/ir/tensor.js';
import { normalizeAxis } from '../../../core/ops/axis.js';
import { promote } from '../../../core/ops/elementwise/promote.js';
import { type Call, channelsLastOrder, type Form, type Lowering, type Lowerings, reorder } from '../call.js';
import { castTo } from '../kernels.js';
import type { Register, Tfjs } from '../program.js';
import { tfjsType } from '../types.js';
import { axisIn } from './movement.js';
import { UNARY_FUNCTIONS } from './unary-functions.js';

type Attributes = Readonly<Record<string, unknown>>;
type BinaryFunction = (tf: Tfjs, x: Tensor, y: Tensor, a: Attributes) => Tensor;

function truncated(tf: Tfjs, x: Tensor): Tensor {
  return tf.mul(tf.sign(x), tf.floor(tf.abs(x)));
}

const ARITHMETIC: Readonly<Record<string, BinaryFunction>> = {
  add: (tf, x, y) => tf.add(x, y),
  sub: (tf, x, y) => tf.sub(x, y),
  mul: (tf, x, y) => tf.mul(x, y),
  div: (tf, x, y, { rounding }) => {
    if (rounding === 'floor') return tf.floorDiv(x, y);
    if (rounding !== 'trunc') return tf.div(x, y);
    return x.dtype === 'int32'
      ? tf.cast(truncated(tf, tf.div(tf.cast(x, 'float32'), y)), 'int32')
      : truncated(tf, tf.div(x, y));
  },
  floorDiv: (tf, x, y) => tf.floorDiv(x, y),
  mod: (tf, x, y, { truncated: signOfX }) =>
    signOfX ? tf.sub(x, tf.mul(y, truncated(tf, tf.div(x, y)))) : tf.mod(x, y),
  pow: (tf, x, y) => tf.pow(x, y),
  min: (tf, x, y) => tf.minimum(x, y),
  max: (tf, x, y) => tf.maximum(x, y),
  atan2: (tf, x, y) => tf.atan2(x, y),
  equal: (tf, x, y) => tf.equal(x, y),
  notEqual: (tf, x, y) => tf.notEqual(x, y),
  less: (tf, x, y) => tf.less(x, y),
  lessEqual: (tf, x, y) => tf.lessEqual(x, y),
  greater: (tf, x, y) => tf.greater(x, y),
  greaterEqual: (tf, x, y) => tf.greaterEqual(x, y),
};

const LOGICAL: Readonly<Record<string, BinaryFunction>> = {
  and: (tf, x, y) => tf.logicalAnd(x, y),
  or: (tf, x, y) => tf.logicalOr(x, y),
  xor: (tf, x, y) => tf.notEqual(tf.cast(x, 'int32'), tf.cast(y, 'int32')),
};

/** Elementwise ops run on whatever form their input has. */
function unary(compute: (tf: Tfjs, x: Tensor, a: Attributes) => Tensor): Lowering {
  return (call) => {
    const form = formOf(call);
    call.emit([call.input(0, form)], ([x]) => compute(call.tf, x as Tensor, call.attributes), form);
  };
}

export const formOf = (call: Call): Form => (call.isChannelsLast(0) ? 'channelsLast' : 'logical');

/** Inputs that broadcast together, all in one form: channels last as soon as one of them is an image. */
function alignedInputs(call: Call, slots: readonly number[]): { registers: Register[]; form: Form } {
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
        reorder(call.tf, call.tf.reshape(x, widened(shape, rank)), channelsLastOrder(rank)),
      );
    }),
  };
}

/** The shape with axes of size 1 in front, as broadcasting adds them. */
const widened = (shape: Shape, rank: number) => [...new Array<number>(rank - shape.length).fill(1), ...shape];

/** Computes in the type that the operands promote to; tfjs itself computes nothing in booleans. */
function operandType(call: Call, left: number, right: number): 'float32' | 'int32' {
  return isFloat(promote(call.type(left), call.type(right))) ? 'float32' : 'int32';
}

function binary(compute: BinaryFunction): Lowering {
  return (call) => {
    const { tf } = call;
    const type = operandType(call, 0, 1);
    const { registers, form } = alignedInputs(call, [0, 1]);
    const run = ([x, y]: readonly Tensor[]) =>
      compute(tf, castTo(tf, x as Tensor, type), castTo(tf, y as Tensor, type), call.attributes);
    call.emit(registers, run, form);
  };
}

function logical(compute: BinaryFunction): Lowering {
  return (call) => {
    const { tf } = call;
    const { registers, form } = alignedInputs(call, [0, 1]);
    const run = ([x, y]: readonly Tensor[]) =>
      compute(tf, castTo(tf, x as Tensor, 'bool'), castTo(tf, y as Tensor, 'bool'), {});
    call.emit(registers, run, form);
  };
}

const where: Lowering<'where'> = (call) => {
  const { tf } = call;
  const type = operandType(call, 1, 2);
  const { registers, form } = alignedInputs(call, [0, 1, 2]);
  call.emit(
    registers,
    ([condition, x, y]) =>
      tf.where(castTo(tf, condition as Tensor, 'bool'), castTo(tf, x as Tensor, type), castTo(tf, y as Tensor, type)),
    form,
  );
};

/** One slope, one for each channel (axis 1), or any shape that broadcasts: tfjs-wasm has slopes along the last axis only. */
const prelu: Lowering<'prelu'> = (call) => {
  const { tf } = call;
  const { shape } = call.type(0);
  const slope = call.type(1).shape;
  const perChannel = slope.length === 1 && slope[0] === shape[1] && shape.length > 1;
  const form = formOf(call);
  if (perChannel && (form === 'channelsLast' || slope[0] === 1)) {
    const registers = [call.input(0, form), call.prepared(1, (a) => a)];
    call.emit(registers, ([x, a]) => tf.prelu(x as Tensor, a as Tensor), form);
    return;
  }
  const wide = perChannel ? [slope[0] as number, ...shape.slice(2).map(() => 1)] : [...slope];
  const slopes = call.prepared(1, (a) => tf.reshape(a, wide));
  call.emit([call.input(0, 'logical'), slopes], ([x, a]) =>
    tf.sub(tf.relu(x as Tensor), tf.mul(tf.relu(tf.neg(x as Tensor)), a as Tensor)),
  );
};

const glu: Lowering<'glu'> = (call) => {
  const { tf } = call;
  const form = formOf(call);
  const rank = call.type(0).shape.length;
  const axis = axisIn(form, normalizeAxis(call.attributes.axis, rank), rank);
  call.emit(
    [call.input(0, form)],
    ([x]) => {
      const [value, gate] = tf.split(x as Tensor, 2, axis) as [Tensor, Tensor];
      return tf.mul(value, tf.sigmoid(gate));
    },
    form,
  );
};

const cast: Lowering<'cast'> = (call) => {
  const form = formOf(call);
  const type = tfjsType(call.attributes.to);
  call.emit([call.input(0, form)], ([x]) => castTo(call.tf, x as Tensor, type), form);
};

const same: Lowering = (call) => {
  const form = formOf(call);
  call.alias(call.input(0, form), form);
};

const lowerAll = <T>(functions: Readonly<Record<string, T>>, lower: (compute: T) => Lowering) =>
  Object.fromEntries(Object.entries(functions).map(([name, compute]) => [name, lower(compute)]));

export const elementwise: Lowerings = {
  ...lowerAll(UNARY_FUNCTIONS as Readonly<Record<string, Parameters<typeof unary>[0]>>, unary),
  ...lowerAll(ARITHMETIC, binary),
  ...lowerAll(LOGICAL, logical),
  where,
  prelu,
  glu,
  cast,
  identity: same,
  dropout: same,
};
