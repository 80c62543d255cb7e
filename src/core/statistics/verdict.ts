import { holmAdjusted } from './holm.js';
import type { PairedRatio } from './paired-ratio.js';

export type Verdict = 'faster' | 'slower' | 'equivalent' | 'inconclusive';

const DIFFERENCE_LEVEL = 0.01;

export interface VerdictOptions {
  /** Smallest ratio that matters, as a fraction: 0.01 is 1 %. */
  readonly tolerance: number;
  /** Largest |log ratio| at which two copies of one arm may stand; Infinity where it is not known. */
  readonly floor: number;
  /** Chance of calling a difference where none beyond the margin is. Default 0.01. */
  readonly differenceLevel?: number;
  /** Chance of calling arms equivalent that differ by the tolerance. Default 0.05. */
  readonly equivalenceLevel?: number;
}

export interface PairedVerdict {
  readonly verdict: Verdict;
  /** Of the hypothesis that the ratio lies within the margin, Holm-corrected. */
  readonly pValue: number;
  /** Of the hypothesis that it lies outside the tolerance (the larger of the two one-sided tests), Holm-corrected. */
  readonly equivalencePValue: number;
}

/**
 * Verdicts on several paired ratios. `faster` and `slower` reject that the ratio lies within the margin, the larger of
 * tolerance and floor: a minimum-effect test (Murphy and Myors 1999). `equivalent` is two one-sided tests against the
 * tolerance (Schuirmann 1987). Either family is corrected by Holm (1979); what neither rejects is `inconclusive`.
 */
export function verdictsOf(ratios: readonly PairedRatio[], options: VerdictOptions): PairedVerdict[] {
  const { tolerance, floor, differenceLevel = DIFFERENCE_LEVEL, equivalenceLevel = 0.05 } = options;
  const bound = Math.log1p(tolerance);
  const margin = Math.max(bound, floor);
  const differences = holmAdjusted(
    ratios.map((ratio) => Math.min(1, 2 * Math.min(shareAbove(ratio, -margin), shareBelow(ratio, margin)))),
  );
  const equivalences = holmAdjusted(
    ratios.map((ratio) => Math.max(shareAbove(ratio, bound), shareBelow(ratio, -bound))),
  );
  return ratios.map((ratio, i) => {
    const pValue = differences[i] as number;
    const equivalencePValue = equivalences[i] as number;
    let verdict: Verdict = 'inconclusive';
    if (pValue <= differenceLevel && Math.abs(ratio.logRatio) > margin)
      verdict = ratio.logRatio < 0 ? 'faster' : 'slower';
    else if (equivalencePValue <= equivalenceLevel && floor <= bound) verdict = 'equivalent';
    return { verdict, pValue, equivalencePValue };
  });
}

/**
 * Independent rounds below which none of `comparisons` can be called different, however large the difference: the
 * sign test at its extreme, two-sided, corrected for their number.
 */
export function roundsForVerdict(comparisons: number, differenceLevel = DIFFERENCE_LEVEL): number {
  return Math.log2((2 * Math.max(1, comparisons)) / differenceLevel);
}

/** Largest |log ratio| within the interval of a control whose true ratio is 1. */
export function controlFloor(low: number, high: number): number {
  const floor = Math.max(Math.abs(Math.log(low)), Math.abs(Math.log(high)));
  return Number.isFinite(floor) ? floor : Number.POSITIVE_INFINITY;
}

// No test on n rounds is surer than the sign test at its extreme, 2^-n one-sided.
function atLeast(share: number, ratio: PairedRatio): number {
  return Math.max(share, 2 ** -ratio.independentRounds);
}

function shareAbove(ratio: PairedRatio, limit: number): number {
  const { replicates } = ratio;
  let count = 0;
  for (let i = replicates.length - 1; i >= 0 && !((replicates[i] as number) < limit); i--) count++;
  return atLeast((count + 1) / (replicates.length + 1), ratio);
}

function shareBelow(ratio: PairedRatio, limit: number): number {
  const { replicates } = ratio;
  let count = 0;
  for (let i = 0; i < replicates.length && !((replicates[i] as number) > limit); i++) count++;
  return atLeast((count + 1) / (replicates.length + 1), ratio);
}
