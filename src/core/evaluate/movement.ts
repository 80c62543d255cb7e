import { elementCount } from '../ir/tensor.js';
import { normalizeAxes, normalizeAxis } from '../ops/axis.js';
import {
  broadcastStrides,
  channelsFirst,
  gatherStrided,
  inputOf,
  type Kernel,
  type KernelCall,
  type Kernels,
  outputShape,
  permuted,
  range,
  strides,
  type Tensor,
  tensor,
} from './tensor.js';

function join(inputs: readonly Tensor[], axis: number, shape: readonly number[]): Tensor {
  const outer = elementCount(shape.slice(0, axis));
  const y = tensor(shape);
  let to = 0;
  for (let i = 0; i < outer; i++) {
    for (const input of inputs) {
      const run = input.data.length / outer;
      y.data.set(input.data.subarray(i * run, (i + 1) * run), to);
      to += run;
    }
  }
  return y;
}

const concat: Kernel<'concat'> = (call) => {
  const shape = outputShape(call);
  const axis = normalizeAxis(call.attributes.axis, shape.length);
  return [join(call.inputs as readonly Tensor[], axis, shape)];
};

const stack: Kernel<'stack'> = (call) => {
  const shape = outputShape(call);
  return [join(call.inputs as readonly Tensor[], normalizeAxis(call.attributes.axis, shape.length), shape)];
};

const reshaped: Kernel = (call) => [tensor(outputShape(call), inputOf(call, 0).data)];

const transpose: Kernel<'transpose'> = (call) => {
  const x = inputOf(call, 0);
  const rank = x.shape.length;
  const given = call.attributes.permutation;
  return [permuted(x, given === undefined ? range(0, rank).reverse() : normalizeAxes(given, rank))];
};

const expand: Kernel = (call) => {
  const x = inputOf(call, 0);
  const shape = outputShape(call);
  return [gatherStrided(x.data, shape, broadcastStrides(x.shape, shape))];
};

const split: Kernel<'split'> = (call) => {
  const x = inputOf(call, 0);
  const axis = normalizeAxis(call.attributes.axis, x.shape.length);
  const steps = strides(x.shape);
  let start = 0;
  return call.outputs.map(({ shape }) => {
    const part = gatherStrided(x.data, shape, steps, start * (steps[axis] as number));
    start += shape[axis] as number;
    return part;
  });
};

const slice: Kernel<'slice'> = (call) => {
  const x = inputOf(call, 0);
  const a = call.attributes;
  const own = strides(x.shape);
  const steps = [...own];
  let offset = 0;
  normalizeAxes(a.axes ?? a.starts.map((_, axis) => axis), x.shape.length).forEach((axis, i) => {
    const size = x.shape[axis] as number;
    const step = a.steps?.[i] ?? 1;
    const start = a.starts[i] as number;
    const from = Math.min(Math.max(start < 0 ? start + size : start, 0), step > 0 ? size : size - 1);
    offset += from * (own[axis] as number);
    steps[axis] = step * (own[axis] as number);
  });
  return [gatherStrided(x.data, outputShape(call), steps, offset)];
};

/** Builds an output by asking for the source index along each axis; -1 takes `fill`. */
function gatherByAxis(
  x: Tensor,
  shape: readonly number[],
  source: (axis: number, i: number) => number,
  fill = 0,
): Tensor {
  const own = strides(x.shape);
  const maps = shape.map((size, axis) => range(0, size).map((i) => source(axis, i)));
  const y = tensor(shape);
  const steps = strides(shape);
  for (let to = 0; to < y.data.length; to++) {
    let from = 0;
    for (let axis = 0; axis < shape.length && from >= 0; axis++) {
      const i = maps[axis]?.[Math.floor(to / (steps[axis] as number)) % (shape[axis] as number)] as number;
      from = i < 0 ? -1 : from + i * (own[axis] as number);
    }
    y.data[to] = from < 0 ? fill : (x.data[from] as number);
  }
  return y;
}

const modulo = (i: number, n: number) => ((i % n) + n) % n;

const pad: Kernel<'pad'> = (call) => {
  const x = inputOf(call, 0);
  const { pads, mode, value } = call.attributes;
  const source = (axis: number, i: number) => {
    const size = x.shape[axis] as number;
    const at = i - (pads[axis]?.[0] as number);
    if (at >= 0 && at < size) return at;
    if (mode === 'edge') return Math.min(Math.max(at, 0), size - 1);
    if (mode === 'wrap') return modulo(at, size);
    if (mode === 'reflect') return at < 0 ? -at : 2 * (size - 1) - at;
    return -1;
  };
  return [gatherByAxis(x, outputShape(call), source, value)];
};

