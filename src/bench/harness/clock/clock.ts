import { ArchmeterError } from '../../../core/errors.js';

/** Quanta that a sample spans at least: an error of one quantum is then half the default precision. */
export const MINIMUM_QUANTA = 200;

/** Smallest step that a clock is seen to make; 0 where it makes none within the reads. */
export function smallestStep(now: () => number, steps = 64, reads = 20_000): number {
  let smallest = Number.POSITIVE_INFINITY;
  let seen = 0;
  let last = now();
  for (let i = 0; i < reads && seen < steps; i++) {
    const time = now();
    if (time < last) throw new ArchmeterError('the clock went backwards', 'Run on a machine with a monotonic clock.');
    if (time === last) continue;
    smallest = Math.min(smallest, time - last);
    last = time;
    seen++;
  }
  return seen === 0 ? 0 : smallest;
}

/**
 * The quantum of readings: the largest step of which all are multiples (Euclid, within rounding). 0 where they have
 * none that matters: the step found is below 1e-5 of their median, or there are too few readings.
 */
export function quantumOf(readings: readonly number[]): number {
  const values = [...new Set(readings.filter((value) => value > 0))].sort((a, b) => a - b);
  if (values.length < 3) return 0;
  const largest = values[values.length - 1] as number;
  const rounding = largest * 1e-7;
  let quantum = 0;
  for (const value of values) {
    quantum = commonMeasure(value, quantum, rounding);
    if (quantum < (values[values.length >> 1] as number) * 1e-5) return 0;
  }
  return Number(quantum.toPrecision(6));
}

function commonMeasure(a: number, b: number, rounding: number): number {
  let [large, small] = [Math.max(a, b), Math.min(a, b)];
  while (small > rounding) {
    const rest = large % small;
    [large, small] = [small, small - rest < rounding ? 0 : rest];
  }
  return large;
}
