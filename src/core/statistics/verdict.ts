import type { CopyMean } from './copies.js';
import { holmAdjusted } from './holm.js';
import { studentTail } from './student-t.js';

export type Verdict = 'faster' | 'slower' | 'equivalent' | 'inconclusive';

const DIFFERENCE_LEVEL = 0.01;

export interface VerdictOptions {
  /** Smallest ratio that matters, as a fraction: 0.01 is 1 %. */
  readonly tolerance: number;
  /** Largest |log ratio| at which copies of one arm may stand; Infinity where it is not known. */
  readonly floor: number;
  /** Chance of calling a difference where none beyond the margin is. Default 0.01. */
  readonly differenceLevel?: number;
  /** Chance of calling arms equivalent that differ by the tolerance. Default 0.05. */
  readonly equivalenceLevel?: number;
}

export interface RatioVerdict {
  readonly verdict: Verdict;
  /** Of the hypothesis that the ratio lies within the margin, Holm-corrected. */
  readonly pValue: number;
  /** Of the hypothesis that it lies outside the tolerance (the larger of the two one-sided tests), Holm-corrected. */
  readonly equivalencePValue: number;
}

/** A log ratio with its error, as far as a test needs them. */
export type LogRatio = Pick<CopyMean, 'mean' | 'standardError' | 'degreesOfFreedom'>;

/**
 * Verdicts on several log ratios, by Student's distribution over copies: its tail has no floor, so that a large
 * difference is found among any number of comparisons. `faster` and `slower` reject that the ratio lies within the
 * margin, the larger of tolerance and floor: a minimum-effect test (Murphy and Myors 1999). `equivalent` is two
 * one-sided tests against the tolerance (Schuirmann 1987). Either family is corrected by Holm (1979); what neither
 * rejects is `inconclusive`.
 */
export function verdictsOf(ratios: readonly LogRatio[], options: VerdictOptions): RatioVerdict[] {
  const { tolerance, floor, differenceLevel = DIFFERENCE_LEVEL, equivalenceLevel = 0.05 } = options;
  const bound = Math.log1p(tolerance);
  const margin = Math.max(bound, floor);
  const differences = holmAdjusted(
    ratios.map((ratio) => Math.min(1, 2 * Math.min(chanceAbove(ratio, -margin), chanceBelow(ratio, margin)))),
  );
  const equivalences = holmAdjusted(
    ratios.map((ratio) => Math.max(chanceAbove(ratio, bound), chanceBelow(ratio, -bound))),
  );
  return ratios.map((ratio, i) => {
    const pValue = differences[i] as number;
    const equivalencePValue = equivalences[i] as number;
    let verdict: Verdict = 'inconclusive';
    if (pValue <= differenceLevel && Math.abs(ratio.mean) > margin) verdict = ratio.mean < 0 ? 'faster' : 'slower';
    else if (equivalencePValue <= equivalenceLevel && floor <= bound) verdict = 'equivalent';
    return { verdict, pValue, equivalencePValue };
  });
}

/** Chance of an estimate as low as this where the true log ratio is `limit` or more. */
function chanceAbove({ mean, standardError, degreesOfFreedom }: LogRatio, limit: number): number {
  if (degreesOfFreedom === 0 || !Number.isFinite(mean)) return 1;
  if (limit === Number.NEGATIVE_INFINITY) return 1;
  const distance = limit - mean;
  const t = distance === 0 ? 0 : distance / standardError;
  return studentTail(t, degreesOfFreedom);
}

function chanceBelow(ratio: LogRatio, limit: number): number {
  return chanceAbove({ ...ratio, mean: -ratio.mean }, -limit);
}
