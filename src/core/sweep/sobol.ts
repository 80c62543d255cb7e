import { ArchmeterError } from '../errors.js';
import { createRandom } from '../statistics/random.js';

/** Primitive polynomials and first direction numbers: degree, coefficients, m (Joe and Kuo 2008, new-joe-kuo-6.21201). */
const DIRECTIONS: readonly (readonly [degree: number, coefficients: number, ...m: number[]])[] = [
  [1, 0, 1],
  [2, 1, 1, 3],
  [3, 1, 1, 3, 1],
  [3, 2, 1, 1, 1],
  [4, 1, 1, 1, 3, 3],
  [4, 4, 1, 3, 5, 13],
  [5, 2, 1, 1, 5, 5, 17],
  [5, 4, 1, 1, 5, 5, 5],
  [5, 7, 1, 1, 7, 11, 19],
  [5, 11, 1, 1, 5, 1, 1],
  [5, 13, 1, 1, 1, 3, 11],
  [5, 14, 1, 3, 5, 5, 31],
  [6, 1, 1, 3, 3, 9, 7, 49],
  [6, 13, 1, 1, 1, 15, 21, 21],
  [6, 16, 1, 3, 1, 13, 27, 49],
  [6, 19, 1, 1, 1, 15, 7, 5],
  [6, 22, 1, 3, 1, 15, 13, 25],
  [6, 25, 1, 1, 5, 5, 19, 61],
  [7, 1, 1, 3, 7, 11, 23, 15, 103],
  [7, 4, 1, 3, 7, 13, 13, 15, 69],
];
const BITS = 32;
const MOST_SOBOL_DIMENSIONS = DIRECTIONS.length + 1;

/**
 * Points of a Sobol sequence by number, in Gray-code order (Antonov and Saleev 1979), each coordinate in [0, 1).
 * Seed 0 is the plain sequence; others shift every coordinate's bits at random, which keeps its evenness.
 */
export function sobol(dimensions: number, seed: number): (at: number) => Float64Array {
  if (dimensions > MOST_SOBOL_DIMENSIONS) {
    throw new ArchmeterError(
      `Sobol points have at most ${MOST_SOBOL_DIMENSIONS} coordinates here, not ${dimensions}`,
      "Sample with 'method: random'.",
    );
  }
  const directions = Array.from({ length: dimensions }, (_, i) => directionNumbers(i));
  const random = createRandom(seed);
  const shifts = Uint32Array.from({ length: dimensions }, () => (seed === 0 ? 0 : random.integer(2 ** 32)));
  return (at) => {
    const point = new Float64Array(dimensions);
    const gray = (at ^ (at >>> 1)) >>> 0;
    for (let i = 0; i < dimensions; i++) {
      let bits = shifts[i] as number;
      for (let k = 0; k < BITS && gray >>> k !== 0; k++) {
        if ((gray >>> k) & 1) bits ^= (directions[i] as Uint32Array)[k] as number;
      }
      point[i] = (bits >>> 0) / 2 ** BITS;
    }
    return point;
  };
}

function directionNumbers(dimension: number): Uint32Array {
  const v = new Uint32Array(BITS);
  if (dimension === 0) {
    for (let k = 0; k < BITS; k++) v[k] = 1 << (BITS - 1 - k);
    return v;
  }
  const [degree, coefficients, ...m] = DIRECTIONS[dimension - 1] as (typeof DIRECTIONS)[number];
  for (let k = 0; k < BITS; k++) {
    if (k < degree) {
      v[k] = (m[k] as number) << (BITS - 1 - k);
      continue;
    }
    const base = v[k - degree] as number;
    let bits = base ^ (base >>> degree);
    for (let j = 1; j < degree; j++) {
      if ((coefficients >>> (degree - 1 - j)) & 1) bits ^= v[k - j] as number;
    }
    v[k] = bits;
  }
  return v;
}
