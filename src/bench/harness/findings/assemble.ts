import {
  type ArmMeasurement,
  type Distribution,
  type FailureKind,
  MEASUREMENT_SCHEMA,
  type Measurement,
} from '../../../core/measurement.js';
import { ARCHMETER_VERSION } from '../../../core/version.js';
import { warningsOf } from '../../warnings.js';
import type { Arm, Clock } from '../arm.js';
import type { Bench } from '../bench.js';
import { MINIMUM_QUANTA } from '../clock/clock.js';
import { type CarryOver, slowdowns } from '../disturbances/carry-over.js';
import { type DeviceLoad, type Environment, withAfter } from '../host.js';
import type { StopReason } from '../stages/stopping-rule.js';
import { compareArms } from './comparisons.js';
import { derivedFigures } from './derived.js';
import { distributionOf } from './estimate.js';
import { Reducer } from './reduce.js';

/** Samples taken before such a failure are as good as any; after the others they mean nothing. */
const KEEPS_SAMPLES: ReadonlySet<FailureKind> = new Set(['device-lost', 'device-error', 'runtime-error', 'no-answer']);

/** What stages have found beside the arms themselves. */
export interface Findings {
  readonly startedAt: string;
  readonly environment: Environment;
  readonly environmentAfter?: Environment;
  readonly rounds: number;
  readonly coldRounds: number;
  readonly copies: number;
  readonly carryOver: CarryOver;
  readonly load?: DeviceLoad | undefined;
  readonly waitingShare?: number | undefined;
  readonly stoppedBy: StopReason;
  readonly elapsedSeconds: number;
  readonly checkSeconds: number;
}

/** The measurement as it stands, finished or not. */
export function assemble(
  bench: Bench,
  arms: readonly Arm[],
  findings: Findings,
  warnings: Measurement['warnings'],
): Measurement {
  const { session, settings, clock, clocks } = bench;
  const { carryOver, environment, environmentAfter, load, waitingShare } = findings;
  const reducers = { wall: new Reducer(bench, arms, 'wall'), device: new Reducer(bench, arms, 'device') };
  const measurement: Measurement = {
    schema: MEASUREMENT_SCHEMA,
    archmeter: ARCHMETER_VERSION,
    startedAt: findings.startedAt,
    command: settings.command,
    runtime: session.runtime,
    device: session.device,
    dtype: settings.dtype,
    settings: {
      clock,
      clockQuantumMs: clocks.quantumMs(clock),
      precision: settings.precision,
      tolerance: settings.tolerance,
      timeBudgetSeconds: settings.timeBudgetSeconds,
      seed: settings.seed,
      stoppedBy: findings.stoppedBy,
      rounds: findings.rounds,
      coldRounds: findings.coldRounds,
      copies: findings.copies,
      confidence: settings.confidence,
      ...(settings.sustained ? { sustained: true } : {}),
      ...(carryOver.washoutMs > 0 ? { washoutMs: carryOver.washoutMs } : {}),
      ...(settings.cold ? { flushBytes: settings.flushBytes } : {}),
      ...(settings.peak === undefined ? {} : { peak: settings.peak }),
      elapsedSeconds: findings.elapsedSeconds,
      checkSeconds: findings.checkSeconds,
    },
    arms: arms.map((arm) => armMeasurement(bench, reducers, arm)),
    ...compareArms(bench, reducers[clock], arms, { carryOver, waitingShare }),
    ...(carryOver.visits.length === 0 ? {} : { carryOver: slowdowns(carryOver) }),
    environment: {
      ...(environmentAfter === undefined ? environment : withAfter(environment, environmentAfter)),
      ...(load === undefined ? {} : underLoad(load)),
      ...(waitingShare === undefined ? {} : { processorWaitingShare: waitingShare }),
    },
    warnings: [],
  };
  return { ...measurement, warnings: [...warningsOf(measurement), ...warnings] };
}

