import { epochNow } from '../../../src/bench/power/sampling.js';

/** A clock by which the sensor has long risen when readings begin, whenever this thread gets its turn. */
export function afterRise(): () => number {
  let calls = 0;
  return () => (calls++ === 0 ? epochNow() - 10_000 : epochNow());
}
