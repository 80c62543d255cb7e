import { analyze } from '../../core/analysis/analyze.js';
import { calibrateEnergy, type EnergyObservation, type EnergyProfile } from '../../core/analysis/energy/index.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Measurement } from '../../core/measurement.js';
import type { Microbenchmark } from './microbenchmarks.js';

/** Three constants, and as many runs again to judge them by. */
const LEAST_OBSERVATIONS = 6;

/**
 * Microbenchmarks whose energy is measured: each takes the meter several seconds, so a few, chosen for their contrast.
 * Power tells the constants apart: of kernels that compute, of kernels that move bytes, and of kernels that only start,
 * several each, since static power is most of what all of them draw.
 */
const WORKLOADS: readonly string[] = [
  'conv 3x3 64->64 at 56',
  'conv 3x3 128->128 at 28',
  'conv 3x3 256->256 at 14',
  'conv 3x3 512->512 at 7',
  'pointwiseConv 1x1 64->128 at 56',
  'pointwiseConv 1x1 1024->256 at 14',
  'depthwiseConv 3x3 256->256 at 56 in 256 groups',
  'depthwiseConv 3x3 1024->1024 at 14 in 1024 groups',
  'linear 2048',
  'elementwise add at 112',
  'activation relu at 112',
  'concat at 112',
  'batchNorm at 56',
  'launch 1 kernels',
  'launch 8 kernels',
  'launch 32 kernels',
];

export function energyWorkloads(benchmarks: readonly Microbenchmark[]): Microbenchmark[] {
  return benchmarks.filter(({ name }) => WORKLOADS.includes(name));
}

/**
 * Constants of energy from microbenchmarks timed under a power meter, idle power included: what the device draws at rest
 * becomes part of the static power. Each workload is held out once.
 *
 * @throws ArchmeterError where the meter told the energy of too few
 */
export function calibrateEnergyFrom(measurement: Measurement, benchmarks: readonly Microbenchmark[]): EnergyProfile {
  const { execution = 'fused' } = measurement.runtime;
  const reasons = new Set<string>();
  const meters = new Set<string>();
  const observations = benchmarks.flatMap((one): EnergyObservation[] => {
    const arm = measurement.arms.find(({ name }) => name === one.name);
    if (arm?.energy.status !== 'measured' || arm.energy.runMs === undefined) {
      reasons.add(arm?.energy.status === 'unavailable' ? arm.energy.reason : (arm?.message ?? 'it was not timed'));
      return [];
    }
    meters.add(arm.energy.method ?? arm.energy.meter);
    const { flops, readBytes, writeBytes } = analyze(one.counted, { execution, dtype: 'float32' }).totals;
    const joules = arm.energy.grossEnergyJoules * arm.batch;
    return [{ model: one.name, flops, bytes: readBytes + writeBytes, seconds: arm.energy.runMs / 1e3, joules }];
  });
  if (observations.length < LEAST_OBSERVATIONS) {
    throw new ArchmeterError(
      `the energy of only ${observations.length} of ${benchmarks.length} microbenchmarks could be measured (${[...reasons].join('; ')})`,
      "Name a meter that sees this device with --meter ('archmeter devices'), or leave --meter out.",
    );
  }
  return calibrateEnergy(observations, {
    device: measurement.device.name,
    runtime: measurement.runtime.name,
    execution,
    precision: 'float32',
    source: `archmeter calibrate, ${observations.length} microbenchmarks on ${measurement.runtime.name}, ${measurement.startedAt}; meter: ${[...meters].join(', ')}`,
  });
}
