import { GraphBuilder } from '../../../core/graph/builder.js';
import { mean, sorted } from '../../../core/statistics/quantile.js';
import type { Timing } from '../../define-runtime.js';
import { type Clock, clocksOf, read } from '../arm.js';
import type { Bench } from '../bench.js';
import { smallestStep } from './clock.js';
import type { EmptyCall } from './clock-knowledge.js';

const EMPTY_CALLS = 64;
const LEAST_EMPTY_CALLS = 8;
const EMPTY_MS = 1000;

/**
 * Times N against 2N dispatches of an empty model: their difference is the fixed cost of a call, undisturbed by the
 * noise of work, and the readings show the clock's quantum. Without it each arm's samples are differenced by themselves.
 */
export async function probeClock({ session, settings: { seed }, time, clocks }: Bench): Promise<void> {
  clocks.begin(Number(smallestStep(() => time.now()).toPrecision(3)));
  const builder = new GraphBuilder('archmeter-empty');
  const graph = builder.finish([builder.add('relu', [builder.input('input', [1, 1, 1, 1])])]);
  try {
    const executable = await session.prepare(graph, seed);
    try {
      for (let i = 0; i < 8; i++) await executable.time(1 + (i % 2));
      const singles: Timing[] = [];
      const doubles: Timing[] = [];
      const began = time.now();
      for (let i = 0; i < EMPTY_CALLS; i++) {
        if (i >= LEAST_EMPTY_CALLS && time.now() - began > EMPTY_MS) break;
        singles.push(await executable.time(1));
        doubles.push(await executable.time(2));
      }
      const empty: Partial<Record<Clock, EmptyCall>> = {};
      for (const clock of clocksOf(singles[0] as Timing)) {
        const boundMs = middleMean(singles.map((timing) => read(timing, clock)));
        const doubleMs = middleMean(doubles.map((timing) => read(timing, clock)));
        empty[clock] = { boundMs, overheadMs: Math.max(0, 2 * boundMs - doubleMs) };
      }
      clocks.learnEmpty(empty);
      clocks.learn([...singles, ...doubles]);
    } finally {
      await executable.dispose();
    }
  } catch {
    clocks.learnEmpty({});
  }
}

/** Mean of the middle half: outliers do not move it, and a coarse clock averages out. */
function middleMean(values: readonly number[]): number {
  const quarter = values.length >> 2;
  return mean(sorted(values).subarray(quarter, values.length - quarter));
}
