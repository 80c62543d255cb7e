import type { Energy } from '../../core/measurement.js';
import { median } from '../../core/statistics/quantile.js';
import type { MeterReading, MeterSession } from '../power/define-meter.js';
import type { ArmRun } from './arm-run.js';
import { alive, attempt, type Context, isInterrupted, now, report, yieldToEvents } from './context.js';
import { reduceHot } from './reduce.js';

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
export async function measureEnergy(context: Context): Promise<void> {
  const { hooks } = context;
  const { meter } = hooks;
  const runs = alive(context).filter(({ isControl, hot }) => !isControl && hot.length > 0);
  const unavailable = (reason: string): void => {
    for (const run of runs) run.energy ??= { status: 'unavailable', reason };
  };
  if (meter === undefined) return unavailable('no power meter was given');
  if (meter.unavailable !== undefined) return unavailable(meter.unavailable);
  const began = now(context);
  const loads = new Map<ArmRun, Load>();
  try {
    const idleBefore = await measureIdle(context, meter);
    for (const [index, run] of runs.entries()) {
      await yieldToEvents(context);
      if (isInterrupted(context)) break;
      report(context, 'energy', (index + 1) / (runs.length + 2), run.arm.name);
      await attempt(run, `measuring the energy of '${run.arm.name}'`, async () => {
        loads.set(run, await measureLoad(context, meter, run));
      });
    }
    const idleAfter = isInterrupted(context) ? idleBefore : await measureIdle(context, meter);
    const idleWatts = (idleBefore + idleAfter) / 2;
    for (const [run, load] of loads) run.energy = energyOf(load, idleWatts, run.arm.batch, meter);
  } catch (error) {
    unavailable(`${meter.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  unavailable('timing ended before energy was measured');
  context.uncountedMs += now(context) - began;
}

interface Load {
  readonly reading: MeterReading;
  readonly runs: number;
  readonly repetitions: number;
  /** Time within calls, the shifts between them left out. */
  readonly busySeconds: number;
}

/** Power at rest, in watts. */
async function measureIdle(context: Context, meter: MeterSession): Promise<number> {
  report(context, 'energy', 0, 'idle power');
  await sleep(context, meter.method.windowMs + meter.method.riseMs + 500);
  await meter.start();
  await sleep(context, IDLE_SECONDS * 1000 + meter.method.riseMs);
  const { joules, seconds } = await meter.stop();
  return joules / seconds;
}

async function measureLoad(context: Context, meter: MeterSession, run: ArmRun): Promise<Load> {
  const { executable } = run;
  if (executable === undefined) throw new Error('the model was not prepared');
  const runMs = median(reduceHot(context, run, 'wall').timesMs);
  const iterations = Math.max(1, Math.ceil(REPETITION_MS / Math.max(runMs, 1e-3)));
  const { kind, periodMs, riseMs } = meter.method;
  await executable.time(iterations);
  await meter.start();
  const since = now(context);
  let repetitions = 0;
  let busyMs = 0;
  try {
    for (;;) {
      const seconds = (now(context) - since - riseMs) / 1000;
      const enough = seconds >= LEAST_SECONDS && (repetitions >= LEAST_REPETITIONS || seconds >= MOST_SECONDS);
      await yieldToEvents(context);
      if (enough || isInterrupted(context)) break;
      busyMs += (await executable.time(iterations)).wallMs;
      repetitions++;
      if (kind === 'sampled' && repetitions % REPETITIONS_PER_SHIFT === 0)
        await sleep(context, context.random.uniform() * periodMs);
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

async function sleep({ hooks }: Context, ms: number): Promise<void> {
  if (hooks.sleep !== undefined) await hooks.sleep(ms);
  else await new Promise((resolve) => setTimeout(resolve, ms));
}
