import { type Device, unverifiedFields } from '../analysis/devices/index.js';
import { ArchmeterError } from '../errors.js';
import { type ArmMeasurement, type Distribution, MEASUREMENT_SCHEMA, type Measurement } from '../measurement.js';
import { medianInterval } from '../statistics/median-interval.js';
import { median, quantile } from '../statistics/quantile.js';
import { ARCHMETER_VERSION } from '../version.js';
import { BOUND_FIELDS } from './bounds.js';
import type { Profile } from './profile.js';
import { layerTimings } from './timings.js';

/**
 * A profile as a measurement, which compare, check, reports and fits read like one of our own.
 *
 * @param device that the trace was made on, where it is known: layers are held against its data sheet
 */
export function measurementOf(profile: Profile, name: string, command: string, device?: Device): Measurement {
  const { trace, dtype } = profile;
  const spans = trace.iterations.map(({ spanMs }) => spanMs);
  if (spans.length === 0)
    throw new ArchmeterError('the trace holds no iteration', 'Record whole runs of the model.', { file: trace.file });
  const time = distributionOf(spans);
  const elapsed = spans.reduce((sum, span) => sum + span, 0) / 1000;
  return {
    schema: MEASUREMENT_SCHEMA,
    archmeter: ARCHMETER_VERSION,
    startedAt: trace.startedAt ?? 'unknown',
    command,
    runtime: { name: trace.format, details: { clock: trace.clockSource, ...trace.software } },
    device: trace.device,
    dtype,
    settings: {
      clock: trace.clock,
      clockQuantumMs: trace.clockQuantumMs,
      precision: halfWidth(time),
      tolerance: 0.05,
      timeBudgetSeconds: Math.max(elapsed, 1e-9),
      seed: 0,
      stoppedBy: 'end-of-trace',
      rounds: spans.length,
      confidence: time.confidence,
      elapsedSeconds: elapsed,
    },
    arms: [armOf(profile, name, time, device)],
    comparisons: [],
    environment: {},
    warnings: [
      ...(spans.length < 6
        ? [
            {
              id: 'few-iterations',
              text: `The trace holds ${spans.length === 1 ? 'one iteration' : `${spans.length} iterations`}: ${spans.length === 1 ? 'no spread is known' : 'too few for an interval'}.`,
              arm: name,
            },
          ]
        : []),
      ...trace.notes.map((text) => ({ id: 'trace', text, arm: name })),
    ],
  };
}

function armOf(profile: Profile, name: string, time: Distribution, device: Device | undefined): ArmMeasurement {
  const { trace, analysis, rows, joinedTo, joinedFraction } = profile;
  const { iterations, attributedMs, totalMs, leftOutMs } = trace;
  const { totals, options } = analysis;
  const hosts = iterations.flatMap(({ hostMs }) => hostMs ?? []);
  const seconds = time.medianMs / 1000;
  const sum = rows.reduce((total, { latencyMs }) => total + latencyMs, 0);
  const batch = Math.max(1, options.batch);
  return {
    name,
    batch,
    status: 'ok',
    madds: totals.madds,
    flops: totals.flops,
    fusedBytes: totals.fused.readBytes + totals.fused.writeBytes,
    [trace.clock]: { hot: time },
    ...(joinedTo === 'model' && seconds > 0
      ? {
          imagesPerSecond: batch / seconds,
          maddsPerSecond: totals.madds / seconds,
          flopsPerSecond: totals.flops / seconds,
        }
      : {}),
    energy: { status: 'unavailable', reason: 'a trace holds no energy' },
    layers: {
      timings: layerTimings(profile, device, CONFIDENCE),
      unexplainedFraction: time.medianMs === 0 ? 0 : (time.medianMs - sum) / time.medianMs,
    },
    trace: {
      idleMs: median(iterations.map(({ idleMs }) => idleMs)),
      overlapMs: median(iterations.map(({ overlapMs }) => overlapMs)),
      ...(hosts.length === 0 ? {} : { hostMs: median(hosts) }),
      warmUpIterations: trace.warmUpIterations,
      ...(attributedMs === undefined || totalMs <= leftOutMs
        ? {}
        : { attributedFraction: Math.min(1, attributedMs / (totalMs - leftOutMs)) }),
      joinedFraction: Math.min(1, joinedFraction),
      joinedTo,
      ...(device === undefined
        ? {}
        : { boundsOf: { id: device.id, name: device.name, unverified: unverifiedFields(device, BOUND_FIELDS) } }),
    },
  };
}

/** Of the interval, as a fraction; 1 where there is none. */
function halfWidth({ lowMs, highMs, medianMs }: Distribution): number {
  if (lowMs === undefined || highMs === undefined) return 1;
  return Math.max(1e-9, (highMs - lowMs) / 2 / medianMs);
}

const CONFIDENCE = 0.95;

export function distributionOf(samplesMs: readonly number[]): Distribution {
  const known = medianInterval(samplesMs, CONFIDENCE);
  const at = (probability: number) => quantile(samplesMs, probability);
  return {
    medianMs: median(samplesMs),
    ...(known === undefined ? {} : { lowMs: known.low, highMs: known.high }),
    confidence: CONFIDENCE,
    p5Ms: at(0.05),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    samplesMs,
  };
}
