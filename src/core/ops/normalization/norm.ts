import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type Shape, type TensorType } from '../../ir/tensor.js';
import type { Arithmetic, Formula, FormulaFigure, OpCall } from '../define-op.js';
import { flopsFormula, onlyFlops } from '../flops.js';

/** Added to variances, as torch's batch, layer, group and instance normalisation do. */
export const epsilonSchema = { type: 'number', minimum: 0, description: 'Added to variances.', default: 1e-5 } as const;

/**
 * Counting of normalisations that compute their own statistics. Inputs: data, scale?, shift?. Over each row of R
 * elements: mean R (R-1 additions, 1 division), difference R, variance 2R (squares, R-1 additions, 1 division), epsilon
 * and reciprocal root 2, product R; scale and shift 1 per element each.
 */
const CENTRED = {
  perElement: 5,
  source: 'per row of R: mean R, difference R, variance 2R, epsilon and root 2, product R',
};
/** Without mean: squares and their mean 2R, epsilon and reciprocal root 2, product R. */
const UNCENTRED = { perElement: 3, source: 'per row of R: mean of squares 2R, epsilon and root 2, product R' };
const PER_ROW = 2;

const affineInputs = (call: OpCall<unknown>) => (call.inputs[1] ? 1 : 0) + (call.inputs[2] ? 1 : 0);

/** Weights of one number per channel (or per group, as ONNX GroupNormalization before opset 21 has them). */
export function checkPerChannel(
  weights: readonly (TensorType | undefined)[],
  channels: number,
  groups: number,
  what: string,
): void {
  for (const weight of weights) {
    if (weight === undefined) continue;
    const count = elementCount(weight.shape);
    if (count === channels || count === groups) continue;
    throw new ArchmeterError(
      `${what} has a weight of shape ${formatShape(weight.shape)} for ${channels} channels`,
      `Give weights of ${channels} elements.`,
    );
  }
}

/** Weights that broadcast to the trailing axes that are normalised. */
export function checkTrailing(weights: readonly (TensorType | undefined)[], trailing: Shape, what: string): void {
  for (const weight of weights) {
    if (weight === undefined) continue;
    const { shape } = weight;
    const fits =
      shape.length <= trailing.length &&
      shape.every((size, i) => size === 1 || size === trailing[i + trailing.length - shape.length]);
    if (fits) continue;
    throw new ArchmeterError(
      `${what} has a weight of shape ${formatShape(shape)} for normalised axes ${formatShape(trailing)}`,
      `Give weights of shape ${formatShape(trailing)}.`,
    );
  }
}

/** @param rows how many statistics there are: E elements are normalised in groups of E/rows */
export function normArithmetic(call: OpCall<unknown>, rows: number, centred: boolean): Arithmetic {
  const elements = elementCount((call.outputs[0] as TensorType).shape);
  const { perElement } = centred ? CENTRED : UNCENTRED;
  return onlyFlops(elements === 0 ? 0 : elements * (perElement + affineInputs(call)) + PER_ROW * rows);
}

export function normFormulas(
  call: OpCall<unknown>,
  rows: number,
  centred: boolean,
): Partial<Record<FormulaFigure, Formula>> {
  const E = elementCount((call.outputs[0] as TensorType).shape);
  const { perElement, source } = centred ? CENTRED : UNCENTRED;
  const affine = affineInputs(call);
  return {
    ...flopsFormula(
      'F*E+2*M',
      { F: perElement + affine, E, M: E === 0 ? 0 : rows },
      `M rows of R elements; ${source}${affine ? `; scale and shift ${affine} per element` : ''}`,
    ),
    ...affineParams(call),
  };
}

/** Parameters of inputs 1 and 2, scale and shift of equal size. */
export function affineParams(call: OpCall<unknown>): Partial<Record<FormulaFigure, Formula>> {
  const weight = call.inputs[1] ?? call.inputs[2];
  if (weight === undefined) return {};
  const A = affineInputs(call);
  const source = A === 2 ? 'scale and shift' : call.inputs[1] ? 'scale' : 'shift';
  return { params: { expression: 'A*C', variables: { A, C: elementCount(weight.shape) }, source } };
}
