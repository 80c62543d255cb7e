import type { Unit } from '../../core/units.js';

/** One figure of a paper beside ours. */
export interface ReproducedFigure {
  readonly what: string;
  /** Table or figure of the paper. */
  readonly where: string;
  readonly unit: Unit;
  readonly theirs: number;
  readonly ours: number;
  /** What explains a difference, where something does. */
  readonly note?: string;
}

/** A statement of the paper about speed, held against known devices and published measurements. */
export interface HeldClaim {
  readonly claim: string;
  readonly where: string;
  /** Devices on which the estimate says so, of those tried. */
  readonly holds: readonly string[];
  readonly fails: readonly string[];
  /** What tables of measurements say, one sentence each. */
  readonly measured: readonly string[];
}

export interface Reproduction {
  readonly paper: string;
  readonly title: string;
  readonly url: string;
  readonly figures: readonly ReproducedFigure[];
  readonly claims: readonly HeldClaim[];
  /** What cannot be computed here, and why. */
  readonly missing: readonly string[];
}
