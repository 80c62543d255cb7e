import type { ArmComparison, Measurement } from '../../core/measurement.js';
import { ratioInterval } from '../../core/statistics/paired-ratio.js';
import { controlFloor, verdictsOf } from '../../core/statistics/verdict.js';
import type { ArmRun } from './arm-run.js';
import { alive, type Context } from './context.js';
import { ratioOf } from './estimate.js';
import { reduceHot } from './reduce.js';

/** Arms with their baselines, the control with the first arm among them. Failed arms are left out. */
export function comparisonPairs(context: Context): (readonly [arm: ArmRun, baseline: ArmRun])[] {
  const first = context.runs[0];
  const usable = alive(context).filter(({ hot }) => hot.length > 0);
  return usable.flatMap((run) => {
    const name = run.arm.baseline;
    const baseline = run.isControl || name === undefined ? first : context.runs.find(({ arm }) => arm.name === name);
    return baseline === undefined || baseline === run || !usable.includes(baseline) ? [] : [[run, baseline] as const];
  });
}

export type Comparisons = Pick<Measurement, 'comparisons' | 'control'>;

/** Paired ratios with their verdicts, and the A/A control that bounds them. */
export function compareArms(context: Context): Comparisons {
  const { settings } = context;
  const pairs = comparisonPairs(context).map(([arm, baseline]) => {
    const paired = ratioOf(context, arm, baseline, settings);
    return { arm, baseline, paired, ...ratioInterval(paired, settings.confidence) };
  });
  const controlPair = pairs.find(({ arm }) => arm.isControl);
  const floor = controlPair === undefined ? Number.POSITIVE_INFINITY : controlFloor(controlPair.low, controlPair.high);
  const compared = pairs.filter(({ arm }) => !arm.isControl);
  const verdicts = verdictsOf(
    compared.map(({ paired }) => paired),
    { tolerance: settings.tolerance, floor },
  );
  const comparisons = compared.flatMap(({ arm, baseline, estimate, low, high, paired }, i): ArmComparison[] => {
    const verdict = verdicts[i];
    if (verdict === undefined || ![estimate, low, high].every(Number.isFinite)) return [];
    return [
      {
        name: arm.arm.name,
        baseline: baseline.arm.name,
        ratio: estimate,
        low,
        high,
        ...verdict,
        confidence: settings.confidence,
        rounds: paired.rounds,
      },
    ];
  });
  return { comparisons, ...controlOf(context, controlPair, floor) };
}

function controlOf(
  context: Context,
  pair: { estimate: number; low: number; high: number; arm: ArmRun } | undefined,
  floor: number,
): Pick<Comparisons, 'control'> {
  if (pair === undefined || !Number.isFinite(floor)) return {};
  const { estimate: ratio, low, high, arm } = pair;
  const { confidence } = context.settings;
  const { timesMs: samplesMs } = reduceHot(context, arm, context.clock);
  return { control: { ratio, low, high, floor: Math.exp(floor), confidence, samplesMs } };
}
