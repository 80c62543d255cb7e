import { createRandom } from '../statistics/random.js';
import type { Designs, Digits } from './designs.js';
import { sobol } from './sobol.js';
import type { Sampling } from './space.js';

/** Draws of one `regnet` design before it is given up: constraints that fewer designs meet need another space. */
export const MOST_ATTEMPTS = 10_000;

/**
 * Digits of a sampling's `at`th design: a function of seed and numbers alone, so that any shard draws its own part.
 * `regnet` draws again, up to `MOST_ATTEMPTS` times, until a design meets the constraints (Radosavovic et al. 2020, arXiv
 * 2003.13678, section 3.1: models are drawn until enough lie in the compute regime).
 */
export function createSampler(designs: Designs, { method, seed }: Sampling): (at: number, attempt: number) => Digits {
  const radices = designs.parameters.map(({ values }) => values.length);
  if (method === 'sobol') {
    const point = sobol(radices.length, seed);
    return (at) => {
      const coordinates = point(at);
      return designs.canonical(Int32Array.from(radices, (radix, i) => Math.floor((coordinates[i] as number) * radix)));
    };
  }
  return (at, attempt) => {
    // Two rounds of mixing: neighbouring seeds of the generator give unrelated numbers.
    const random = createRandom(
      Math.imul(at + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b) ^ Math.imul(attempt, 0xc2b2ae35),
    );
    return designs.canonical(Int32Array.from(radices, (radix) => random.integer(radix)));
  };
}
