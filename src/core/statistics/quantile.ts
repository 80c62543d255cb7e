/** A sorted copy, ascending. */
export function sorted(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/**
 * Quantile of ascending values by linear interpolation: definition 7 of Hyndman and Fan, "Sample quantiles in
 * statistical packages" (1996). NaN where there are no values.
 *
 * @param probability in [0, 1]
 */
export function quantileOfSorted(ascending: ArrayLike<number>, probability: number): number {
  const last = ascending.length - 1;
  if (last < 0) return Number.NaN;
  const position = probability * last;
  const below = Math.floor(position);
  const low = ascending[below] as number;
  if (below >= last) return low;
  const fraction = position - below;
  return fraction === 0 ? low : low + fraction * ((ascending[below + 1] as number) - low);
}

export function quantile(values: ArrayLike<number>, probability: number): number {
  return quantileOfSorted(sorted(values), probability);
}

export function median(values: ArrayLike<number>): number {
  return medianInPlace(Float64Array.from(values), values.length);
}

/** Median absolute deviation from the median; times 1.4826 it estimates the deviation of a normal (Hampel 1974). */
export function medianAbsoluteDeviation(values: ArrayLike<number>, center = median(values)): number {
  return median(Float64Array.from(values, (value) => Math.abs(value - center)));
}

/** Factor from the median absolute deviation to the standard deviation of a normal distribution. */
export const MAD_TO_DEVIATION = 1.4826;

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/** Unbiased sample variance; 0 for fewer than two values. */
export function variance(values: ArrayLike<number>): number {
  const count = values.length;
  if (count < 2) return 0;
  const center = mean(values);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += ((values[i] as number) - center) ** 2;
  return sum / (count - 1);
}

/** Median of the first `count` numbers of `scratch`, which it reorders: Hoare's selection (1961). */
export function medianInPlace(scratch: Float64Array, count: number): number {
  if (count === 0) return Number.NaN;
  const middle = count >> 1;
  const upper = select(scratch, count, middle);
  if (count % 2 === 1) return upper;
  let lower = scratch[0] as number;
  for (let i = 1; i < middle; i++) if ((scratch[i] as number) > lower) lower = scratch[i] as number;
  return (lower + upper) / 2;
}

function select(a: Float64Array, count: number, rank: number): number {
  let left = 0;
  let right = count - 1;
  while (left < right) {
    const pivot = a[(left + right) >> 1] as number;
    let i = left;
    let j = right;
    while (i <= j) {
      while ((a[i] as number) < pivot) i++;
      while ((a[j] as number) > pivot) j--;
      if (i > j) break;
      const held = a[i] as number;
      a[i++] = a[j] as number;
      a[j--] = held;
    }
    if (rank <= j) right = j;
    else if (rank >= i) left = i;
    else break;
  }
  return a[rank] as number;
}
