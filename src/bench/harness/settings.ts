import { ArchmeterError } from '../../core/errors.js';
import type { RuntimeSession } from '../define-runtime.js';
import type { Environment, Host } from './host.js';
import type { BenchmarkArm, BenchmarkOptions, Settings } from './options.js';
import { CHECK_TOLERANCE } from './stages/check.js';

/** Options with their defaults. Throws ArchmeterError on those that make no sense. */
export function settingsOf(
  session: RuntimeSession,
  options: BenchmarkOptions,
  host: Host,
  environment: Environment,
): Settings {
  const dtype = options.dtype ?? 'float32';
  const peak = options.peak ?? host.peak?.(session.device, environment, dtype);
  const settings: Settings = {
    command: '',
    dtype,
    precision: 0.005,
    tolerance: 0.01,
    timeBudgetSeconds: 60,
    seed: 1,
    confidence: 0.95,
    cold: true,
    sustained: false,
    perLayer: false,
    checkTolerance: CHECK_TOLERANCE[dtype] ?? 1e-3,
    flushBytes: options.flushBytes ?? host.flushBytes(session.device),
    minimumSampleMs: 10,
    minimumRounds: 16,
    copies: 8,
    callLimitSeconds: Math.max(300, 2 * (options.timeBudgetSeconds ?? 0)),
    ...options,
    ...(peak === undefined ? {} : { peak }),
  };
  const positive = ['precision', 'tolerance', 'timeBudgetSeconds', 'minimumSampleMs', 'copies'] as const;
  for (const name of positive) {
    if (settings[name] > 0) continue;
    throw new ArchmeterError(`${name} is ${settings[name]}`, 'Give a number above 0.');
  }
  return settings;
}

export function refuseBadArms(arms: readonly BenchmarkArm[]): void {
  if (arms.length === 0) throw new ArchmeterError('there is nothing to time', 'Name at least one model.');
  const names = new Set<string>();
  for (const { name, batch } of arms) {
    if (names.has(name)) throw new ArchmeterError(`two arms are called '${name}'`, 'Give each its own name.');
    names.add(name);
    if (!Number.isInteger(batch) || batch < 1)
      throw new ArchmeterError(`the batch of '${name}' is ${batch}`, 'Give a whole number of at least 1.');
  }
  for (const { name, baseline } of arms) {
    if (baseline === undefined || names.has(baseline)) continue;
    throw new ArchmeterError(`'${name}' is compared with '${baseline}', which is not timed`);
  }
}
