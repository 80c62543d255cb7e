/** Upper tail P(T > t) of Student's distribution; `degrees` may be fractional, and infinite for the normal's. */
export function studentTail(t: number, degrees: number): number {
  if (Number.isNaN(t) || !(degrees > 0)) return Number.NaN;
  if (t < 0) return 1 - studentTail(-t, degrees);
  if (t === Number.POSITIVE_INFINITY) return 0;
  const bounded = Math.min(degrees, 1e8);
  // Abramowitz and Stegun 26.7.1: the tail is half a regularised incomplete beta function.
  return incompleteBeta(bounded / (bounded + t * t), bounded / 2, 0.5) / 2;
}

/** The t that a share `tail` of the distribution exceeds, by bisection; `tail` in (0, 0.5]. */
export function studentQuantile(tail: number, degrees: number): number {
  if (!(degrees > 0)) return Number.POSITIVE_INFINITY;
  let low = 0;
  let high = 1;
  while (studentTail(high, degrees) > tail && high < 1e300) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degrees) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Upper tail P(F > f) of the distribution of a ratio of variances. */
export function fisherTail(f: number, top: number, bottom: number): number {
  return f <= 0 ? 1 : incompleteBeta(bottom / (bottom + top * f), bottom / 2, top / 2);
}

/** Regularised incomplete beta function I_x(a, b): the continued fraction of DLMF 8.17.22. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast below the mean; above it the symmetry I_x(a, b) = 1 - I_{1-x}(b, a) helps.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a;
  const term = (i: number): number => {
    const m = i >> 1;
    if (i % 2 === 0) return (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    return (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
  };
  // Lentz's evaluation (1976).
  let fraction = 1;
  let c = 1;
  let d = 0;
  for (let i = 1; i < 10_000; i++) {
    d = 1 / nonZero(1 + term(i) * d);
    c = nonZero(1 + term(i) / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front / fraction;
}

const nonZero = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value);

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);

/** Stirling's series (DLMF 5.11.1) above 10, reached by the recurrence. */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 10; z++) shift += Math.log(z);
  const w = 1 / (z * z);
  const series = (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188)))) / z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
