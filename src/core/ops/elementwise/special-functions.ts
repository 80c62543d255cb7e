import { erf } from './erf.js';

/** log Γ(x) of x ≥ 10, and its derivative, by Stirling's series (DLMF 5.11.1, 5.11.2); smaller x by recurrence. */
const SERIES_FROM = 10;
/** Bernoulli numbers B₂, B₄ … B₁₀. */
const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66];

/** log |Γ(x)| */
export function logGamma(x: number): number {
  if (x <= 0 && Number.isInteger(x)) return Number.POSITIVE_INFINITY;
  // Reflection: Γ(x)·Γ(1 - x) = π / sin(πx).
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x);
  let product = 1;
  let large = x;
  for (; large < SERIES_FROM; large++) product *= large;
  const tail = BERNOULLI.reduce((sum, b, i) => sum + b / ((2 * i + 1) * (2 * i + 2) * large ** (2 * i + 1)), 0);
  return (large - 0.5) * Math.log(large) - large + 0.5 * Math.log(2 * Math.PI) + tail - Math.log(product);
}

/** The derivative of log Γ. */
export function digamma(x: number): number {
  if (x <= 0 && Number.isInteger(x)) return Number.NaN;
  if (x < 0.5) return digamma(1 - x) - Math.PI / Math.tan(Math.PI * x);
  let sum = 0;
  let large = x;
  for (; large < SERIES_FROM; large++) sum += 1 / large;
  const tail = BERNOULLI.reduce((total, b, i) => total + b / ((2 * i + 2) * large ** (2 * i + 2)), 0);
  return Math.log(large) - 1 / (2 * large) - tail - sum;
}

/** Σ (x²/4)ᵏ / (k!)² (DLMF 10.25.2). */
export function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x * x) / (4 * k * k);
    sum += term;
  }
  return sum;
}

/** By bisection on erf, which is monotonic. */
export function inverseErf(y: number): number {
  if (Math.abs(y) >= 1) return Math.abs(y) === 1 ? y * Number.POSITIVE_INFINITY : Number.NaN;
  let [low, high] = [-6, 6];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (erf(middle) < y) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
