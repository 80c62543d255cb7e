import type { ArmComparison, Measurement } from '../../../core/measurement.js';
import { copyFloor, copyInterval } from '../../../core/statistics/copies.js';
import { verdictsOf } from '../../../core/statistics/verdict.js';
import { type Arm, nameOf } from '../arm.js';
import type { Bench } from '../bench.js';
import { type CarryOver, carriedBias } from '../disturbances/carry-over.js';
import { competingBias } from '../disturbances/competing-load.js';
import { ratiosOf } from './estimate.js';
import type { Reducer } from './reduce.js';

export type Comparisons = Pick<Measurement, 'comparisons' | 'control'>;

/** What bends ratios; verdicts on those that are no larger are withheld. */
export interface Disturbances {
  readonly carryOver: CarryOver;
  readonly waitingShare?: number | undefined;
}

/** Ratios of arms with their verdicts, and how far copies of one arm stand apart, which bounds them. */
export function compareArms(
  bench: Bench,
  reducer: Reducer,
  arms: readonly Arm[],
  { carryOver, waitingShare }: Disturbances,
): Comparisons {
  const { settings } = bench;
  const { confidence, tolerance, precision } = settings;
  const { ratios, pooled } = ratiosOf(reducer, arms, settings.sustained);
  const copies = Math.max(0, ...ratios.map(({ ratio }) => ratio.copies));
  const floor = copyFloor(pooled, copies, confidence);
  const verdicts = verdictsOf(
    ratios.map(({ ratio }) => ratio),
    { tolerance, floor },
  );
  const comparisons = ratios.flatMap(({ arm, baseline, ratio }, i): ArmComparison[] => {
    const found = verdicts[i];
    if (found === undefined || !Number.isFinite(ratio.mean)) return [];
    const names = [nameOf(arm), nameOf(baseline)] as const;
    const carried = carriedBias(carryOver, ...names, precision);
    const bias = Math.max(carried, competingBias(bench, waitingShare));
    const withheld = Math.abs(ratio.mean) <= bias;
    const bounds = copyInterval(ratio, confidence);
    return [
      {
        name: names[0],
        baseline: names[1],
        ratio: Math.exp(ratio.mean),
        ...(bounds === undefined ? {} : { low: Math.exp(bounds.low), high: Math.exp(bounds.high) }),
        ...found,
        ...(withheld ? { verdict: 'inconclusive' as const } : {}),
        ...(withheld && bias === carried ? { withheldFor: 'carry-over' as const } : {}),
        confidence,
        copies: ratio.copies,
        rounds: new Set(arm.hot.map(({ round }) => round)).size,
      },
    ];
  });
  if (!Number.isFinite(floor)) return { comparisons };
  const { deviation } = pooled;
  return { comparisons, control: { floor: Math.exp(floor), deviation, copies, confidence } };
}
