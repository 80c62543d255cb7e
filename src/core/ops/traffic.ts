import { elementCount, type TensorType } from '../ir/tensor.js';
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
    variables[`R${i}`] = count;
  });
  writes.forEach((count, i) => {
    variables[`W${i}`] = count;
  });
  return { memoryAccessCost: { expression: Object.keys(variables).join('+') || '0', variables, source } };
}

/** Elements of each input; 0 where it is left out. */
export function wholeInputs({ inputs }: OpCall<unknown>): number[] {
  return inputs.map((input: TensorType | undefined) => (input === undefined ? 0 : elementCount(input.shape)));
}
