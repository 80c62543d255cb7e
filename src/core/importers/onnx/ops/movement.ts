import { ArchmeterError } from '../../../errors.js';
import { elementCount, formatShape, type Shape } from '../../../ir/tensor.js';
import { normalizeAxes, normalizeAxis } from '../../../ops/axis.js';
import { broadcast } from '../../../ops/elementwise/broadcast.js';
import type { Call } from '../call.js';
import { type Tensor, unread } from '../tensor.js';
import type { OnnxOp, OnnxOps } from './define-onnx-op.js';

/**
 * The same elements in the same order under another shape: contents and stored weights are seen in it, anything else
 * gets a view layer.
 */
export function reshaped(call: Call, x: Tensor, shape: Shape, view?: () => Tensor): Tensor {
  if (x.value === undefined && x.stored?.permutation === undefined && elementCount(shape) === elementCount(x.shape)) {
    return { ...x, shape };
  }
  if (view !== undefined) return view();
  if (formatShape(shape) === formatShape(x.shape)) return call.emit('identity', [x]);
  return call.emit('reshape', [x], { shape, allowZero: true });
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
  return reshaped(call, x, shape, () => call.emit('squeeze', [x], { axes }));
}

function unsqueeze(call: Call): Tensor {
  const x = call.input(0);
  const given = call.has('axes') ? (call.ints('axes') ?? []) : call.contents(1);
  const rank = x.shape.length + given.length;
  const axes = new Set(normalizeAxes(given, rank));
  if (axes.size !== given.length) throw new ArchmeterError(`axes [${given.join(', ')}] name an axis twice`);
  const sizes = x.shape.values();
  const shape = Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (sizes.next().value as number)));
  return reshaped(call, x, shape, () => call.emit('unsqueeze', [x], { axes: given }));
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
  if (x.data === undefined && x.stored?.tensor.shape.length === rank && x.value === undefined) {
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
  return call.emitAll('split', [x], { axis, sizes });
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
  return call.emit('slice', [x], attributes);
}

/** INT64_MAX and the like mean the end. */
function clampIndex(index: number): number {
  return Math.min(Math.max(index, -(2 ** 52)), 2 ** 52);
}

function expand(call: Call): Tensor {
  const x = call.input(0);
  const shape = broadcast(x.shape, call.contents(1));
  if (formatShape(shape) === formatShape(x.shape)) return x;
  return call.emit('expand', [x], { shape });
}

function tile(call: Call): Tensor {
  const x = call.input(0);
  const repeats = call.opset < 6 ? tileBeforeOpset6(call) : call.contents(1);
  if (repeats.length !== x.shape.length) {
    throw new ArchmeterError(`Tile has ${repeats.length} repeats for ${x.shape.length} axes`);
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
  const stated = call.text('mode', 'constant');
  const mode = PAD_MODES.find((known) => known === stated);
  if (mode === undefined) throw new ArchmeterError(`${call.type} has the unknown mode '${stated}'`);
  const value = call.opset < 11 ? call.float('value', 0) : call.inputs[2] === undefined ? 0 : call.input(2).data?.[0];
  // Without its value the work alone is known.
  return call.emit('pad', [value === undefined ? unread(x) : x], { pads, mode, ...(value ? { value } : {}) });
}

const PAD_MODES = ['constant', 'reflect', 'edge', 'wrap'] as const;

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
