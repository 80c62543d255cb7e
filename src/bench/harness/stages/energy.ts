import type { Energy, IdleState } from '../../../core/measurement.js';
import { median } from '../../../core/statistics/quantile.js';
import type { MeterReading, MeterSession } from '../../power/define-meter.js';
import { type Arm, attempt, type Copy, isAlive } from '../arm.js';
import { type Bench, isInterrupted, report } from '../bench.js';
import { Reducer } from '../findings/reduce.js';
import { executableOf } from './sample.js';

/** Yang et al., "Part-time power measurements" (arXiv 2312.02741): at least 5 s and 32 repetitions. */
const LEAST_SECONDS = 5;
const LEAST_REPETITIONS = 32;
/** A model too slow for 32 repetitions within it gets fewer. */
const MOST_SECONDS = 30;
/** GPUs hold their fastest state for so long after a load, drawing evenly. */
const GPU_HOLD_MS = 10_000;
/** Power at rest is read over and over until three windows agree. */
const IDLE_WINDOW_MS = 2000;
const MOST_IDLE_WINDOWS = 12;
/** A repetition holds as many runs as fill it, so that the call itself costs nothing. */
const REPETITION_MS = 100;
/** Starts are shifted against the sensor's rhythm after every so many repetitions, by one of them at most. */
const REPETITIONS_PER_SHIFT = 4;

/**
 * Measures every arm under load, and the device at rest before and after. Rest is subtracted only where it was flat and
 * the same both times: a GPU may hold its fastest state for ten seconds after a load.
 */