const tile: Kernel = (call) => {
  const shape = outputShape(call);
  const input = inputOf(call, 0);
  const x = tensor([...new Array<number>(shape.length - input.shape.length).fill(1), ...input.shape], input.data);
  return [gatherByAxis(x, shape, (axis, i) => i % (x.shape[axis] as number))];
};

const repeatInterleave: Kernel<'repeatInterleave'> = (call) => {
  const x = inputOf(call, 0);
  const { axis: given, repeats } = call.attributes;
  const along = normalizeAxis(given, x.shape.length);
  return [gatherByAxis(x, outputShape(call), (axis, i) => (axis === along ? Math.floor(i / repeats) : i))];
};

const roll: Kernel<'roll'> = (call) => {
  const x = inputOf(call, 0);
  const { shifts, axes } = call.attributes;
  if (axes === undefined || axes.length === 0) {
    const flat = tensor([x.data.length], x.data);
    const rolled = gatherByAxis(flat, flat.shape, (_, i) => modulo(i - (shifts[0] ?? 0), x.data.length));
    return [tensor(x.shape, rolled.data)];
  }
  const shiftOf = range(0, x.shape.length).map(() => 0);
  normalizeAxes(axes, x.shape.length).forEach((axis, i) => {
    shiftOf[axis] = (shiftOf[axis] as number) + (shifts[i] as number);
  });
  return [gatherByAxis(x, x.shape, (axis, i) => modulo(i - (shiftOf[axis] as number), x.shape[axis] as number))];
};

const flip: Kernel<'flip'> = (call) => {
  const x = inputOf(call, 0);
  const axes = normalizeAxes(call.attributes.axes, x.shape.length);
  return [gatherByAxis(x, x.shape, (axis, i) => (axes.includes(axis) ? (x.shape[axis] as number) - 1 - i : i))];
};

const slidingWindow: Kernel<'slidingWindow'> = (call) => {
  const x = inputOf(call, 0);
  const axis = normalizeAxis(call.attributes.axis, x.shape.length);
  const own = strides(x.shape);
  const step = own[axis] as number;
  return [gatherStrided(x.data, outputShape(call), [...own.with(axis, step * call.attributes.step), step])];
};

const triangle: Kernel<'triangle'> = (call) => {
  const x = inputOf(call, 0);
  const { upper, diagonal } = call.attributes;
  const [rows = 1, columns = 1] = x.shape.slice(-2);
  const kept = (i: number) => {
    const offset = (i % columns) - (Math.floor(i / columns) % rows) - diagonal;
    return upper ? offset >= 0 : offset <= 0;
  };
  return [
    tensor(
      x.shape,
      x.data.map((value, i) => (kept(i) ? value : 0)),
    ),
  ];
};

/** Channels to blocks of pixels, or back, as a reshape, a permutation and a reshape. */
function shuffle(call: KernelCall<'pixelShuffle' | 'pixelUnshuffle'>, unshuffle: boolean): Tensor {
  const r = call.attributes.factor;
  const depthFirst = call.attributes.order !== 'depthColumnRow';
  return channelsFirst(call, inputOf(call, 0), (x) => {
    const [n = 1, c = 1, h = 1, w = 1] = x.shape;
    if (unshuffle) {
      const blocks = tensor([n, c, h / r, r, w / r, r], x.data);
      const moved = permuted(blocks, depthFirst ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]);
      return tensor([n, c * r * r, h / r, w / r], moved.data);
    }
    const depth = c / (r * r);
    const blocks = tensor(depthFirst ? [n, depth, r, r, h, w] : [n, r, r, depth, h, w], x.data);
    const moved = permuted(blocks, depthFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
    return tensor([n, depth, h * r, w * r], moved.data);
  });
}

export const movement: Kernels = {
  concat,
  stack,
  reshape: reshaped,
  flatten: reshaped,
  squeeze: reshaped,
  unsqueeze: reshaped,
  transpose,
  expand,
  split,
  slice,
  pad,
  tile,
  repeatInterleave,
  roll,
  flip,
  slidingWindow,
  triangle,
  pixelShuffle: (call) => [shuffle(call, false)],
  pixelUnshuffle: (call) => [shuffle(call, true)],
};
