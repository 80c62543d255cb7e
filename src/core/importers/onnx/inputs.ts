import { ArchmeterError } from '../../errors.js';
import { type DType, formatShape, type Shape } from '../../ir/tensor.js';
import type { ImportOptions } from '../define-importer.js';
import { checkDims, dimOptions } from '../shared/unknown-dims.js';
import { dtypeOf, FLOAT32 } from './dtype.js';
import type { DimensionProto, TensorTypeProto, ValueInfoProto } from './protobuf/messages.js';

/** A graph input with its shape bound. */
export interface BoundInput {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Old and new batch where the caller's batch replaces one that the file fixes. */
  readonly rebatched?: { readonly from: number; readonly to: number };
}

/**
 * Sizes of all inputs: from the file, the caller's shapes, the caller's batch for an open first axis, and from names of
 * sizes (`dim_param`) that another input binds, sums such as `past_sequence_length + 1` among them.
 * Throws an error that asks for exactly what is missing.
 */
export function bindInputs(inputs: readonly ValueInfoProto[], options: ImportOptions): BoundInput[] {
  const given = givenShapes(inputs, options);
  const sizes = new Map(Object.entries(options.dims ?? {}));
  const batch = options.batch ?? options.dims?.batch;
  checkDims(options.dims ?? {}, ['batch', ...inputs.flatMap(namedSizes)]);
  for (const input of inputs) {
    const dims = dimensions(input);
    const shape = given.get(input.name);
    if (shape !== undefined && dims !== undefined && shape.length !== dims.length) {
      throw new ArchmeterError(
        `input '${input.name}' has ${dims.length} axes (${describe(dims)}), not the ${shape.length} of ${formatShape(shape)}`,
        'Give as many sizes as the input has axes.',
      );
    }
    dims?.forEach((dim, axis) => {
      const size = shape?.[axis] ?? (axis === batchAxis(dims) && isOpen(dim) ? batch : undefined);
      if (dim.parameter && size !== undefined) bindName(sizes, dim.parameter, size, input.name);
    });
  }
  const fileBatch = dimensions(inputs[0] ?? { name: '' })?.[0]?.value;
  const missing: string[] = [];
  const names: string[] = [];
  const bound = inputs.map((input): BoundInput => {
    const dims = dimensions(input);
    const shape = given.get(input.name);
    const type = tensorType(input);
    const dtype = dtypeOf(type?.elementType || FLOAT32, `input '${input.name}'`);
    if (shape !== undefined) return { name: input.name, shape, dtype };
    const known = dims?.map((dim, axis) => sizeOf(dim, axis === batchAxis(dims), sizes, batch));
    if (known === undefined || known.some((size) => size === undefined)) {
      names.push(
        ...(dims?.flatMap((dim, axis) => (known?.[axis] === undefined ? [dim.parameter?.trim() ?? ''] : [])) ?? ['']),
      );
      missing.push(`--input ${input.name}=${dims === undefined ? 'SHAPE' : describe(dims, known)}`);
      return { name: input.name, shape: [], dtype };
    }
    const sized = known as number[];
    const first = batchAxis(dims ?? []) === 0 ? dims?.[0]?.value : undefined;
    const to = batch;
    if (to === undefined || first === undefined || first !== fileBatch || first === to || sized.length < 2) {
      return { name: input.name, shape: sized, dtype };
    }
    return { name: input.name, shape: [to, ...sized.slice(1)], dtype, rebatched: { from: first, to } };
  });
  if (missing.length > 0) {
    const open = missing.length === 1 ? 'an input' : `${missing.length} inputs`;
    const byName = names.every((name) => name !== '') ? ` Or by name: ${dimOptions(names)}.` : '';
    const shape = missing.some((text) => text.endsWith('=SHAPE')) ? " SHAPE is e.g. 1x3x8, or 'scalar'." : '';
    throw new ArchmeterError(
      `the file leaves sizes of ${open} open`,
      `Give ${missing.length === 1 ? 'it' : 'them'} with numbers for the names: ${missing.join(' ')}.${byName}${shape}`,
    );
  }
  return bound;
}

