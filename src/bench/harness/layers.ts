import type { LayerTiming } from '../../core/measurement.js';
import { median } from '../../core/statistics/quantile.js';
import { alive, attempt, type Context, isInterrupted, now, report, yieldToEvents } from './context.js';
import { reduceHot } from './reduce.js';

const LEAST_RUNS = 3;
const MOST_RUNS = 15;
const MOST_SECONDS = 10;

/** Times each layer of each arm by itself, and says what share of the whole the sum leaves unexplained. */
export async function timeLayers(context: Context): Promise<void> {
  const runs = alive(context).filter(({ isControl, hot }) => !isControl && hot.length > 0);
  for (const [index, run] of runs.entries()) {
    await yieldToEvents(context);
    if (isInterrupted(context)) return;
    report(context, 'layers', index / runs.length, run.arm.name);
    const { executable } = run;
    if (executable?.timeLayers === undefined) {
      run.layersUnavailable = 'the runtime runs it as a whole';
      continue;
    }
    await attempt(run, `timing the layers of '${run.arm.name}'`, async () => {
      const began = now(context);
      const passes: (readonly LayerTiming[])[] = [];
      while (passes.length < MOST_RUNS && !isInterrupted(context)) {
        if (passes.length >= LEAST_RUNS && now(context) - began >= MOST_SECONDS * 1000) break;
        passes.push((await executable.timeLayers?.()) ?? []);
      }
      if (passes.length === 0) return;
      const timings = mediansByName(passes);
      const wholeMs = median(reduceHot(context, run, context.clock).timesMs);
      const sumMs = timings.reduce((sum, { latencyMs }) => sum + latencyMs, 0);
      run.layers = { timings, unexplainedFraction: (wholeMs - sumMs) / wholeMs };
      context.uncountedMs += now(context) - began;
    });
  }
}

function mediansByName(passes: readonly (readonly LayerTiming[])[]): LayerTiming[] {
  const byName = new Map<string, LayerTiming[]>();
  for (const timing of passes.flat()) {
    const key = `${timing.unjoined === true} ${timing.name}`;
    const list = byName.get(key);
    if (list === undefined) byName.set(key, [timing]);
    else list.push(timing);
  }
  return [...byName.values()].map((list) => ({
    ...(list[0] as LayerTiming),
    latencyMs: median(list.map(({ latencyMs }) => latencyMs)),
  }));
}
