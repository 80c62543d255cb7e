import { elementCount, type TensorType } from '../ir/tensor.js';
import type { Arithmetic, Formula, FormulaFigure, OpCall, OpDefinition } from './define-op.js';

/** Counting shared by ops without multiply-adds. Every operation is 1 flop, transcendental functions too. */

const NONE: Arithmetic = { madds: 0, flops: 0 };

/** Ops that move data and compute nothing. */
export const noArithmetic = (): Arithmetic => NONE;

export function outputElements(call: OpCall<unknown>): number {
  return elementCount((call.outputs[0] as TensorType).shape);
}

export function inputElements(call: OpCall<unknown>): number {
  return elementCount((call.inputs[0] as TensorType).shape);
}

/** The flops of an op that does nothing but `flops`. */
export function onlyFlops(flops: number): Arithmetic {
  return flops === 0 ? NONE : { madds: 0, flops };
}

export function flopsFormula(
  expression: string,
  variables: Readonly<Record<string, number>>,
  source: string,
): Partial<Record<FormulaFigure, Formula>> {
  return { flops: { expression, variables, source } };
}

/** `flops` operations for each element of the first output. */
export function perOutputElement(
  flops: number,
  source: string,
): Required<Pick<OpDefinition<unknown>, 'arithmetic' | 'formulas'>> {
  return {
    arithmetic: (call) => onlyFlops(flops * outputElements(call)),
    formulas: (call) =>
      flops === 1
        ? flopsFormula('E', { E: outputElements(call) }, source)
        : flopsFormula('F*E', { F: flops, E: outputElements(call) }, source),
  };
}
