import type { Shape } from '../../ir/tensor.js';
import { operatorOf } from './ops/table.js';
import type { Argument, ProgramNode } from './program.js';

/** An input of a node whose shape is not the one that the file states. */
export interface ChangedInput {
  readonly current: Shape;
  readonly stated: Shape;
}

/** Operators whose sizes Python may have computed from those of the input. */
const SHAPED =
  /^(expand|broadcast_to|unflatten|split_with_sizes|unsafe_split_with_sizes|repeat|tile|as_strided|narrow|col2im|one_hot|.*_?pad(_nd|[123]d)?|_pad_circular|new_(zeros|ones|full|empty)(_strided)?)$/;
const VIEWS = /^(view|reshape|_unsafe_view|_reshape_alias|_reshape_copy)$/;
const SOURCES = /^(zeros|ones|full|empty|arange|eye|linspace|rand|randn|randint|tril_indices|triu_indices)$/;
const POOLS = /^(avg|max)_pool[123]d(_with_indices)?$/;
const RESIZES = /^_?upsample_/;

/**
 * Whether a node has sizes written into it that Python may have computed from the sizes of the export: the numbers that
 * it would give at others are then not those of the model.
 */
export function hasSizesWritten(node: ProgramNode, changed: readonly ChangedInput[]): boolean {
  const { name } = operatorOf(node.target);
  const argument = (wanted: string) => node.inputs.find((input) => input.name === wanted)?.value;
  if (SOURCES.test(name))
    return numbersOf(argument('size') ?? argument('end') ?? argument('n')).some((size) => size > 1);
  const [first] = changed;
  if (first === undefined) return false;
  if (VIEWS.test(name)) return !isFlattening(numbersOf(argument('size') ?? argument('shape')), first);
  if (name === 'slice')
    return cutsChangedAxis(numbersOf(argument('dim'))[0] ?? 0, argument('start'), argument('end'), first);
  if (name === 'split') return changesAxis(numbersOf(argument('dim'))[0] ?? 0, first);
  if (POOLS.test(name)) return poolsWhole(numbersOf(argument('kernel_size')), first);
  if (RESIZES.test(name)) return numbersOf(argument('output_size')).length > 0;
  return SHAPED.test(name);
}

function numbersOf(argument: Argument | undefined): number[] {
  if (argument?.kind === 'number') return typeof argument.value === 'number' ? [argument.value] : [];
  if (argument?.kind !== 'numbers') return [];
  return argument.values.filter((value) => typeof value === 'number');
}

/** `[1, 64, -1]`: leading axes that have not changed, and all the rest. */
function isFlattening(sizes: readonly number[], { current, stated }: ChangedInput): boolean {
  const last = sizes.length - 1;
  return (
    sizes[last] === -1 && sizes.slice(0, last).every((size, axis) => size === stated[axis] && size === current[axis])
  );
}

function changesAxis(axis: number, { current, stated }: ChangedInput): boolean {
  return current.at(axis) !== stated.at(axis);
}

function cutsChangedAxis(
  axis: number,
  start: Argument | undefined,
  end: Argument | undefined,
  input: ChangedInput,
): boolean {
  if (!changesAxis(axis, input)) return false;
  const from = numbersOf(start)[0] ?? 0;
  const to = numbersOf(end)[0] ?? Number.MAX_SAFE_INTEGER;
  return to < Number.MAX_SAFE_INTEGER || Math.abs(from) > 1;
}

/** A window as large as the map: a global pooling in disguise. */
function poolsWhole(kernel: readonly number[], { stated }: ChangedInput): boolean {
  const sizes = stated.slice(-Math.max(kernel.length, 1));
  return kernel.every((size, axis) => size > 1 && size >= (sizes[axis] ?? 0));
}
