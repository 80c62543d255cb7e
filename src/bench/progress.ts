/** Stages of a benchmark, in order. */
export type Phase = 'prepare' | 'check' | 'warm-up' | 'hot' | 'cold' | 'layers' | 'energy' | 'done';

/** Where a benchmark stands; the terminal's bar is drawn elsewhere. */
export interface Progress {
  readonly phase: Phase;
  /** Of the phase, 0 to 1. */
  readonly fraction: number;
  /** What is under way, e.g. the arm's name. */
  readonly message: string;
  /** Upper bound of the time that timing still takes, where it has begun. */
  readonly secondsLeft?: number;
}