/** Names of open sizes, also those in sums such as `past + 1`. */
function namedSizes(input: ValueInfoProto): string[] {
  return (dimensions(input) ?? []).flatMap((dim) => {
    if (!isOpen(dim) || !dim.parameter) return [];
    return [dim.parameter, ...dim.parameter.split(/[+*-]/)]
      .map((name) => name.trim())
      .filter((name) => !/^\d*$/.test(name));
  });
}

function givenShapes(inputs: readonly ValueInfoProto[], { inputs: shapes = {} }: ImportOptions): Map<string, Shape> {
  const given = new Map<string, Shape>();
  for (const [key, shape] of Object.entries(shapes)) {
    const name = key === '' ? inputs[0]?.name : key;
    if (!inputs.some((input) => input.name === name)) {
      throw new ArchmeterError(
        `the model has no input '${key}'`,
        inputs.length === 0 ? 'It has no inputs.' : `It has: ${inputs.map((input) => input.name).join(', ')}.`,
      );
    }
    given.set(name as string, shape);
  }
  return given;
}

/** Undefined where the file gives no shape at all. */
function dimensions(input: ValueInfoProto): readonly DimensionProto[] | undefined {
  return tensorType(input)?.shape?.dims;
}

export function tensorType({ type }: ValueInfoProto): TensorTypeProto | undefined {
  return type?.tensor ?? type?.sparseTensor ?? type?.optional?.element?.tensor;
}

/** Inputs may also be lists of tensors, or optional lists; those without a type are taken for tensors. */
export function isTensorInput({ type }: ValueInfoProto): boolean {
  return type?.sequence === undefined && type?.optional?.element?.sequence === undefined;
}

/** Some exporters write 0 or -1 for a size that they leave open. */
function isOpen({ value }: DimensionProto): boolean {
  return value === undefined || value <= 0;
}

/** The axis that is named so, else the first. */
function batchAxis(dims: readonly DimensionProto[]): number {
  return Math.max(
    dims.findIndex(({ parameter }) => parameter !== undefined && /batch/i.test(parameter)),
    0,
  );
}

function sizeOf(
  dim: DimensionProto,
  isBatch: boolean,
  sizes: ReadonlyMap<string, number>,
  batch: number | undefined,
): number | undefined {
  if (!isOpen(dim)) return dim.value;
  const named = dim.parameter ? evaluateSize(dim.parameter, sizes) : undefined;
  return named ?? (isBatch ? batch : undefined);
}

function bindName(sizes: Map<string, number>, name: string, size: number, input: string): void {
  const known = sizes.get(name);
  if (known !== undefined && known !== size) {
    throw new ArchmeterError(
      `'${name}' is ${known} in one input and ${size} in '${input}'`,
      'Axes of the same name have the same size: give equal numbers.',
    );
  }
  sizes.set(name, size);
}

/** The value of a name, a number, or sums, differences and products of them; undefined where a name is not bound. */
export function evaluateSize(expression: string, sizes: ReadonlyMap<string, number>): number | undefined {
  const whole = sizes.get(expression.trim());
  if (whole !== undefined) return whole;
  let total = 0;
  for (const [, sign, term] of expression.matchAll(/([+-]?)([^+-]+)/g)) {
    let product = sign === '-' ? -1 : 1;
    for (const factor of (term as string).split('*')) {
      const text = factor.trim();
      const value = /^\d+$/.test(text) ? Number(text) : sizes.get(text);
      if (value === undefined) return undefined;
      product *= value;
    }
    total += product;
  }
  return expression.trim() === '' || total < 0 ? undefined : total;
}

/** `1x3x<height>x<width>`: open sizes by their names, or by a letter for each. */
function describe(dims: readonly DimensionProto[], known: readonly (number | undefined)[] = []): string {
  const letter = (axis: number) => (axis === 0 ? 'N' : `D${axis}`);
  return dims
    .map((dim, axis) => known[axis] ?? (isOpen(dim) ? `<${dim.parameter?.trim() || letter(axis)}>` : dim.value))
    .join('x');
}
