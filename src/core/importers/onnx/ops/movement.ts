import { ArchmeterError } from '../../../errors.js';
import { elementCount, formatShape, type Shape } from '../../../ir/tensor.js';
import { normalizeAxes, normalizeAxis } from '../../../ops/axis.js';
import { broadcast } from '../../../ops/elementwise/broadcast.js';
import { sliceLength } from '../../../ops/indexing/slice.js';
import type { Call } from '../call.js';
import { allContents, forEachIndex, isFoldable, pick, strides } from '../fold.js';
import type { Tensor } from '../tensor.js';
import type { OnnxOp, OnnxOps } from './define-onnx-op.js';

/**
 * The same elements in the same order under another shape: contents and stored weights are seen in it, anything else
 * gets a view layer.
 */
export function reshaped(call: Call, x: Tensor, shape: Shape, op = 'reshape', attributes: object = { shape }): Tensor {
  if (x.value === undefined && x.stored?.permutation === undefined && elementCount(shape) === elementCount(x.shape)) {
    return { ...x, shape };
  }
  if (op === 'reshape' && formatShape(shape) === formatShape(x.shape)) return call.emit('identity', [x]);
  return call.emit(op, [x], op === 'reshape' ? { shape, allowZero: true } : attributes);
}

function reshape(call: Call): Tensor {
  const x = call.input(0);
  const target = [...(call.opset < 5 ? (call.ints('shape') ?? []) : call.contents(1))];
  const allowZero = call.flag('allowzero');
  return reshaped(call, x, resolveShape(x.shape, target, allowZero, call.emitter.rebatched));
}

/** Sizes with 0 copied and -1 inferred. */
function resolveShape(
  shape: Shape,
  target: readonly number[],
  allowZero: boolean,
  rebatched?: { readonly from: number; readonly to: number },
): number[] {
  const sizes = target.map((size, axis) => {
    if (size !== 0 || allowZero) return size;
    const copied = shape[axis];
    if (copied !== undefined) return copied;
    throw new ArchmeterError(`0 on axis ${axis} copies a size that ${formatShape(shape)} does not have`);
  });
  const count = elementCount(shape);
  const open = sizes.indexOf(-1);
  const rest = elementCount(open < 0 ? sizes : sizes.with(open, 1));
  if (sizes.some((size) => size < -1) || open !== sizes.lastIndexOf(-1)) throw misfit(shape, target);
  // A batch that the exporter wrote into the shape follows the caller's batch where the elements leave no doubt.
  if (rebatched !== undefined && target[0] === rebatched.from && shape[0] === rebatched.to) {
    const scaled = (rest / rebatched.from) * rebatched.to;
    if (open < 0 ? rest !== count && scaled === count : count % scaled === 0) {
      return resolveShape(shape, sizes.with(0, rebatched.to), true);
    }
  }
  if (open < 0) {
    if (rest !== count) throw misfit(shape, target);
    return sizes;
  }
  if (rest === 0 ? count !== 0 : count % rest !== 0) throw misfit(shape, target);
  return sizes.with(open, rest === 0 ? 0 : count / rest);
}

function misfit(shape: Shape, target: readonly number[]): ArchmeterError {
  return new ArchmeterError(
    `${elementCount(shape)} elements of ${formatShape(shape)} do not fit into [${target.join(', ')}]`,
    'The file may fix a size that the given input shape changes.',
  );
}

/** Axes from the attribute (before opset 13) or an input. */
function axesOf(call: Call): readonly number[] | undefined {
  if (call.has('axes')) return call.ints('axes');
  return call.optionalContents(1);
}

function squeeze(call: Call): Tensor {
  const x = call.input(0);
  const given = axesOf(call);
  const axes = given === undefined ? undefined : normalizeAxes(given, x.shape.length);
  const wrong = axes?.find((axis) => x.shape[axis] !== 1);
  if (wrong !== undefined) throw new ArchmeterError(`axis ${wrong} of ${formatShape(x.shape)} is squeezed, but not 1`);
  const shape = x.shape.filter((size, axis) => (axes === undefined ? size !== 1 : !axes.includes(axis)));
  return reshaped(call, x, shape, 'squeeze', axes === undefined ? {} : { axes });
}

function unsqueeze(call: Call): Tensor {
  const x = call.input(0);
  const given = call.has('axes') ? (call.ints('axes') ?? []) : call.contents(1);
  const rank = x.shape.length + given.length;
  const axes = new Set(normalizeAxes(given, rank));
  if (axes.size !== given.length) throw new ArchmeterError(`axes [${given.join(', ')}] name an axis twice`);
  const sizes = x.shape.values();
  const shape = Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (sizes.next().value as number)));
  return reshaped(call, x, shape, 'unsqueeze', { axes: given });
}

