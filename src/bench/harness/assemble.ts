import {
  type ArmMeasurement,
  type Distribution,
  type FailureKind,
  MEASUREMENT_SCHEMA,
  type Measurement,
} from '../../core/measurement.js';
import { ARCHMETER_VERSION } from '../../core/version.js';
import { warningsOf } from '../warnings.js';
import type { ArmRun, Clock } from './arm-run.js';
import { MINIMUM_QUANTA } from './clock.js';
import { compareArms } from './comparisons.js';
import { type Context, elapsedSeconds } from './context.js';
import { derivedFigures } from './derived.js';
import { distributionOf } from './estimate.js';
import { reduceCold, reduceHot } from './reduce.js';

/** Samples taken before such a failure are as good as any; after the others they mean nothing. */
const KEEPS_SAMPLES: ReadonlySet<FailureKind> = new Set(['device-lost', 'device-error', 'runtime-error', 'no-answer']);

/** The measurement as it stands, finished or not. */
export function assemble(context: Context): Measurement {
  const { session, settings } = context;
  const measurement: Measurement = {
    schema: MEASUREMENT_SCHEMA,
    archmeter: ARCHMETER_VERSION,
    startedAt: context.startedAt,
    command: settings.command,
    runtime: session.runtime,
    device: session.device,
    dtype: settings.dtype,
    settings: {
      clock: context.clock,
      clockQuantumMs: context.quantumMs[context.clock],
      precision: settings.precision,
      tolerance: settings.tolerance,
      timeBudgetSeconds: settings.timeBudgetSeconds,
      seed: settings.seed,
      stoppedBy: context.stoppedBy ?? 'interrupt',
      rounds: context.rounds,
      coldRounds: context.coldRounds,
      confidence: settings.confidence,
      ...(settings.cold ? { flushBytes: settings.flushBytes } : {}),
      ...(settings.peak === undefined ? {} : { peak: settings.peak }),
      elapsedSeconds: elapsedSeconds(context),
    },
    arms: context.runs.filter(({ isControl }) => !isControl).map((run) => armMeasurement(context, run)),
    ...compareArms(context),
    environment: context.environment,
    warnings: [],
  };
  return { ...measurement, warnings: [...warningsOf(measurement), ...context.warnings] };
}

function armMeasurement(context: Context, run: ArmRun): ArmMeasurement {
  const { settings } = context;
  const { arm, counts, failure, plan } = run;
  const hot = reduceHot(context, run, context.clock);
  const usable = failure === undefined || KEEPS_SAMPLES.has(failure.kind);
  const wall = usable ? timesOf(context, run, 'wall') : undefined;
  const device = usable ? timesOf(context, run, 'device') : undefined;
  const medianMs = (context.clock === 'device' ? device : wall)?.hot.medianMs;
  const message = failure?.message ?? noteOf(run);
  return {
    name: arm.name,
    batch: arm.batch,
    status: failure !== undefined ? 'failed' : run.complete ? 'ok' : 'partial',
    ...(message === undefined ? {} : { message }),
    ...(failure === undefined ? {} : { failure: failure.kind }),
    ...counts,
    ...(wall === undefined ? {} : { wall }),
    ...(device === undefined ? {} : { device }),
    ...(run.checkBefore === undefined || run.checkAfter === undefined
      ? {}
      : {
          check: {
            before: run.checkBefore,
            after: run.checkAfter,
            tolerance: run.checkTolerance ?? settings.checkTolerance,
            ...(run.checkedAgainst === undefined ? {} : { against: run.checkedAgainst }),
          },
        }),
    ...(run.source === undefined ? {} : { source: run.source }),
    ...(run.rebuiltBecause === undefined ? {} : { rebuiltBecause: run.rebuiltBecause }),
    ...(failure === undefined && medianMs !== undefined
      ? derivedFigures(medianMs, arm.batch, counts, settings.peak)
      : {}),
    energy: run.energy ?? { status: 'unavailable', reason: 'timing ended before energy was measured' },
    ...(run.layers === undefined ? {} : { layers: run.layers }),
    ...(run.layersUnavailable === undefined ? {} : { layersUnavailable: run.layersUnavailable }),
    ...(plan === undefined
      ? {}
      : {
          method: {
            iterations: plan.iterations,
            reduction: hot.reduction,
            overheadMs: hot.overheadMs,
            warmUpSamples: run.warmUp.length,
            warmUpFlat: run.warmUpFlat,
          },
        }),
    raw: run.raw,
  };
}

function noteOf({ complete, unchecked }: ArmRun): string | undefined {
  if (!complete) return 'timing ended before this arm was finished';
  return unchecked === undefined ? undefined : `outputs were not compared with the reference: ${unchecked}`;
}

function timesOf(context: Context, run: ArmRun, clock: Clock): { hot: Distribution; cold?: Distribution } | undefined {
  if (run.hot.length === 0 || (clock === 'device' && !context.session.hasDeviceClock)) return undefined;
  // A single run cannot be batched: where it is too short for the clock there is no cold time.
  const cold = reduceCold(context, run, clock);
  const shown = cold.length > 0 && cold.every((time) => time >= MINIMUM_QUANTA * context.quantumMs[clock]);
  return {
    hot: distributionOf(reduceHot(context, run, clock).timesMs, context.settings),
    ...(shown ? { cold: distributionOf(cold, context.settings) } : {}),
  };
}
