import type { Graph } from '../ir/graph.js';
import type { Unit } from '../units.js';
import type { Paper } from '../zoo/define-block.js';

/** One figure of a paper beside ours. */
export interface ReproducedFigure {
  readonly what: string;
  /** Table, figure or section of the paper. */
  readonly where: string;
  readonly unit: Unit;
  /** Left out where the paper says it in words or in a picture. */
  readonly theirs?: number;
  readonly ours: number;
  /** What explains a difference, or how ours is known where it is no count. */
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
  /** What our figures say of the paper's statements, in sentences made of them. */
  readonly findings: readonly string[];
  /** What cannot be computed here, and why. */
  readonly missing: readonly string[];
}

/** An experiment of the paper that can be timed here: variants of one network, and the first that they are held against. */
export interface Experiment {
  readonly where: string;
  /** What the paper timed it on. */
  readonly timedOn: string;
  readonly variants: readonly [ExperimentVariant, ...ExperimentVariant[]];
}

export interface ExperimentVariant {
  readonly what: string;
  /** Speed that the paper prints, in a unit of its own: batches or images a second. */
  readonly rate: number;
  readonly graph: Graph;
}

/** A paper whose argument is reproduced: a file in `reproduce/papers`, its printed figures in `fixtures/papers`. */
export interface PaperDefinition {
  readonly paper: Paper;
  reproduce(): Promise<Partial<Omit<Reproduction, 'paper' | 'title' | 'url'>>>;
  /** Left out where no table of speeds can be timed. */
  readonly experiments?: () => readonly Experiment[];
}

export function definePaper(definition: PaperDefinition): PaperDefinition {
  return definition;
}
