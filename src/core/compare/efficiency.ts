import type { AnalysisTotals } from '../analysis/result.js';
import type { Measurement } from '../measurement.js';

/** A model beside the one that it was timed against. Ratios are to that one. */
export interface EfficiencyPair {
  readonly name: string;
  readonly baseline: string;
  /** Multiply-adds a second, with its interval. */
  readonly efficiency: readonly [ratio: number, low: number, high: number];
  /** `open` where the difference does not exceed the tolerance and the A/A control. */
  readonly verdict: 'more' | 'less' | 'open';
  /** Memory access cost for each multiply-add: of all ops, and the paper's of convolutions alone. */
  readonly access: number;
  readonly paperAccess: number;
}

/** Computation efficiency (VoVNet, arXiv 1904.09730, section 2) of each timed pair, beside its memory access cost. */
export function efficiencyPairs(
  { comparisons, control, settings }: Measurement,
  totalsOf: (name: string) => AnalysisTotals | undefined,
): EfficiencyPair[] {
  const margin = 1 + Math.max(settings.tolerance, (control?.floor ?? 1) - 1);
  return comparisons.flatMap(({ name, baseline, ratio, low, high }) => {
    const [own, other] = [totalsOf(name), totalsOf(baseline)];
    if (own === undefined || other === undefined || own.madds === 0 || other.madds === 0) return [];
    const madds = own.madds / other.madds;
    // Without an interval nothing is claimed.
    const isSure = low !== undefined && high !== undefined;
    const efficiency = [madds / ratio, madds / (high ?? ratio), madds / (low ?? ratio)] as const;
    return {
      name,
      baseline,
      efficiency,
      verdict: isSure ? verdictOf(efficiency, margin) : 'open',
      access: own.memoryAccessCost / other.memoryAccessCost / madds,
      paperAccess: own.paperMemoryAccessCost / other.paperMemoryAccessCost / madds,
    };
  });
}

function verdictOf([, low, high]: EfficiencyPair['efficiency'], margin: number): EfficiencyPair['verdict'] {
  if (low > margin) return 'more';
  return high < 1 / margin ? 'less' : 'open';
}

/** In how many of the pairs that differ the one of lower memory access cost for each multiply-add is the more efficient. */
export function agreeingPairs(pairs: readonly EfficiencyPair[], access: (pair: EfficiencyPair) => number): number {
  return pairs.filter((pair) => pair.verdict !== 'open' && (pair.verdict === 'more') === access(pair) < 1).length;
}
