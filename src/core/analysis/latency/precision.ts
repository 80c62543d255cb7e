import type { Graph } from '../../ir/graph.js';
import { DTYPE_BITS, isFloat } from '../../ir/tensor.js';
import type { OpDefinition } from '../../ops/define-op.js';
import { slotOf } from '../../ops/execution.js';
import type { GraphIndex } from '../graph-index.js';
import type { Arithmetic } from './kernel.js';

/**
 * Element types at run time. `float32`, `float16`, `bfloat16`: every float. `tf32`: floats of 32 bits whose products are
 * cut to 19. `amp`, `amp-bfloat16`: torch's autocast: weights stay in 32 bits and are cast, matrix products and
 * convolutions run in 16 bits, some functions always in 32. `float8`, `int8`: products on 8-bit operands, which are
 * converted before them; the rest in 16 bits.
 */
export type Precision = (typeof PRECISIONS)[number];

export const PRECISIONS = ['float32', 'tf32', 'float16', 'bfloat16', 'amp', 'amp-bfloat16', 'float8', 'int8'] as const;

/** Of every command that estimates, unless it is told another. */
export const DEFAULT_PRECISION: Precision = 'float32';

const WIDTHS: Readonly<Record<Precision, number>> = {
  float32: 32,
  tf32: 32,
  float16: 16,
  bfloat16: 16,
  amp: 32,
  'amp-bfloat16': 32,
  float8: 16,
  int8: 16,
};

/** How the products of a precision are computed that come out in `bits`. */
export function arithmeticOf(precision: Precision, bits: number): Arithmetic {
  if (precision === 'float8' || precision === 'int8' || precision === 'tf32') return precision;
  return bits === 16 ? 'float16' : 'float32';
}

export interface RunTypes {
  /** Bits of an element, by value id. */
  readonly bits: Float64Array;
  /** By node: values that are converted before it, in kernels of their own, to 16 bits (autocast) or to 8. */
  readonly casts: readonly (readonly number[])[];
}

/** Element types of all values under a precision. */
export function runTypes(graph: Graph, index: GraphIndex, precision: Precision): RunTypes {
  const { values, nodes } = graph;
  const bits = Float64Array.from(values, ({ dtype, scaleBits = 0 }) => {
    if (!isFloat(dtype)) return DTYPE_BITS[dtype] + scaleBits;
    return WIDTHS[precision];
  });
  const casts: number[][] = nodes.map(() => []);
  if (precision === 'float8' || precision === 'int8') {
    nodes.forEach(({ inputs }, at) => {
      if (slotOf(index.ops[at] as OpDefinition, 'autocast') !== 'float16') return;
      for (const id of new Set(inputs)) {
        if (id < 0 || !isFloat((values[id] as (typeof values)[number]).dtype)) continue;
        if (index.stored[id] === 1) bits[id] = 8;
        else (casts[at] as number[]).push(id);
      }
    });
  }
  if (precision !== 'amp' && precision !== 'amp-bfloat16') return { bits, casts };
  nodes.forEach(({ inputs, outputs }, at) => {
    const floats = inputs.filter((id) => id >= 0 && isFloat((values[id] as (typeof values)[number]).dtype));
    let width: number;
    const autocast = slotOf(index.ops[at] as OpDefinition, 'autocast');
    if (autocast === 'float16') {
      width = 16;
      for (const id of new Set(floats)) {
        if (bits[id] !== 32) continue;
        if (index.stored[id] === 1) bits[id] = 16;
        else (casts[at] as number[]).push(id);
      }
    } else if (autocast === 'float32') width = 32;
    else if (autocast === 'first') width = bits[floats[0] ?? -1] ?? 32;
    else {
      // A tensor without axes does not widen the others: torch's type promotion.
      const wide = floats.filter((id) => (values[id] as (typeof values)[number]).shape.length > 0);
      width = wide.length === 0 ? 32 : Math.max(...wide.map((id) => bits[id] as number));
    }
    for (const id of outputs) if (isFloat((values[id] as (typeof values)[number]).dtype)) bits[id] = width;
  });
  return { bits, casts };
}
