import { elementCount } from '../ir/tensor.js';
import type { Formula, FormulaFigure, OpCall } from './define-op.js';

/** Formula of the memory access cost of an op that does not read all of its inputs. */
export function trafficFormula(
  call: OpCall<unknown>,
  reads: readonly number[],
  source: string,
  writes: readonly number[] = call.outputs.map(({ shape }) => elementCount(shape)),
): Partial<Record<FormulaFigure, Formula>> {
  const variables: Record<string, number> = {};
  reads.forEach((count, i) => {
    // A tensor that stands in two slots is read once.
    if (call.inputs.indexOf(call.inputs[i]) === i) variables[`R${i}`] = count;
  });
  writes.forEach((count, i) => {
    variables[`W${i}`] = count;
  });
  return { memoryAccessCost: { expression: Object.keys(variables).join('+') || '0', variables, source } };
}
