import { ArchmeterError } from '../../errors.js';
import type { Shape } from '../../ir/tensor.js';
import type { ImportOptions } from '../define-importer.js';
import { checkDims } from '../shared/unknown-dims.js';
import { symbolsOf } from './expression.js';
import type { Size, TensorMeta } from './program.js';
import { describe, type SymbolTable } from './symbols.js';

/** A tensor that the caller feeds. */
export interface UserInput {
  readonly name: string;
  readonly meta: TensorMeta;
}

export interface BoundInputs {
  readonly shapes: readonly Shape[];
  /** Where sizes that the file fixes were changed: only the batch, from and to, or others too. */
  readonly change: 'none' | 'sizes' | { readonly from: number; readonly to: number };
  /** Symbols at their values of the export, for want of others: `s1 = 12`. */
  readonly defaults: readonly string[];
  /** The batch that the example of the export had, where 1 is taken for it. */
  readonly openBatch: number | undefined;
}

/**
 * Gives every input its sizes: those of the options; else an open batch axis (the first) is 1 and other open sizes are
 * those of the export's example. Binds the symbols accordingly.
 */
export function bindSizes(inputs: readonly UserInput[], symbols: SymbolTable, options: ImportOptions): BoundInputs {
  const given = givenShapes(inputs, options);
  inputs.forEach((input, i) => {
    const shape = given[i];
    if (shape !== undefined) solve(input, input.meta.sizes, shape, symbols);
  });
  bindDims(inputs, symbols, options.dims ?? {});
  const openBatch = options.batch === undefined ? bindOpenBatch(inputs[0], symbols) : undefined;
  const defaults = inputs.flatMap((input) => bindToExample(input, symbols));
  checkRanges(symbols);
  const stated = inputs.map(({ meta }) => symbols.shapeOf(meta));
  const shapes = stated.map((shape, i) => given[i]?.map((size, axis) => size ?? (shape[axis] as number)) ?? shape);
  return { shapes, change: changeOf(stated, shapes), defaults, openBatch };
}

type Wanted = readonly (number | undefined)[];

/** Sizes that the options ask for, by input and axis. */
function givenShapes(inputs: readonly UserInput[], options: ImportOptions): (Wanted | undefined)[] {
  const names = inputs.map(({ name }) => name);
  for (const name of Object.keys(options.inputs ?? {})) {
    if (name !== '' && !names.includes(name)) {
      throw new ArchmeterError(`the model has no input '${name}'`, `Its inputs: ${names.join(', ')}.`);
    }
  }
  const [first] = inputs;
  return inputs.map(({ name, meta }, index) => {
    const asked = Object.hasOwn(options.inputs ?? {}, name)
      ? options.inputs?.[name]
      : index === 0
        ? options.inputs?.['']
        : undefined;
    if (asked !== undefined && asked.length !== meta.sizes.length) {
      throw new ArchmeterError(
        `input '${name}' has ${meta.sizes.length} axes (${shown(meta.sizes)}), not ${asked.length}`,
        'Give one size for each axis.',
      );
    }
    const carriesBatch = options.batch !== undefined && first !== undefined && sameBatch(meta, first.meta);
    if (asked === undefined && !carriesBatch) return undefined;
    const wanted: (number | undefined)[] = asked === undefined ? meta.sizes.map(() => undefined) : [...asked];
    if (carriesBatch) wanted[0] = options.batch;
    return wanted;
  });
}

/** The batch is the first axis of the first input, and of those that have the same size there. */
function sameBatch(meta: TensorMeta, first: TensorMeta): boolean {
  const [size, batch] = [meta.sizes[0], first.sizes[0]];
  return size !== undefined && batch !== undefined && describe(size) === describe(batch);
}

