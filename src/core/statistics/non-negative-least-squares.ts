import { dot, leastSquares } from './least-squares.js';

export interface NonNegativeFit {
  /** One for each column, none below 0. */
  readonly coefficients: readonly number[];
  /** Euclidean norm of the residual. */
  readonly residualNorm: number;
}

/**
 * Minimises |A·x - b| over x >= 0 by the active-set method of Lawson and Hanson, "Solving least squares problems"
 * (1974), chapter 23. Columns are scaled to norm 1 first, so that units do not matter. To weight rows, scale them.
 *
 * @param rows A, row by row; all of one length
 * @param target b, one for each row
 */
export function nonNegativeLeastSquares(
  rows: readonly (readonly number[])[],
  target: readonly number[],
): NonNegativeFit {
  const width = rows[0]?.length ?? 0;
  const scales = Array.from({ length: width }, (_, j) => Math.hypot(...rows.map((row) => row[j] as number)));
  const columns = scales.map((scale, j) =>
    Float64Array.from(rows, (row) => (scale === 0 ? 0 : (row[j] as number) / scale)),
  );
  const x = new Float64Array(width);
  const free = new Set<number>();
  const tolerance = 1e-12 * Math.hypot(...target) * Math.max(1, width);
  // Each passive set comes up once in exact arithmetic; rounding may repeat one, so the search is bounded.
  for (let round = 0; round < 10 * width + 10; round++) {
    const residual = residualOf(columns, x, target);
    let steepest = -1;
    let gain = tolerance;
    for (let j = 0; j < width; j++) {
      if (free.has(j) || scales[j] === 0) continue;
      const gradient = dot(columns[j] as Float64Array, residual);
      if (gradient > gain) [steepest, gain] = [j, gradient];
    }
    if (steepest < 0) break;
    free.add(steepest);
    if (!settle(columns, x, target, free)) free.delete(steepest);
  }
  return {
    coefficients: Array.from(x, (value, j) => (scales[j] === 0 ? 0 : value / (scales[j] as number))),
    residualNorm: Math.hypot(...residualOf(columns, x, target)),
  };
}

/** Moves x to the least-squares solution on the free columns, giving up those that would turn negative on the way. */
function settle(
  columns: readonly Float64Array[],
  x: Float64Array,
  target: readonly number[],
  free: Set<number>,
): boolean {
  while (free.size > 0) {
    const indices = [...free];
    const solution = leastSquares(
      indices.map((j) => columns[j] as Float64Array),
      target,
    );
    if (solution === undefined) return false;
    if (solution.every((value) => value > 0)) {
      x.fill(0);
      indices.forEach((j, k) => {
        x[j] = solution[k] as number;
      });
      return true;
    }
    let step = 1;
    indices.forEach((j, k) => {
      const now = x[j] as number;
      const next = solution[k] as number;
      if (next <= 0) step = Math.min(step, now / (now - next || 1));
    });
    indices.forEach((j, k) => {
      x[j] = (x[j] as number) + step * ((solution[k] as number) - (x[j] as number));
      if ((solution[k] as number) <= 0 && (x[j] as number) <= 1e-14) {
        x[j] = 0;
        free.delete(j);
      }
    });
  }
  return true;
}

function residualOf(columns: readonly Float64Array[], x: Float64Array, target: readonly number[]): Float64Array {
  const residual = Float64Array.from(target);
  columns.forEach((column, j) => {
    const coefficient = x[j] as number;
    if (coefficient === 0) return;
    for (let i = 0; i < residual.length; i++)
      residual[i] = (residual[i] as number) - coefficient * (column[i] as number);
  });
  return residual;
}
