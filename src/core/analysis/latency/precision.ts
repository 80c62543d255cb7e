import type { Graph } from '../../ir/graph.js';
import { DTYPE_BITS, isFloat } from '../../ir/tensor.js';
import type { OpDefinition } from '../../ops/define-op.js';
import { slotOf } from '../../ops/execution.js';
import type { GraphIndex } from '../graph-index.js';

/**
 * Element types at run time: every float in 32 bits, every float in 16, or torch's autocast (`amp`): weights stay in
 * 32 bits and are cast, matrix products and convolutions run in 16 bits, some functions always in 32.
 */
export type Precision = 'float32' | 'float16' | 'amp';

export const PRECISIONS: readonly Precision[] = ['float32', 'float16', 'amp'];

export interface RunTypes {
  /** Bits of an element, by value id. */
  readonly bits: Float64Array;
  /** By node: values that autocast converts to 16 bits before it, in kernels of their own. */
  readonly casts: readonly (readonly number[])[];
}

/** Element types of all values under a precision. */
export function runTypes(graph: Graph, index: GraphIndex, precision: Precision): RunTypes {
  const { values, nodes } = graph;
  const bits = Float64Array.from(values, ({ dtype, scaleBits = 0 }) => {
    if (!isFloat(dtype)) return DTYPE_BITS[dtype] + scaleBits;
    return precision === 'float16' ? 16 : 32;
  });
  const casts: number[][] = nodes.map(() => []);
  if (precision !== 'amp') return { bits, casts };
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
