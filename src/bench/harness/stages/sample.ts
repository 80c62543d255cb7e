import type { Graph } from '../../../core/ir/graph.js';
import { byteCount, elementCount } from '../../../core/ir/tensor.js';
import type { RawSample } from '../../../core/measurement.js';
import type { Executable, Timing } from '../../define-runtime.js';
import type { Arm, Copy, SampleCalls, SamplePlan } from '../arm.js';
import type { Bench } from '../bench.js';
import { MeasurementFailure } from '../failure.js';

/** The arm as this copy runs it. Throws MeasurementFailure where it was not prepared. */
export function executableOf({ executables }: Copy, { spec }: Arm): Executable {
  const executable = executables.get(spec.name);
  if (executable === undefined) throw new MeasurementFailure('runtime-error', 'the model was not prepared');
  return executable;
}

/** Calls the runtime once and keeps the raw timing. */
export async function timeCall(
  { session, clocks }: Bench,
  copy: Copy,
  arm: Arm,
  iterations: number,
  phase: RawSample['phase'],
  round: number,
): Promise<Timing> {
  const timing = await executableOf(copy, arm).time(iterations);
  const { wallMs, deviceMs } = timing;
  if (!Number.isFinite(wallMs) || wallMs < 0)
    throw new MeasurementFailure('runtime-error', `the runtime gave a wall time of ${wallMs} ms`);
  if (session.hasDeviceClock && !(deviceMs !== undefined && Number.isFinite(deviceMs) && deviceMs >= 0))
    throw new MeasurementFailure('device-error', `the device clock gave ${deviceMs ?? 'no time'}`);
  arm.raw.push({ phase, copy: copy.index, round, iterations, wallMs, ...(deviceMs === undefined ? {} : { deviceMs }) });
  if (phase === 'warm-up') clocks.learn([timing]);
  return timing;
}

/** The calls of one hot sample; which of N and 2N comes first is drawn. */
export async function takeHotSample(
  bench: Bench,
  copy: Copy,
  arm: Arm,
  phase: 'warm-up' | 'hot',
  round: number,
): Promise<SampleCalls> {
  const { iterations, paired } = arm.plan as SamplePlan;
  const call = (times: number): Promise<Timing> => timeCall(bench, copy, arm, times * iterations, phase, round);
  const fromMs = bench.time.epochMs();
  const sample = async (): Promise<Pick<SampleCalls, 'single' | 'double'>> => {
    if (!paired) return { single: await call(1) };
    if (bench.random.uniform() < 0.5) {
      const double = await call(2);
      return { single: await call(1), double };
    }
    const single = await call(1);
    return { single, double: await call(2) };
  };
  return { copy: copy.index, round, ...(await sample()), fromMs, toMs: bench.time.epochMs() };
}

/** Where a clock stands still. */
const MOST_WASHOUT_CALLS = 1000;

/** Rate at which caches fill, below what any device reaches, in bytes per ms. */
const REFILL_RATE = { gpu: 2e8, other: 1e7 };

/**
 * Runs the model untimed after another arm had the device: for `washoutMs` where one arm's work was found to slow the
 * next; else once, unless refilling the caches with what a run reads without having written it, its weights and inputs,
 * takes less than the precision.
 */
export async function preheat(bench: Bench, copy: Copy, arm: Arm, washoutMs: number): Promise<void> {
  const { session, settings, time } = bench;
  const executable = executableOf(copy, arm);
  if (washoutMs > 0) {
    const { iterations } = arm.plan as SamplePlan;
    const began = time.now();
    for (let i = 0; i < MOST_WASHOUT_CALLS && time.now() - began < washoutMs; i++) await executable.time(iterations);
    return;
  }
  const last = arm.warmUp[arm.warmUp.length - 1];
  if (last === undefined) return;
  const bytes = Math.min(settings.flushBytes / 2, givenBytes(arm.spec.graph));
  const refillMs = bytes / (session.device.kind === 'gpu' ? REFILL_RATE.gpu : REFILL_RATE.other);
  if (refillMs > settings.precision * last) await executable.time(1);
}

/** Bytes of a graph's weights and inputs. */
function givenBytes({ values }: Graph): number {
  return values.reduce(
    (sum, value) => (value.kind === 'activation' ? sum : sum + byteCount(elementCount(value.shape), value.dtype)),
    0,
  );
}

/** A single run with nothing of the model in the caches. */
export async function takeColdSample(bench: Bench, copy: Copy, arm: Arm, round: number): Promise<SampleCalls> {
  await bench.session.flushCaches(bench.settings.flushBytes);
  const fromMs = bench.time.epochMs();
  const single = await timeCall(bench, copy, arm, 1, 'cold', round);
  return { copy: copy.index, round, single, fromMs, toMs: bench.time.epochMs() };
}
