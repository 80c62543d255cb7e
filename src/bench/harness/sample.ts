import type { Graph } from '../../core/ir/graph.js';
import { byteCount, elementCount } from '../../core/ir/tensor.js';
import type { RawSample } from '../../core/measurement.js';
import type { Timing } from '../define-runtime.js';
import type { ArmRun, SampleCalls, SamplePlan } from './arm-run.js';
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

/** The calls of one hot sample; which of N and 2N comes first is drawn. */
export async function takeHotSample(
  context: Context,
  run: ArmRun,
  phase: 'warm-up' | 'hot',
  round: number,
): Promise<SampleCalls> {
  const { iterations, paired } = run.plan as SamplePlan;
  const call = (times: number): Promise<Timing> => timeCall(context, run, times * iterations, phase, round);
  if (!paired) return { round, single: await call(1) };
  if (context.random.uniform() < 0.5) {
    const double = await call(2);
    return { round, single: await call(1), double };
  }
  const single = await call(1);
  return { round, single, double: await call(2) };
}

/** Rate at which caches fill, below what any device reaches, in bytes per ms. */
const REFILL_RATE = { gpu: 2e8, other: 1e7 };

/**
 * Runs the model once, untimed, after another arm had the caches: unless refilling them with what a run reads without
 * having written it, its weights and inputs, is below the precision. A long run needs none.
 */
export async function preheat(context: Context, run: ArmRun): Promise<void> {
  const { session, settings } = context;
  const last = run.warmUp[run.warmUp.length - 1];
  if (run.executable === undefined || last === undefined) return;
  const bytes = Math.min(settings.flushBytes / 2, givenBytes(run.arm.graph));
  const refillMs = bytes / (session.device.kind === 'gpu' ? REFILL_RATE.gpu : REFILL_RATE.other);
  if (refillMs > settings.precision * last) await run.executable.time(1);
}

/** Bytes of a graph's weights and inputs. */
function givenBytes({ values }: Graph): number {
  return values.reduce(
    (sum, value) => (value.kind === 'activation' ? sum : sum + byteCount(elementCount(value.shape), value.dtype)),
    0,
  );
}

/** A single run with nothing of the model in the caches. */
export async function takeColdSample(context: Context, run: ArmRun, round: number): Promise<SampleCalls> {
  await context.session.flushCaches(context.settings.flushBytes);
  return { round, single: await timeCall(context, run, 1, 'cold', round) };
}
