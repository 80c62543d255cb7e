import { DTYPE_BITS, type DType, elementCount, isFloat, type Shape } from '../../ir/tensor.js';
import { broadcast } from '../../ops/elementwise/broadcast.js';
import { FOLD_LIMIT, type Tensor } from './tensor.js';

/** Arithmetic on the contents of small tensors: row-major lists of numbers. */

export type Contents = readonly number[];

/** Contents of all tensors, where all are known. */
export function allContents(tensors: readonly Tensor[]): Contents[] | undefined {
  const all = tensors.map(({ data }) => data);
  return all.every((data) => data !== undefined) ? all : undefined;
}

export function isFoldable(shape: Shape): boolean {
  return elementCount(shape) <= FOLD_LIMIT;
}

export function strides(shape: Shape): number[] {
  const all = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    all[axis] = stride;
    stride *= shape[axis] as number;
  }
  return all;
}

/** Calls `body` with the index of each element, in row-major order; the same array each time. */
export function forEachIndex(shape: Shape, body: (index: readonly number[], flat: number) => void): void {
  const count = elementCount(shape);
  const index = new Array<number>(shape.length).fill(0);
  for (let flat = 0; flat < count; flat++) {
    body(index, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
}

/** Each element of `output` is the input's at the index that `source` gives for each axis of the output. */
export function pick(
  data: Contents,
  shape: Shape,
  output: Shape,
  source: (axis: number, i: number) => number,
): number[] {
  const step = strides(shape);
  const result = new Array<number>(elementCount(output));
  forEachIndex(output, (index, flat) => {
    let at = 0;
    for (let axis = 0; axis < index.length; axis++) at += source(axis, index[axis] as number) * (step[axis] as number);
    result[flat] = data[at] as number;
  });
  return result;
}

/** Contents repeated to a shape that the given one broadcasts to. */
export function stretch(data: Contents, shape: Shape, output: Shape): Contents {
  if (elementCount(shape) === elementCount(output)) return data;
  const added = output.length - shape.length;
  const padded = [...new Array<number>(added).fill(1), ...shape];
  return pick(data, padded, output, (axis, i) => (padded[axis] === 1 ? 0 : i));
}

/** An elementwise function of up to three broadcast operands; undefined where a content is unknown or the result too large. */
export function zip(
  tensors: readonly Tensor[],
  dtype: DType,
  evaluate: (...operands: number[]) => number,
): { readonly shape: Shape; readonly data: number[] } | undefined {
  const contents = allContents(tensors);
  if (contents === undefined || tensors.length === 0) return undefined;
  const shape = tensors.map((tensor) => tensor.shape).reduce(broadcast);
  if (!isFoldable(shape)) return undefined;
  const [first, second, third] = contents.map((data, i) => stretch(data, (tensors[i] as Tensor).shape, shape));
  const data = new Array<number>(elementCount(shape));
  for (let i = 0; i < data.length; i++) {
    data[i] = rounded(evaluate(first?.[i] as number, second?.[i] as number, third?.[i] as number), dtype);
  }
  return { shape, data };
}

/** What the element type keeps of a number: integers wrap around, as far as they are exact. */
export function rounded(value: number, dtype: DType): number {
  if (dtype === 'float32') return Math.fround(value);
  if (isFloat(dtype)) return value;
  if (dtype === 'bool') return value === 0 ? 0 : 1;
  const bits = DTYPE_BITS[dtype];
  const whole = Math.trunc(value);
  if (bits > 32 || bits === 0 || !Number.isSafeInteger(whole)) return whole;
  const modulus = 2 ** bits;
  const wrapped = ((whole % modulus) + modulus) % modulus;
  return dtype.startsWith('int') && wrapped >= modulus / 2 ? wrapped - modulus : wrapped;
}
