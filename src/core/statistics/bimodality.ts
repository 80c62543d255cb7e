import { sorted } from './quantile.js';

/** √n·dip that uniform samples of any size exceed at most once in a thousand times. A test repeats the simulation. */
const CRITICAL_DIP = 0.74;

/** Whether samples come from more than one mode: Hartigan's dip test at the level 0.001. Never for fewer than 10. */
export function isMultimodal(samples: ArrayLike<number>): boolean {
  return samples.length >= 10 && Math.sqrt(samples.length) * dip(samples) > CRITICAL_DIP;
}

/**
 * Hartigan's dip: the largest distance between the empirical distribution and the unimodal distribution nearest to it
 * (Hartigan and Hartigan, "The dip test of unimodality", 1985). Between 1/(2n) and 1/4.
 */
export function dip(samples: ArrayLike<number>): number {
  const x = sorted(samples);
  const count = x.length;
  if (count < 2 || x[0] === x[count - 1]) return count === 0 ? 0 : 1 / (2 * count);
  const at = (i: number): number => x[i] as number;
  let low = 0;
  let high = count - 1;
  // In units of 1/n, and twice the distance.
  let largest = 1;
  for (;;) {
    const minorant = hull(x, low, high, 1);
    const majorant = hull(x, low, high, -1);
    const { distance, nextLow, nextHigh } = widestGap(x, minorant, majorant);
    if (distance < largest) break;
    const left = minorant.filter((i) => i <= nextLow);
    const right = majorant.filter((i) => i >= nextHigh);
    const onLeft = departure(left, (i, line) => i + 1 - line);
    const onRight = departure(right, (i, line) => line - i + 1);
    largest = Math.max(largest, onLeft, onRight);
    if (low === nextLow && high === nextHigh) break;
    low = nextLow;
    high = nextHigh;
  }
  return largest / (2 * count);

  /** Largest distance of the steps of the distribution from the chords between knots. */
  function departure(knots: readonly number[], distance: (index: number, line: number) => number): number {
    let worst = 1;
    for (let k = 1; k < knots.length; k++) {
      const from = knots[k - 1] as number;
      const to = knots[k] as number;
      if (to - from < 2 || at(to) === at(from)) continue;
      const slope = (to - from) / (at(to) - at(from));
      for (let i = from; i <= to; i++) worst = Math.max(worst, distance(i, from + (at(i) - at(from)) * slope));
    }
    return worst;
  }
}

/** Knots of the greatest convex minorant (`turn` 1) or least concave majorant (-1) of the points (x[i], i). */
function hull(x: Float64Array, low: number, high: number, turn: 1 | -1): number[] {
  const knots: number[] = [];
  for (let i = low; i <= high; i++) {
    while (knots.length >= 2) {
      const b = knots[knots.length - 1] as number;
      const a = knots[knots.length - 2] as number;
      const cross = ((x[b] as number) - (x[a] as number)) * (i - b) - ((x[i] as number) - (x[b] as number)) * (b - a);
      if (cross * turn > 0) break;
      knots.pop();
    }
    knots.push(i);
  }
  return knots;
}

/** Largest vertical distance between majorant and minorant, and the knots on either side of it. */
function widestGap(
  x: Float64Array,
  minorant: readonly number[],
  majorant: readonly number[],
): { distance: number; nextLow: number; nextHigh: number } {
  let best = { distance: 0, nextLow: minorant[0] as number, nextHigh: minorant[minorant.length - 1] as number };
  for (const knot of minorant) {
    const [from, to] = around(majorant, knot);
    const distance = chord(x, from, to, knot) - knot + 1;
    if (distance > best.distance) best = { distance, nextLow: knot, nextHigh: to };
  }
  for (const knot of majorant) {
    const [from, to] = around(minorant, knot);
    const distance = knot - chord(x, from, to, knot) + 1;
    if (distance > best.distance) best = { distance, nextLow: from, nextHigh: knot };
  }
  return best;
}

/** Neighbouring knots that hold an index between them. */
function around(knots: readonly number[], index: number): [number, number] {
  let k = 1;
  while (k < knots.length - 1 && (knots[k] as number) < index) k++;
  return [knots[k - 1] as number, knots[k] as number];
}

function chord(x: Float64Array, from: number, to: number, at: number): number {
  const width = (x[to] as number) - (x[from] as number);
  return width === 0 ? to : from + ((to - from) * ((x[at] as number) - (x[from] as number))) / width;
}