export async function measureEnergy(bench: Bench, copy: Copy, before: readonly Arm[]): Promise<Arm[]> {
  const { meter } = bench.hooks;
  const arms = [...before];
  const unavailable = (reason: string): Arm[] =>
    arms.map((arm) => (arm.energy === undefined ? { ...arm, energy: { status: 'unavailable', reason } } : arm));
  if (meter === undefined) return unavailable('no power meter was given');
  if (meter.unavailable !== undefined) return unavailable(meter.unavailable);
  const loads = new Map<number, Load>();
  try {
    const idleBefore = await measureIdle(bench, meter);
    for (const [index, arm] of before.entries()) {
      if (!isAlive(arm) || arm.hot.length === 0) continue;
      await bench.events.turn();
      if (isInterrupted(bench)) break;
      report(bench, 'energy', (index + 1) / (arms.length + 2), arm.spec.name);
      arms[index] = await attempt(arm, `measuring the energy of '${arm.spec.name}'`, async () => {
        loads.set(index, await measureLoad(bench, meter, copy, before, arm));
        return {};
      });
    }
    const idleAfter = isInterrupted(bench) ? idleBefore : await measureIdle(bench, meter);
    for (const [index, load] of loads) {
      const arm = arms[index] as Arm;
      arms[index] = { ...arm, energy: energyOf(load, { before: idleBefore, after: idleAfter }, arm.spec.batch, meter) };
    }
  } catch (error) {
    return unavailable(`${meter.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return unavailable('timing ended before energy was measured');
}

interface Call {
  /** Seconds since the meter started. */
  readonly from: number;
  readonly to: number;
  readonly busySeconds: number;
  readonly runs: number;
}

interface Load {
  readonly reading: MeterReading;
  readonly calls: readonly Call[];
}

/** Power at rest once it has stopped changing, or after the longest wait. */
async function measureIdle(bench: Bench, meter: MeterSession): Promise<IdleState> {
  report(bench, 'energy', 0, 'idle power');
  const holds = bench.session.device.kind === 'cpu' ? 500 : GPU_HOLD_MS;
  await sleep(bench, meter.method.windowMs + meter.method.riseMs + holds);
  const watts: number[] = [];
  let flat = false;
  for (let window = 0; window < MOST_IDLE_WINDOWS && !flat && !isInterrupted(bench); window++) {
    await meter.start();
    await sleep(bench, IDLE_WINDOW_MS + meter.method.riseMs);
    const { joules, seconds } = await meter.stop();
    watts.push(joules / seconds);
    const last = watts.slice(-3);
    flat = last.length === 3 && agree(Math.min(...last), Math.max(...last));
  }
  const state = await bench.hooks.host?.state?.(bench.session.device).catch(() => undefined);
  const { pState, clockMhz } = state ?? {};
  return {
    powerWatts: watts[watts.length - 1] ?? Number.NaN,
    flat,
    ...(pState === undefined ? {} : { pState }),
    ...(clockMhz === undefined ? {} : { clockMhz }),
  };
}

/** Two powers at rest that are one: within 5 %, or half a watt. */
const agree = (a: number, b: number): boolean => Math.abs(a - b) <= Math.max(0.5, 0.05 * Math.min(a, b));

async function measureLoad(
  bench: Bench,
  meter: MeterSession,
  copy: Copy,
  arms: readonly Arm[],
  arm: Arm,
): Promise<Load> {
  const executable = executableOf(copy, arm);
  const runMs = median(new Reducer(bench, arms, 'wall').hot(arm).timesMs);
  const iterations = Math.max(1, Math.ceil(REPETITION_MS / Math.max(runMs, 1e-3)));
  const { kind, periodMs, riseMs } = meter.method;
  await executable.time(iterations);
  await meter.start();
  const began = bench.time.now();
  const since = (): number => (bench.time.now() - began) / 1000;
  const calls: Call[] = [];
  try {
    for (;;) {
      const seconds = since() - riseMs / 1000;
      const enough = seconds >= LEAST_SECONDS && (calls.length >= LEAST_REPETITIONS || seconds >= MOST_SECONDS);
      await bench.events.turn();
      if (enough || isInterrupted(bench)) break;
      const from = since();
      const { wallMs } = await executable.time(iterations);
      calls.push({ from, to: since(), busySeconds: wallMs / 1000, runs: iterations });
      if (kind === 'sampled' && calls.length % REPETITIONS_PER_SHIFT === 0)
        await sleep(bench, bench.random.uniform() * Math.min(periodMs, REPETITION_MS));
    }
  } catch (error) {
    await meter.stop().catch(() => undefined);
    throw error;
  }
  return { reading: await meter.stop(), calls };
}

/** What ran in the time that the meter's readings tell of, calls at its ends in part. */
function workOf({ reading, calls }: Load) {
  const { from, to } = reading.span ?? { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  let busySeconds = 0;
  let runs = 0;
  for (const call of calls) {
    const share = Math.max(0, Math.min(to, call.to) - Math.max(from, call.from)) / (call.to - call.from || 1);
    busySeconds += share * call.busySeconds;
    runs += share * call.runs;
  }
  return { seconds: reading.span === undefined ? reading.seconds : to - from, busySeconds, runs };
}

function energyOf(
  load: Load,
  idle: { readonly before: IdleState; readonly after: IdleState },
  batch: number,
  meter: MeterSession,
): Energy {
  const { reading, calls } = load;
  const { seconds, busySeconds, runs } = workOf(load);
  const images = runs * batch;
  const powerWatts = reading.joules / reading.seconds;
  const problem =
    images > 0 ? implausible(powerWatts, idle.before.powerWatts, meter) : 'gave no reading while the model ran';
  if (problem !== undefined) return { status: 'unavailable', reason: `${meter.name} ${problem}` };
  // Between repetitions the device rests: what it draws then is no image's.
  const restSeconds = Math.max(0, seconds - busySeconds);
  const restWatts = Math.min(idle.before.powerWatts, powerWatts);
  const grossEnergyJoules = (powerWatts * seconds - restWatts * restSeconds) / images;
  const { domainsJoules, samples } = reading;
  return {
    status: 'measured',
    meter: meter.name,
    grossEnergyJoules,
    ...netOf({ joules: powerWatts * seconds, seconds }, idle, images),
    powerWatts,
    idle,
    repetitions: calls.length,
    seconds: reading.seconds,
    runMs: (1000 * busySeconds) / runs,
    imagesPerJoule: 1 / grossEnergyJoules,
    method: meter.method.description,
    ...(domainsJoules === undefined
      ? {}
      : {
          domainsJoules: Object.fromEntries(
            Object.entries(domainsJoules).map(([name, value]) => [name, value / images]),
          ),
        }),
    ...(samples === undefined ? {} : { samples }),
  };
}

function netOf(
  { joules, seconds }: Pick<MeterReading, 'joules' | 'seconds'>,
  { before, after }: { readonly before: IdleState; readonly after: IdleState },
  images: number,
): { readonly netEnergyJoules: number } | { readonly netUnavailable: string } {
  const watts = ({ powerWatts }: IdleState): string => `${powerWatts.toFixed(1)} W`;
  if (!before.flat || !after.flat)
    return { netUnavailable: `power at rest was still changing ${before.flat ? 'after' : 'before'} the load` };
  if (!agree(before.powerWatts, after.powerWatts))
    return { netUnavailable: `power at rest was ${watts(before)} before the load and ${watts(after)} after it` };
  const net = (joules - ((before.powerWatts + after.powerWatts) / 2) * seconds) / images;
  return net > 0 ? { netEnergyJoules: net } : { netUnavailable: 'the load cannot be told from rest' };
}

/** Why a power cannot be believed. */
function implausible(powerWatts: number, idleWatts: number, { method }: MeterSession): string | undefined {
  const shown = `${powerWatts.toFixed(2)} W under load`;
  if (!(powerWatts > 0 && Number.isFinite(powerWatts))) return `reads ${shown}: it does not work`;
  if (method.mostWatts !== undefined && powerWatts > method.mostWatts)
    return `reads ${shown}, more than twice what the device may draw (${(method.mostWatts / 2).toFixed(0)} W)`;
  if (powerWatts <= idleWatts)
    return `reads ${shown} and ${idleWatts.toFixed(2)} W at rest: the load cannot be told from rest`;
  return undefined;
}

async function sleep({ hooks }: Bench, ms: number): Promise<void> {
  if (hooks.sleep !== undefined) await hooks.sleep(ms);
  else await new Promise((resolve) => setTimeout(resolve, ms));
}
