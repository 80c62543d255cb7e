import type { LayerTiming } from '../../../core/measurement.js';
import { median } from '../../../core/statistics/quantile.js';
import { type Arm, attempt, type Copy, isAlive } from '../arm.js';
import { type Bench, isInterrupted, report } from '../bench.js';
import { Reducer } from '../findings/reduce.js';

const LEAST_RUNS = 3;
const MOST_RUNS = 15;
const MOST_SECONDS = 10;

/** Times each layer of each arm by itself, and says what share of the whole the sum leaves unexplained. */
export async function timeLayers(bench: Bench, copy: Copy, before: readonly Arm[]): Promise<Arm[]> {
  const arms = [...before];
  const reducer = new Reducer(bench, before, bench.clock);
  for (const [index, arm] of before.entries()) {
    if (!isAlive(arm) || arm.hot.length === 0) continue;
    await bench.events.turn();
    if (isInterrupted(bench)) break;
    report(bench, 'layers', index / arms.length, arm.spec.name);
    arms[index] = await attempt(arm, `timing the layers of '${arm.spec.name}'`, async () => {
      const executable = copy.executables.get(arm.spec.name);
      if (executable?.timeLayers === undefined) return { layersUnavailable: 'the runtime runs it as a whole' };
      const began = bench.time.now();
      const passes: (readonly LayerTiming[])[] = [];
      while (passes.length < MOST_RUNS && !isInterrupted(bench)) {
        if (passes.length >= LEAST_RUNS && bench.time.now() - began >= MOST_SECONDS * 1000) break;
        passes.push(await executable.timeLayers());
      }
      if (passes.length === 0) return {};
      const timings = mediansByName(passes);
      const wholeMs = median(reducer.hot(arm).timesMs);
      const sumMs = timings.reduce((sum, { latencyMs }) => sum + latencyMs, 0);
      return { layers: { timings, unexplainedFraction: (wholeMs - sumMs) / wholeMs } };
    });
  }
  return arms;
}

function mediansByName(passes: readonly (readonly LayerTiming[])[]): LayerTiming[] {
  const byName = new Map<string, LayerTiming[]>();
  for (const timing of passes.flat()) {
    const key = `${timing.unjoined === true} ${timing.name}`;
    const list = byName.get(key);
    if (list === undefined) byName.set(key, [timing]);
    else list.push(timing);
  }
  return [...byName.values()].map((list) => {
    const conversionMs = median(list.map((timing) => timing.conversionMs ?? 0));
    return {
      ...(list[0] as LayerTiming),
      latencyMs: median(list.map(({ latencyMs }) => latencyMs)),
      ...(conversionMs > 0 ? { conversionMs } : {}),
    };
  });
}