function solve(input: UserInput, sizes: readonly Size[], wanted: Wanted, symbols: SymbolTable): void {
  const axes = sizes.flatMap((size, axis) => (typeof size === 'number' || wanted[axis] === undefined ? [] : [axis]));
  const open = axes.map((axis) => sizes[axis] as Size);
  const values = axes.map((axis) => wanted[axis] as number);
  if (symbols.solve(open, values)) return;
  throw new ArchmeterError(
    `input '${input.name}' has the sizes ${shown(sizes)}, which ${wanted.map((size) => size ?? '?').join('x')} does not fit`,
    'Give sizes that follow from the symbols.',
  );
}

/** Sizes by the names of their symbols; `batch` is the first axis of the first input. */
function bindDims(inputs: readonly UserInput[], symbols: SymbolTable, dims: Readonly<Record<string, number>>): void {
  const open = inputs.flatMap(({ meta }) => meta.sizes.flatMap((size) => (typeof size === 'number' ? [] : [size])));
  const names = [...new Set(open.flatMap(({ expression }) => [...symbolsOf(expression)]))];
  const batch = inputs[0]?.meta.sizes[0];
  const isOpen = typeof batch === 'object' && !names.includes('batch');
  checkDims(dims, isOpen ? ['batch', ...names] : names);
  for (const [name, value] of Object.entries(dims)) {
    if (name !== 'batch' || !isOpen) symbols.set(name, value);
    else if (!symbols.solve([batch], [value])) {
      throw new ArchmeterError(`the batch is ${describe(batch)}, which ${value} does not fit`);
    }
  }
}

function bindOpenBatch(first: UserInput | undefined, symbols: SymbolTable): number | undefined {
  // An only axis is the length of something, no batch.
  const batch = (first?.meta.sizes.length ?? 0) > 1 ? first?.meta.sizes[0] : undefined;
  if (batch === undefined || typeof batch === 'number' || batch.expression.kind !== 'symbol') return undefined;
  const { name } = batch.expression;
  // torch states a lower bound of 2 where it has only specialised away 0 and 1.
  if (symbols.has(name) || symbols.lowerBound(name) > 2) return undefined;
  symbols.set(name, 1);
  return batch.hint === 1 ? undefined : batch.hint;
}

function bindToExample({ name, meta }: UserInput, symbols: SymbolTable): string[] {
  return meta.sizes.flatMap((size, axis) => {
    if (typeof size === 'number' || symbols.tryEvaluate(size) !== undefined) return [];
    if (size.hint === undefined || !symbols.solve([size], [size.hint])) {
      throw new ArchmeterError(
        `the file leaves the size ${describe(size)} of input '${name}' open (axis ${axis})`,
        `Give it: --input ${name}=${meta.sizes.map((s) => symbols.tryEvaluate(s) ?? '?').join('x')} with a number for each '?'.`,
      );
    }
    return [`${describe(size)} = ${size.hint}`];
  });
}

function checkRanges(symbols: SymbolTable): void {
  for (const { name, value, range } of symbols.outOfRange()) {
    if (value === 1 && range.min === 2) continue;
    throw new ArchmeterError(
      `the size ${name} is ${value}, but the export allows ${range.min ?? 0} to ${range.max ?? 'any'}`,
      'Give a size in that range, or export with a wider torch.export.Dim.',
    );
  }
}

function changeOf(stated: readonly Shape[], shapes: readonly Shape[]): BoundInputs['change'] {
  const changed = stated.flatMap((shape, i) =>
    shape.flatMap((size, axis) =>
      size === shapes[i]?.[axis] ? [] : [{ axis, from: size, to: shapes[i]?.[axis] as number }],
    ),
  );
  const [first] = changed;
  if (first === undefined) return 'none';
  const batchOnly = changed.every(({ axis, from, to }) => axis === 0 && from === first.from && to === first.to);
  return batchOnly && first.from > 0 ? { from: first.from, to: first.to } : 'sizes';
}

function shown(sizes: readonly Size[]): string {
  return sizes.map(describe).join('x');
}
