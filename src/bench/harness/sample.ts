import type { RawSample } from '../../core/measurement.js';
import type { Timing } from '../define-runtime.js';
import type { ArmRun, SamplePlan, Samples } from './arm-run.js';
import type { Context } from './context.js';
import { MeasurementFailure } from './failure.js';

/** Calls the runtime once and keeps the raw timing. */
export async function timeCall(
  context: Context,
  run: ArmRun,
  iterations: number,
  phase: RawSample['phase'],
  round: number,
): Promise<Timing> {
  if (run.executable === undefined) throw new MeasurementFailure('runtime-error', 'the model was not prepared');
  const timing = await run.executable.time(iterations);
  const { wallMs, deviceMs } = timing;
  if (!Number.isFinite(wallMs) || wallMs < 0)
    throw new MeasurementFailure('runtime-error', `the runtime gave a wall time of ${wallMs} ms`);
  if (context.session.hasDeviceClock && !(deviceMs !== undefined && Number.isFinite(deviceMs) && deviceMs >= 0))
    throw new MeasurementFailure('device-error', `the device clock gave ${deviceMs ?? 'no time'}`);
  run.raw.push({ phase, round, iterations, wallMs, ...(deviceMs === undefined ? {} : { deviceMs }) });
  return timing;
}

/** One sample: ms for one run of the graph, hot. */
export async function takeHotSample(
  context: Context,
  run: ArmRun,
  phase: 'warm-up' | 'hot',
  round: number,
): Promise<Timing> {
  const { iterations, differenced } = run.plan as SamplePlan;
  if (!differenced) return scaled(await timeCall(context, run, iterations, phase, round), 1 / iterations);
  const doubleFirst = context.random.uniform() < 0.5;
  const first = await timeCall(context, run, doubleFirst ? 2 * iterations : iterations, phase, round);
  const second = await timeCall(context, run, doubleFirst ? iterations : 2 * iterations, phase, round);
  const [single, double] = doubleFirst ? [second, first] : [first, second];
  return {
    wallMs: (double.wallMs - single.wallMs) / iterations,
    ...(single.deviceMs === undefined || double.deviceMs === undefined
      ? {}
      : { deviceMs: (double.deviceMs - single.deviceMs) / iterations }),
  };
}

/** One sample with nothing of the model in the caches. */
export async function takeColdSample(context: Context, run: ArmRun, round: number): Promise<Timing> {
  await context.session.flushCaches(context.settings.flushBytes);
  return timeCall(context, run, 1, 'cold', round);
}

export function keep(samples: Samples, timing: Timing, round: number): void {
  samples.wall.push(timing.wallMs);
  if (timing.deviceMs !== undefined) samples.device.push(timing.deviceMs);
  samples.rounds.push(round);
}

function scaled({ wallMs, deviceMs }: Timing, factor: number): Timing {
  return { wallMs: wallMs * factor, ...(deviceMs === undefined ? {} : { deviceMs: deviceMs * factor }) };
}
