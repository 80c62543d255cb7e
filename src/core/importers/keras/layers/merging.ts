import type { Value } from '../../../ir/graph.js';
import { normalizeAxis } from '../../../ops/axis.js';
import type { OpName } from '../../../ops/op-attributes.js';
import type { LayerCall, LayerLowering } from '../layer.js';

/** Axes are aligned at the batch: a tensor with fewer gets axes of size 1 after it (Keras' `_Merge`). */
function aligned(call: LayerCall): Value[] {
  const rank = Math.max(...call.inputs.map(({ shape }) => shape.length));
  return call.inputs.map((value) => {
    if (value.shape.length === rank || value.shape.length === 0) return value;
    const [batch = 1, ...rest] = value.shape;
    const shape = [batch, ...new Array<number>(rank - value.shape.length).fill(1), ...rest];
    return call.after('align', 'reshape', [value], { shape });
  });
}

/** Combines the inputs two by two. */
const elementwise =
  (op: OpName): LayerLowering =>
  (call) => {
    const [first, ...others] = aligned(call);
    if (first === undefined || others.length === 0) return call.add('identity', [call.x]);
    return others.reduce((sum, value) => call.add(op, [sum, value]), first);
  };

const average: LayerLowering = (call) => {
  const [first, ...others] = aligned(call);
  if (first === undefined || others.length === 0) return call.add('identity', [call.x]);
  const sum = others.reduce((total, value) => call.after('sum', 'add', [total, value]), first);
  return call.add('div', [
    sum,
    call.builder.stored(`${call.layer.fullName}.count`, 'constant', [], sum.dtype, [call.inputs.length]),
  ]);
};

const concatenate: LayerLowering = (call) => {
  if (call.inputs.length === 1) return call.add('identity', [call.x]);
  return call.add('concat', call.inputs, { axis: call.config.integer('axis', call.config.integer('concat_axis', -1)) });
};

/** Products along one axis of each input, for each sample. */
const dot: LayerLowering = (call) => {
  const [x, y] = [call.input(0), call.input(1)];
  const stated = call.config.integers('axes');
  const left = normalizeAxis(stated[0] as number, x.shape.length);
  const right = normalizeAxis((stated[1] ?? stated[0]) as number, y.shape.length);
  const normalize = call.config.boolean('normalize', false);
  const [a, b] = normalize
    ? [
        call.after('normalize', 'normalize', [x], { axis: left }),
        call.after('normalize', 'normalize', [y], { axis: right }),
      ]
    : [x, y];
  const xLetters = x.shape.map((_, axis) => (axis === 0 ? 'b' : axis === left ? 'z' : 'cdefg'[axis - 1]));
  const yLetters = y.shape.map((_, axis) => (axis === 0 ? 'b' : axis === right ? 'z' : 'hijkl'[axis - 1]));
  const kept = [...xLetters.slice(1), ...yLetters.slice(1)].filter((letter) => letter !== 'z');
  const equation = `${xLetters.join('')},${yLetters.join('')}->b${kept.join('')}`;
  const product = call.add('einsum', [a, b], { equation });
  return kept.length === 0
    ? call.after('reshape', 'reshape', [product], { shape: [x.shape[0] as number, 1] })
    : product;
};

/** Keras 1's layer for all of them. */
const MODES: Readonly<Record<string, LayerLowering>> = {
  sum: elementwise('add'),
  mul: elementwise('mul'),
  max: elementwise('max'),
  ave: average,
  concat: concatenate,
};

const merge: LayerLowering = (call) => {
  const mode = call.config.text('mode', 'sum');
  return MODES[mode]?.(call) ?? call.config.wrong('mode', `one of ${Object.keys(MODES).join(', ')}`);
};

export const mergingLayers: Readonly<Record<string, LayerLowering>> = {
  Add: elementwise('add'),
  Subtract: elementwise('sub'),
  Multiply: elementwise('mul'),
  Maximum: elementwise('max'),
  Minimum: elementwise('min'),
  Average: average,
  Concatenate: concatenate,
  Dot: dot,
  Merge: merge,
};