function flatten(call: Call): Tensor {
  const x = call.input(0);
  const given = call.int('axis', 1);
  const axis = given < 0 ? given + x.shape.length : given;
  if (axis < 0 || axis > x.shape.length) throw new ArchmeterError(`axis ${given} is outside ${formatShape(x.shape)}`);
  return reshaped(call, x, [elementCount(x.shape.slice(0, axis)), elementCount(x.shape.slice(axis))]);
}

function transpose(call: Call): Tensor {
  const x = call.input(0);
  const rank = x.shape.length;
  const permutation = normalizeAxes(call.ints('perm') ?? x.shape.map((_, axis) => rank - 1 - axis), rank);
  if (permutation.length !== rank || new Set(permutation).size !== rank) {
    throw new ArchmeterError(`perm [${permutation.join(', ')}] does not name each of ${rank} axes once`);
  }
  const shape = permutation.map((axis) => x.shape[axis] as number);
  if (x.data !== undefined) {
    const data = new Array<number>(x.data.length);
    const step = strides(x.shape);
    forEachIndex(shape, (index, flat) => {
      let at = 0;
      permutation.forEach((axis, i) => {
        at += (index[i] as number) * (step[axis] as number);
      });
      data[flat] = (x.data as readonly number[])[at] as number;
    });
    return call.constant(data, shape, x.dtype);
  }
  if (x.stored !== undefined && x.value === undefined && x.stored.tensor.shape.length === rank) {
    return call.weight(x, permutation);
  }
  return call.emit('transpose', [x], { permutation });
}

function concat(call: Call): Tensor {
  return concatenated(call, call.tensors(), call.int('axis', 1));
}

export function concatenated(call: Call, inputs: readonly Tensor[], along: number): Tensor {
  const [first] = inputs;
  if (first === undefined) throw new ArchmeterError(`${call.type} has no inputs`);
  // Runtimes leave out empty operands of a lower rank.
  const axis = normalizeAxis(along, first.shape.length);
  const contents = allContents(inputs);
  const shape = first.shape.with(
    axis,
    inputs.reduce((sum, { shape: s }) => sum + (s[axis] ?? 0), 0),
  );
  if (contents !== undefined && isFoldable(shape) && inputs.every(({ shape: s }) => s.length === shape.length)) {
    const outer = elementCount(shape.slice(0, axis));
    const data: number[] = [];
    for (let row = 0; row < outer; row++) {
      for (const part of contents) {
        const length = part.length / outer;
        for (let i = 0; i < length; i++) data.push(part[row * length + i] as number);
      }
    }
    return call.constant(data, shape, first.dtype);
  }
  return call.emit('concat', inputs, { axis });
}

function split(call: Call): Tensor[] {
  const x = call.input(0);
  const axis = normalizeAxis(call.int('axis', 0), x.shape.length);
  const size = x.shape[axis] as number;
  const given = call.ints('split') ?? (call.inputs[1] === undefined ? undefined : call.contents(1));
  const parts = call.int('num_outputs') ?? call.node.outputs.length;
  return splitInto(call, x, axis, given ?? evenParts(size, parts));
}

/** Parts of equal size, the last one smaller where they do not divide (opset 18). */
function evenParts(size: number, parts: number): number[] {
  if (!(parts >= 1 && parts <= 2 ** 16)) throw new ArchmeterError(`an axis cannot be split into ${parts} parts`);
  const each = Math.ceil(size / parts);
  return Array.from({ length: parts }, (_, i) => Math.max(Math.min(each, size - i * each), 0));
}

export function splitInto(call: Call, x: Tensor, axis: number, sizes: readonly number[]): Tensor[] {
  if (x.data === undefined) return call.emitAll('split', [x], { axis, sizes });
  let start = 0;
  return sizes.map((size) => {
    const from = start;
    start += size;
    const shape = x.shape.with(axis, size);
    const data = pick(x.data as readonly number[], x.shape, shape, (a, i) => (a === axis ? from + i : i));
    return call.constant(data, shape, x.dtype);
  });
}

function slice(call: Call): Tensor {
  const x = call.input(0);
  const rank = x.shape.length;
  const [starts, ends] =
    call.opset < 10 ? [call.ints('starts') ?? [], call.ints('ends') ?? []] : [call.contents(1), call.contents(2)];
  const given = call.opset < 10 ? call.ints('axes') : call.optionalContents(3);
  const axes = normalizeAxes(given ?? starts.map((_, i) => i), rank);
  const steps = (call.opset < 10 ? undefined : call.optionalContents(4)) ?? starts.map(() => 1);
  const attributes = { starts: starts.map(clampIndex), ends: ends.map(clampIndex), axes, steps };
  if (x.data !== undefined && starts.length === axes.length && ends.length === axes.length && !steps.includes(0)) {
    const shape = [...x.shape];
    const first = new Array<number>(rank).fill(0);
    const step = new Array<number>(rank).fill(1);
    axes.forEach((axis, i) => {
      const size = x.shape[axis] as number;
      const by = steps[i] as number;
      const start = starts[i] as number;
      shape[axis] = sliceLength(size, start, ends[i] as number, by);
      const from = start < 0 ? start + size : start;
      first[axis] = by > 0 ? Math.min(Math.max(from, 0), size) : Math.min(Math.max(from, -1), size - 1);
      step[axis] = by;
    });
    const data = pick(x.data, x.shape, shape, (axis, i) => (first[axis] as number) + i * (step[axis] as number));
    return call.constant(data, shape, x.dtype);
  }
  return call.emit('slice', [x], attributes);
}

