import type { MetricId } from '../units.js';

/**
 * Outcome of one comparison in the gate. `not-comparable` and `inconclusive` concern measured metrics alone and pass
 * unless asked otherwise.
 */
export type GateVerdict = 'pass' | 'warn' | 'fail' | 'improved' | 'accepted' | 'inconclusive' | 'not-comparable';

/** What is judged: a metric, a finding of `advise` by its id, or a ratio from a file of benchmark ratios. */
export type GateMetric = MetricId | `finding:${string}` | `ratio:${string}`;

/** One metric of one model (or one finding, or one ratio), judged. */
export interface GateRow {
  readonly model: string;
  readonly metric: GateMetric;
  /** From the baseline; null where only a budget applies. */
  readonly expected: number | null;
  readonly actual: number | null;
  readonly verdict: GateVerdict;
  /** Which limit was passed, or why there is no verdict. */
  readonly detail?: string | undefined;
  /** Of a finding: what it found, and what to change. */
  readonly advice?: string | undefined;
  /** The layers that cause the difference, largest first. */
  readonly layers?: readonly LayerContribution[] | undefined;
  /** Where the model is described, for annotations. */
  readonly location?: { readonly file: string; readonly line?: number | undefined } | undefined;
  /** The command that accepts this difference. */
  readonly accept?: string | undefined;
}

export interface LayerContribution {
  readonly name: string;
  readonly delta: number;
  /** What `delta` is of, where it is not the row's own metric: ratios have no parts, what they are made of has. */
  readonly metric?: MetricId | undefined;
  readonly line?: number | undefined;
}

export interface GateOutcome {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly rows: readonly GateRow[];
  /** What the figures were held against: the baseline file or a git revision. */
  readonly against: string;
  /** Element type that bytes are counted in; several separated by commas, where model files differ. */
  readonly dtype?: string | undefined;
  /** The command that accepts all differences. */
  readonly accept?: string | undefined;
  /** What else is worth knowing: renamed and removed models, a baseline of another version. */
  readonly notes?: readonly string[] | undefined;
}

/** The whole outcome: any failure fails; else anything inconclusive makes it so; else it passes. */
export function outcomeOf(rows: readonly GateRow[]): GateOutcome['verdict'] {
  if (rows.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return rows.some(({ verdict }) => verdict === 'inconclusive') ? 'inconclusive' : 'pass';
}
