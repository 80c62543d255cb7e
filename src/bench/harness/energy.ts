import type { Energy } from '../../core/measurement.js';
import { median } from '../../core/statistics/quantile.js';
import type { MeterReading, MeterSession } from '../power/define-meter.js';
import { type Arm, attempt, type Copy, isAlive } from './arm.js';
import { type Bench, isInterrupted, report } from './bench.js';
import { Reducer } from './reduce.js';
import { executableOf } from './sample.js';

/** Yang et al., "Part-time power measurements" (arXiv 2312.02741): at least 5 s and 32 repetitions. */
const LEAST_SECONDS = 5;
const LEAST_REPETITIONS = 32;
/** A model too slow for 32 repetitions within it gets fewer. */
const MOST_SECONDS = 30;
const IDLE_SECONDS = 5;
/** A repetition holds as many runs as fill it, so that the call itself costs nothing. */
const REPETITION_MS = 100;
/** Starts are shifted against the sensor's rhythm after every so many repetitions. */
const REPETITIONS_PER_SHIFT = 4;

/** Measures every arm under load, and the device at rest before and after; rest is subtracted. */
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
    const idleWatts = (idleBefore + idleAfter) / 2;
    for (const [index, load] of loads) {
      const arm = arms[index] as Arm;
      arms[index] = { ...arm, energy: energyOf(load, idleWatts, arm.spec.batch, meter) };
    }
  } catch (error) {
    return unavailable(`${meter.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return unavailable('timing ended before energy was measured');
}

interface Load {
  readonly reading: MeterReading;
  readonly runs: number;
  readonly repetitions: number;
  /** Time within calls, the shifts between them left out. */
  readonly busySeconds: number;
}

/** Power at rest, in watts. */
async function measureIdle(bench: Bench, meter: MeterSession): Promise<number> {
  report(bench, 'energy', 0, 'idle power');
  await sleep(bench, meter.method.windowMs + meter.method.riseMs + 500);
  await meter.start();
  await sleep(bench, IDLE_SECONDS * 1000 + meter.method.riseMs);
  const { joules, seconds } = await meter.stop();
  return joules / seconds;
}

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
  const since = bench.time.now();
  let repetitions = 0;
  let busyMs = 0;
  try {
    for (;;) {
      const seconds = (bench.time.now() - since - riseMs) / 1000;
      const enough = seconds >= LEAST_SECONDS && (repetitions >= LEAST_REPETITIONS || seconds >= MOST_SECONDS);
      await bench.events.turn();
      if (enough || isInterrupted(bench)) break;
      busyMs += (await executable.time(iterations)).wallMs;
      repetitions++;
      if (kind === 'sampled' && repetitions % REPETITIONS_PER_SHIFT === 0)
        await sleep(bench, bench.random.uniform() * periodMs);
    }
  } catch (error) {
    await meter.stop().catch(() => undefined);
    throw error;
  }
  const reading = await meter.stop();
  return { reading, runs: repetitions * iterations, repetitions, busySeconds: busyMs / 1000 };
}

function energyOf(
  { reading, runs, repetitions, busySeconds }: Load,
  idleWatts: number,
  batch: number,
  meter: MeterSession,
): Energy {
  const images = runs * batch;
  const net = reading.joules - idleWatts * reading.seconds;
  const powerWatts = reading.joules / reading.seconds;
  if (!(net > 0)) {
    return {
      status: 'unavailable',
      reason: `${meter.name} reads ${powerWatts.toFixed(2)} W under load and ${idleWatts.toFixed(2)} W at rest: the load cannot be told from rest`,
    };
  }
  const { domainsJoules, samples } = reading;
  return {
    status: 'measured',
    meter: meter.name,
    energyJoules: net / images,
    grossEnergyJoules: (net + idleWatts * busySeconds) / images,
    powerWatts,
    idlePowerWatts: idleWatts,
    repetitions,
    seconds: reading.seconds,
    imagesPerJoule: images / net,
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

async function sleep({ hooks }: Bench, ms: number): Promise<void> {
  if (hooks.sleep !== undefined) await hooks.sleep(ms);
  else await new Promise((resolve) => setTimeout(resolve, ms));
}