/** INT64_MAX and the like mean the end. */
function clampIndex(index: number): number {
  return Math.min(Math.max(index, -(2 ** 52)), 2 ** 52);
}

function expand(call: Call): Tensor {
  const x = call.input(0);
  const shape = broadcast(x.shape, call.contents(1));
  if (x.data !== undefined && isFoldable(shape)) {
    const added = shape.length - x.shape.length;
    const padded = [...new Array<number>(added).fill(1), ...x.shape];
    return call.constant(
      pick(x.data, padded, shape, (axis, i) => (padded[axis] === 1 ? 0 : i)),
      shape,
      x.dtype,
    );
  }
  if (formatShape(shape) === formatShape(x.shape)) return x;
  return call.emit('expand', [x], { shape });
}

function tile(call: Call): Tensor {
  const x = call.input(0);
  const repeats = call.opset < 6 ? tileBeforeOpset6(call) : call.contents(1);
  if (repeats.length !== x.shape.length) {
    throw new ArchmeterError(`Tile has ${repeats.length} repeats for ${x.shape.length} axes`);
  }
  const shape = x.shape.map((size, axis) => size * (repeats[axis] as number));
  if (x.data !== undefined && isFoldable(shape)) {
    return call.constant(
      pick(x.data, x.shape, shape, (axis, i) => i % (x.shape[axis] as number)),
      shape,
      x.dtype,
    );
  }
  return call.emit('tile', [x], { repeats });
}

function tileBeforeOpset6(call: Call): readonly number[] {
  const repeats = new Array<number>(call.input(0).shape.length).fill(1);
  return repeats.with(call.contents(2)[0] as number, call.contents(1)[0] as number);
}

function pad(call: Call): Tensor {
  const x = call.input(0);
  const rank = x.shape.length;
  const flat = call.opset < 11 ? (call.ints('pads') ?? call.ints('paddings') ?? []) : call.contents(1);
  const given = call.inputs[3] === undefined ? undefined : normalizeAxes(call.contents(3), rank);
  const axes = given ?? x.shape.map((_, axis) => axis);
  if (flat.length !== axes.length * 2) {
    throw new ArchmeterError(`Pad has ${flat.length} pads for ${axes.length} axes`, 'It needs begin and end of each.');
  }
  const pads = x.shape.map(() => [0, 0] as [number, number]);
  axes.forEach((axis, i) => {
    pads[axis] = [flat[i] as number, flat[i + axes.length] as number];
  });
  const mode = call.text('mode', 'constant');
  const shape = x.shape.map((size, axis) => size + (pads[axis]?.[0] ?? 0) + (pads[axis]?.[1] ?? 0));
  if (x.data !== undefined && mode === 'constant' && isFoldable(shape) && shape.every((size) => size >= 0)) {
    const value = call.inputs[2] === undefined ? 0 : call.contents(2)[0];
    const step = strides(x.shape);
    const data = new Array<number>(elementCount(shape)).fill(value as number);
    forEachIndex(shape, (index, to) => {
      const from = index.map((i, axis) => i - (pads[axis]?.[0] as number));
      if (from.some((i, axis) => i < 0 || i >= (x.shape[axis] as number))) return;
      data[to] = x.data?.[from.reduce((sum, i, axis) => sum + i * (step[axis] as number), 0)] as number;
    });
    return call.constant(data, shape, x.dtype);
  }
  return call.emit('pad', [x], { pads, mode });
}

/** x, or one of several in a list, unchanged: the tensor itself, so that a shared weight stays one. */
const alias: OnnxOp = { lower: (call) => call.inputs[0] ?? call.input(0) };

export const MOVEMENT: OnnxOps = {
  Concat: { folds: true, lower: concat },
  Expand: { contents: [1], folds: true, lower: expand },
  Flatten: { folds: true, lower: flatten },
  Identity: alias,
  Pad: { contents: [1, 3], folds: true, lower: pad },
  Reshape: { contents: [1], folds: true, lower: reshape },
  Slice: { contents: [1, 2, 3, 4], folds: true, lower: slice },
  Split: { contents: [1], folds: true, lower: split },
  Squeeze: { contents: [1], folds: true, lower: squeeze },
  Tile: { contents: [1, 2], folds: true, lower: tile },
  Transpose: { folds: true, lower: transpose },
  Unsqueeze: { contents: [1], folds: true, lower: unsqueeze },
};
