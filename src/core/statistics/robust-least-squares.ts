/** A residual's value and its slopes along the parameters it depends on. */
export interface Residual {
  readonly value: number;
  readonly slopes: ArrayLike<number>;
}

export interface RobustFitOptions {
  /** Where parameters are expected, and how far they stray: a normal prior on each. */
  readonly center: ArrayLike<number>;
  readonly spread: ArrayLike<number>;
  readonly start?: ArrayLike<number> | undefined;
  /** Default 30. */
  readonly iterations?: number | undefined;
  /** Relative gain of a step that ends the search. Default 1e-6. */
  readonly tolerance?: number | undefined;
}

/**
 * Minimises Σ 2(√(1+r²)-1) + Σ ((θ-center)/spread)² by Gauss and Newton's method with Levenberg's damping: the loss is
 * quadratic for small residuals and linear for large ones ("soft L1", Charbonnier et al. 1994), so that single outliers
 * do not bend the fit. Weights are those of iteratively reweighted least squares.
 *
 * @param evaluate residuals at θ, each in units of its expected deviation
 */
export function robustLeastSquares(
  evaluate: (theta: Float64Array, withSlopes: boolean) => Residual[],
  { center, spread, start = center, iterations = 30, tolerance = 1e-6 }: RobustFitOptions,
): Float64Array {
  const size = center.length;
  let theta = Float64Array.from(start);
  let damping = 1e-3;
  let residuals = evaluate(theta, true);
  let loss = total(residuals, theta, center, spread);
  for (let round = 0; round < iterations; round++) {
    const { hessian, gradient } = normalEquations(residuals, theta, center, spread);
    let improved = false;
    for (let attempt = 0; attempt < 8 && !improved; attempt++) {
      const step = solve(hessian, gradient, damping, size);
      const next = theta.map((value, i) => value - Math.max(-1, Math.min(1, step[i] as number)));
      const nextLoss = total(evaluate(next, false), next, center, spread);
      if (nextLoss < loss) {
        const gain = (loss - nextLoss) / loss;
        theta = next;
        loss = nextLoss;
        damping = Math.max(1e-9, damping / 5);
        improved = true;
        if (gain < tolerance) return theta;
      } else damping *= 8;
    }
    if (!improved) return theta;
    residuals = evaluate(theta, true);
  }
  return theta;
}

function total(
  residuals: readonly Residual[],
  theta: Float64Array,
  center: ArrayLike<number>,
  spread: ArrayLike<number>,
): number {
  let sum = 0;
  for (const { value } of residuals) sum += 2 * (Math.sqrt(1 + value * value) - 1);
  theta.forEach((value, i) => {
    sum += ((value - (center[i] as number)) / (spread[i] as number)) ** 2;
  });
  return sum;
}

function normalEquations(
  residuals: readonly Residual[],
  theta: Float64Array,
  center: ArrayLike<number>,
  spread: ArrayLike<number>,
) {
  const size = theta.length;
  const hessian = new Float64Array(size * size);
  const gradient = new Float64Array(size);
  for (const { value, slopes } of residuals) {
    const weight = 1 / Math.sqrt(1 + value * value);
    const touched: number[] = [];
    for (let i = 0; i < size; i++) if (slopes[i] !== 0) touched.push(i);
    for (const i of touched) {
      const slope = weight * (slopes[i] as number);
      gradient[i] = (gradient[i] as number) + slope * value;
      for (const j of touched) {
        if (j > i) break;
        hessian[i * size + j] = (hessian[i * size + j] as number) + slope * (slopes[j] as number);
      }
    }
  }
  for (let i = 0; i < size; i++) {
    const precision = 1 / (spread[i] as number) ** 2;
    hessian[i * size + i] = (hessian[i * size + i] as number) + precision;
    gradient[i] = (gradient[i] as number) + ((theta[i] as number) - (center[i] as number)) * precision;
  }
  return { hessian, gradient };
}

/** Solves (H + damping·diag(H))·x = g by Cholesky's factorisation; H in its lower triangle. */
function solve(hessian: Float64Array, gradient: Float64Array, damping: number, size: number): Float64Array {
  const lower = Float64Array.from(hessian);
  for (let i = 0; i < size; i++) lower[i * size + i] = (lower[i * size + i] as number) * (1 + damping) + 1e-12;
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let sum = lower[i * size + j] as number;
      for (let k = 0; k < j; k++) sum -= (lower[i * size + k] as number) * (lower[j * size + k] as number);
      lower[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / (lower[j * size + j] as number);
    }
  }
  const x = Float64Array.from(gradient);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i] = (x[i] as number) - (lower[i * size + k] as number) * (x[k] as number);
    x[i] = (x[i] as number) / (lower[i * size + i] as number);
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i] = (x[i] as number) - (lower[k * size + i] as number) * (x[k] as number);
    x[i] = (x[i] as number) / (lower[i * size + i] as number);
  }
  return x;
}
