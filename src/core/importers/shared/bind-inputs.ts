import { ArchmeterError } from '../../errors.js';
import type { Shape } from '../../ir/tensor.js';
import type { ImportOptions } from '../define-importer.js';
import { checkDims, dimOptions } from './unknown-dims.js';

/** An input of a model as its file describes it; null where the file leaves a size open. */
export interface OpenInput {
  readonly name: string;
  readonly shape: readonly (number | null)[];
}

/**
 * Sizes for every axis of every input: those of the options, else the file's; an open batch axis (the first) is 1.
 * Throws ArchmeterError asking for exactly the sizes that are missing.
 */
export function bindInputs(inputs: readonly OpenInput[], options: ImportOptions): Shape[] {
  const given = options.inputs ?? {};
  const names = inputs.map(({ name }) => name);
  for (const name of Object.keys(given)) {
    if (name !== '' && !names.includes(name)) {
      throw new ArchmeterError(`the model has no input '${name}'`, `Its inputs: ${names.join(', ')}.`);
    }
  }
  const dims = options.dims ?? {};
  const namesOf = (input: OpenInput) =>
    input.shape.flatMap((size, axis) => (size === null ? [dimName(input.name, axis)] : []));
  checkDims(dims, ['batch', ...inputs.flatMap(namesOf)]);
  const batch = options.batch ?? dims.batch;
  const bound = inputs.map((input, index) => {
    const sizes = bind(input, shapeFor(given, input.name, index), batch);
    return sizes.map((size, axis) => size ?? dims[dimName(input.name, axis)] ?? null);
  });
  const open = bound.flatMap((shape, index) =>
    shape.includes(null) ? [`${names[index]}=${shape.map((size) => size ?? '?').join('x')}`] : [],
  );
  if (open.length > 0) {
    const missing = bound.flatMap((shape, index) =>
      shape.flatMap((size, axis) => (size === null ? [dimName(names[index] as string, axis)] : [])),
    );
    throw new ArchmeterError(
      `the file leaves sizes of its input open: ${open.join(', ')}`,
      `Give them: ${open.map((text) => `--input ${text}`).join(' ')} with a number for each '?', or ${dimOptions(missing)}.`,
    );
  }
  return bound as Shape[];
}

/** Axes of these formats have no names: the first is the batch, others are called after their input. */
function dimName(input: string, axis: number): string {
  return axis === 0 ? 'batch' : `${input}.${axis}`;
}

function shapeFor(given: Readonly<Record<string, Shape>>, name: string, index: number): Shape | undefined {
  if (Object.hasOwn(given, name)) return given[name];
  return index === 0 && Object.hasOwn(given, '') ? given[''] : undefined;
}

function bind(input: OpenInput, given: Shape | undefined, batch: number | undefined): (number | null)[] {
  if (given !== undefined) {
    if (given.length !== input.shape.length) {
      throw new ArchmeterError(
        `input '${input.name}' has ${input.shape.length} axes (${input.shape.map((size) => size ?? '?').join('x')}), not ${given.length}`,
        'Give one size for each axis.',
      );
    }
    return given.map((size, axis) => (axis === 0 && batch !== undefined ? batch : size));
  }
  return input.shape.map((size, axis) => (axis === 0 ? (batch ?? size ?? 1) : size));
}
