import type { ArmMeasurement, Distribution, LayerTiming, Measurement, TraceFacts } from '../../measurement.js';

/** Where an iteration of a profile goes; all times are medians over iterations. */
export interface IterationTimes {
  readonly time: Distribution;
  readonly layersMs: number;
  /** Work of no layer, longest first: copies, layout conversions, optimizer, communication. */
  readonly others: readonly LayerTiming[];
  readonly othersMs: number;
  readonly overlapMs: number;
  /** When anything ran. */
  readonly busyMs: number;
  /** Gaps between pieces of work: nothing ran. */
  readonly idleMs: number;
  readonly hostMs: number | undefined;
  readonly facts: TraceFacts;
}

/** Undefined for what was no profile. */
export function iterationTimes(
  arm: ArmMeasurement,
  { settings }: Pick<Measurement, 'settings'>,
): IterationTimes | undefined {
  const time = arm[settings.clock]?.hot;
  const { trace: facts, layers } = arm;
  if (facts === undefined || time === undefined || layers === undefined) return undefined;
  const others = layers.timings.filter(({ unjoined }) => unjoined === true).sort((a, b) => b.latencyMs - a.latencyMs);
  const sum = (timings: readonly LayerTiming[]) => timings.reduce((total, { latencyMs }) => total + latencyMs, 0);
  const [all, othersMs] = [sum(layers.timings), sum(others)];
  return {
    time,
    layersMs: all - othersMs,
    others,
    othersMs,
    overlapMs: facts.overlapMs,
    busyMs: all - facts.overlapMs,
    idleMs: facts.idleMs,
    hostMs: facts.hostMs,
    facts,
  };
}
