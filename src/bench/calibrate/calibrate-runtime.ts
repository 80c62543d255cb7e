import {
  CALIBRATION_SCHEMA,
  type Calibration,
  countKernels,
  fitLatency,
  type HeldOutTime,
  heldOutErrorOf,
  lowerKernels,
  namedParameters,
  type Observation,
  PROFILE_SCHEMA,
  reachedDevice,
  reachedRates,
  workloadSeconds,
} from '../../core/analysis/latency/index.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Measurement } from '../../core/measurement.js';
import type { Microbenchmark } from './microbenchmarks.js';

const FOLDS = 5;
const LEAST_OBSERVATIONS = 10;
/** Of a measured time, left to its kernels whatever a run without any takes. */
const LEAST_PART = 0.02;

/**
 * Fits the latency model to timed microbenchmarks. The device's rates are the best that any of them reached, so that
 * efficiencies are fractions of what the runtime does at all; held-out error is that of folds of microbenchmarks.
 */
export function calibrateFrom(measurement: Measurement, benchmarks: readonly Microbenchmark[]): Calibration {
  const { execution = 'fused' } = measurement.runtime;
  const timed: { one: Microbenchmark; seconds: number }[] = [];
  const failed: string[] = [];
  for (const one of benchmarks) {
    const arm = measurement.arms.find(({ name }) => name === one.name);
    const medianMs = arm?.[measurement.settings.clock]?.hot.medianMs;
    if (medianMs === undefined || !(medianMs > 0)) failed.push(one.name);
    else timed.push({ one, seconds: medianMs / 1e3 });
  }
  if (timed.length < LEAST_OBSERVATIONS) {
    throw new ArchmeterError(
      `only ${timed.length} of ${benchmarks.length} microbenchmarks could be timed`,
      'Give more time with --time-budget, or another runtime.',
    );
  }
  const runSeconds = emptyRunSeconds(timed);
  const lowered = timed.map(({ one, seconds: whole }) => ({
    one,
    seconds: Math.max(whole - runSeconds, LEAST_PART * whole),
    kernels: countKernels(lowerKernels(one.counted, { execution, precision: 'float32' })),
  }));
  const device = reachedDevice(
    measurement.device,
    reachedRates(lowered),
    `best rates that ${measurement.runtime.name} reached in microbenchmarks`,
  );
  const observations = lowered.map(({ kernels, seconds }): Observation => ({ kernels, seconds, batch: 1, device }));
  const fit = fitLatency(observations);
  const theta = fit.byDevice.get(device.id) as Float64Array;
  const errors: HeldOutTime[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const part = fitLatency(
      observations.filter((_, i) => i % FOLDS !== fold),
      fit,
    );
    const own = part.byDevice.get(device.id) as Float64Array;
    observations.forEach((observation, i) => {
      if (i % FOLDS !== fold) return;
      const estimated = workloadSeconds(observation, device, own);
      errors.push({ estimated, measured: observation.seconds });
    });
  }
  return {
    schema: CALIBRATION_SCHEMA,
    device,
    profile: {
      schema: PROFILE_SCHEMA,
      id: `${measurement.runtime.name}-${device.id}`,
      device: device.id,
      kind: device.kind,
      runtime: runtimeText(measurement),
      precision: 'float32',
      execution,
      source: `archmeter calibrate, ${timed.length} microbenchmarks, ${measurement.startedAt}`,
      batches: [1, 1],
      parameters: namedParameters(theta),
      runMilliseconds: Number((1e3 * runSeconds).toPrecision(4)),
      heldOut: heldOutErrorOf(errors, 'microbenchmarks, every fifth'),
    },
    observations: lowered.map(({ one, seconds, kernels }) => ({
      name: one.name,
      measuredMs: 1e3 * (seconds + runSeconds),
      estimatedMs: 1e3 * (workloadSeconds({ kernels, batch: 1 }, device, theta) + runSeconds),
    })),
    failed,
  };
}

/** Time of a run beyond its kernels: where a line through runs of few and of many equal kernels meets none. */
function emptyRunSeconds(timed: readonly { readonly one: Microbenchmark; readonly seconds: number }[]): number {
  const launches = timed
    .filter(({ one }) => one.kind === 'launch')
    .map(({ one, seconds }) => ({ count: one.counted.nodes.length, seconds }));
  const [few, many] = [launches[0], launches.at(-1)];
  if (few === undefined || many === undefined || few.count === many.count) return 0;
  const each = (many.seconds - few.seconds) / (many.count - few.count);
  return Math.max(0, few.seconds - few.count * Math.max(0, each));
}

function runtimeText({ runtime }: Measurement): string {
  const details = Object.entries(runtime.details).map(([name, value]) => `${name} ${value}`);
  return [runtime.name, ...details].join(', ');
}
