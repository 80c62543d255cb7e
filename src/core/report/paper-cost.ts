import type { AnalysisResult } from '../analysis/result.js';
import { significant } from './number-format.js';

/** Convolutions with less than this share of the multiply-adds are not what a model's memory access hangs on. */
const LEAST_SHARE = 0.5;

/** Share of a model's multiply-adds that convolutions do; 1 where there are none at all. */
function convolutionShare({ layers, totals }: AnalysisResult): number {
  if (totals.madds === 0) return 1;
  const convolutions = layers.reduce((sum, { kind, madds }) => sum + (kind === 'convolution' ? madds : 0), 0);
  return convolutions / totals.madds;
}

/**
 * Why `MAC (paper)`, which counts convolutions alone, says nothing of which model is better: one of them does most of
 * its work in other layers. Undefined where it may rank them.
 */
export function paperCostCaveat(analyses: readonly AnalysisResult[]): string | undefined {
  const [odd] = analyses.filter((analysis) => convolutionShare(analysis) < LEAST_SHARE);
  if (odd === undefined) return undefined;
  const share = significant(100 * convolutionShare(odd), 2);
  return `MAC (paper) counts convolutions alone, which do ${share} % of the multiply-adds of ${odd.model.name}: it ranks no model here.`;
}