function armMeasurement(bench: Bench, reducers: Readonly<Record<Clock, Reducer>>, arm: Arm): ArmMeasurement {
  const { settings } = bench;
  const { spec, counts, failure, plan, check } = arm;
  const hot = reducers[bench.clock].hot(arm);
  const usable = failure === undefined || KEEPS_SAMPLES.has(failure.kind);
  const wall = usable ? timesOf(bench, reducers.wall, arm) : undefined;
  const device = usable ? timesOf(bench, reducers.device, arm) : undefined;
  const message = failure?.message ?? noteOf(arm);
  const { before, after, tolerance = settings.checkTolerance, against } = check;
  return {
    name: spec.name,
    batch: spec.batch,
    status: failure !== undefined ? 'failed' : arm.complete ? 'ok' : 'partial',
    ...(message === undefined ? {} : { message }),
    ...(failure === undefined ? {} : { failure: failure.kind }),
    ...counts,
    ...(wall === undefined ? {} : { wall }),
    ...(device === undefined ? {} : { device }),
    ...(before === undefined || after === undefined
      ? {}
      : { check: { before, after, tolerance, ...(against === undefined ? {} : { against }) } }),
    ...(arm.source === undefined ? {} : { source: arm.source }),
    ...(arm.rebuiltBecause === undefined ? {} : { rebuiltBecause: arm.rebuiltBecause }),
    ...(failure === undefined && wall !== undefined
      ? derivedFigures({ wallMs: wall.hot.medianMs, deviceMs: device?.hot.medianMs }, spec.batch, counts, settings.peak)
      : {}),
    energy: arm.energy ?? { status: 'unavailable', reason: 'timing ended before energy was measured' },
    ...(arm.layers === undefined ? {} : { layers: arm.layers }),
    ...(arm.layersUnavailable === undefined ? {} : { layersUnavailable: arm.layersUnavailable }),
    ...(plan === undefined
      ? {}
      : {
          method: {
            iterations: plan.iterations,
            reduction: hot.reduction,
            overheadMs: hot.overheadMs,
            warmUpSamples: arm.warmUp.length,
            warmUpFlat: arm.warmUpFlat,
            ...(arm.slowClockSamples > 0 ? { slowClockSamples: arm.slowClockSamples } : {}),
          },
        }),
    raw: arm.raw,
  };
}

function noteOf({ complete, check: { unchecked } }: Arm): string | undefined {
  if (!complete) return 'timing ended before this arm was finished';
  return unchecked === undefined ? undefined : `outputs were not compared with the reference: ${unchecked}`;
}

function timesOf(bench: Bench, reducer: Reducer, arm: Arm): { hot: Distribution; cold?: Distribution } | undefined {
  const { clock } = reducer;
  if (arm.hot.length === 0 || (clock === 'device' && !bench.session.hasDeviceClock)) return undefined;
  const { confidence } = bench.settings;
  // A single run cannot be batched: where it is too short for the clock there is no cold time.
  const cold = reducer.cold(arm);
  const shown = cold.length > 0 && cold.every((time) => time >= MINIMUM_QUANTA * bench.clocks.quantumMs(clock));
  return {
    hot: distributionOf(reducer.copies(arm), confidence),
    ...(shown ? { cold: distributionOf([cold], confidence) } : {}),
  };
}

/** The device under load: medians, extremes, and all that slowed it down at any moment. */
function underLoad({ states }: DeviceLoad): Environment {
  const clocks = states.flatMap(({ clockMhz }) => clockMhz ?? []);
  const watts = states.flatMap(({ powerWatts }) => powerWatts ?? []);
  const celsius = states.flatMap(({ temperatureCelsius }) => temperatureCelsius ?? []);
  const reasons = states.flatMap(({ throttle }) => (throttle === undefined ? [] : [throttle]));
  const throttled = reasons.filter((reason) => reason !== '');
  const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? null;
  return {
    gpuClockMhzUnderLoad: middle(clocks),
    gpuClockMhzLeastUnderLoad: clocks.length === 0 ? null : Math.min(...clocks),
    gpuPowerWattsUnderLoad: middle(watts),
    gpuTemperatureCelsiusMostUnderLoad: celsius.length === 0 ? null : Math.max(...celsius),
    gpuThrottleReasonsUnderLoad:
      reasons.length === 0
        ? null
        : [...new Set(throttled.flatMap((reason) => reason.split(', ')))].join(', ') || 'none',
    gpuThrottledShareUnderLoad: reasons.length === 0 ? null : throttled.length / reasons.length,
  };
}
