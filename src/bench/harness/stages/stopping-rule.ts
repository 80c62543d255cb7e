import { copyInterval } from '../../../core/statistics/copies.js';
import { type Arm, isAlive } from '../arm.js';
import type { Bench } from '../bench.js';
import { medianBounds, ratiosOf, relativeHalfWidth } from '../findings/estimate.js';
import { Reducer } from '../findings/reduce.js';

/** Why timing ended. */
export type StopReason = 'precision' | 'time-budget' | 'interrupt' | 'failure';

/** Copies before timing may stop early. */
export const LEAST_COPIES = 4;
/** Rounds that a copy should have. */
const LEAST_ROUNDS = 3;
/** Within a copy, a median known to this share of the precision gains nothing from more rounds. */
const NEGLIGIBLE = 0.25;

export interface StoppingPlan {
  /** Of the stopwatch, when timing must end. */
  readonly deadlineSeconds: number;
  /** What it takes to prepare and warm up a further copy. */
  readonly copySeconds: number;
  readonly roundSeconds: number;
}

/**
 * When a copy has been timed enough, and when all of them. Time is shared between as many copies as it holds, since
 * what differs between copies is known by their number alone; it ends early where every median and ratio is known to
 * the precision, one copy later: copies that agree by chance end timing sooner than others, and their interval alone
 * would hold the truth too seldom (Simons, "On the cost of not knowing the variance", Annals of Mathematical Statistics
 * 39, 1968: so many more observations than the rule asks for mend it).
 */
export class StoppingRule {
  /** How many copies are timed at most. */
  readonly copies: number;
  private copyEndsSeconds = 0;
  private copyIndex = 0;

  constructor(
    private readonly bench: Bench,
    private readonly plan: StoppingPlan,
  ) {
    const left = plan.deadlineSeconds - bench.time.seconds();
    const { copySeconds, roundSeconds } = plan;
    const fit = Math.floor((left + copySeconds) / (copySeconds + LEAST_ROUNDS * roundSeconds));
    this.copies = Math.max(1, Math.min(Math.floor(bench.settings.copies), Number.isFinite(fit) ? fit : 1));
  }

  /** Whether a round may visit each arm twice, there and back. */
  get mirrored(): boolean {
    const share = (this.plan.deadlineSeconds - this.bench.time.seconds()) / (this.copies - this.copyIndex);
    return 2 * LEAST_ROUNDS * this.plan.roundSeconds <= share;
  }

  /** Seconds that this copy still has. */
  get copySecondsLeft(): number {
    return this.copyEndsSeconds - this.bench.time.seconds();
  }

  get isLate(): boolean {
    return this.bench.time.seconds() >= this.plan.deadlineSeconds;
  }

  /** Share of the time that is spent, 0 to 1. */
  get progress(): number {
    return this.bench.time.seconds() / this.plan.deadlineSeconds;
  }

  beginCopy(index: number): void {
    this.copyIndex = index;
    const now = this.bench.time.seconds();
    const others = Math.max(0, this.copies - index - 1);
    const share = (this.plan.deadlineSeconds - now - others * this.plan.copySeconds) / (others + 1);
    this.copyEndsSeconds = now + Math.max(0, share);
  }

  /** Whether the copy under way has been timed enough, after so many of its rounds. */
  copyIsDone(arms: readonly Arm[], rounds: number): boolean {
    if (this.copySecondsLeft <= 0) return true;
    const { settings } = this.bench;
    if (rounds < Math.ceil(settings.minimumRounds / Math.min(LEAST_COPIES, this.copies))) return false;
    // Looking costs time: it is done after each quarter more.
    if (rounds < this.nextLook) return false;
    this.nextLook = Math.ceil(rounds * 1.25);
    if (this.copies === 1) return this.isPrecise(arms);
    const reducer = new Reducer(this.bench, arms, this.bench.clock);
    const { ratios } = ratiosOf(reducer, arms, settings.sustained);
    if (ratios.some(({ ratio }) => ratio.merged)) return false;
    return arms.filter(isAlive).every((arm) => {
      const times = reducer.copies(arm).at(-1) ?? [];
      const center = times.toSorted((a, b) => a - b)[times.length >> 1] as number;
      // Two standard errors on either side.
      const width = relativeHalfWidth(center, medianBounds([times], 0.95));
      return width <= 2 * NEGLIGIBLE * settings.precision;
    });
  }

  private nextLook = 0;
  private wasPrecise = false;

  /** Why timing ends after a copy; undefined where it goes on. */
  afterCopy(arms: readonly Arm[]): StopReason | undefined {
    this.nextLook = 0;
    const done = this.copyIndex + 1;
    if (!arms.some(isAlive)) return 'failure';
    const least = Math.min(LEAST_COPIES, this.bench.settings.copies);
    const over = done >= this.copies || this.isLate;
    if (this.wasPrecise) return 'precision';
    this.wasPrecise = done >= least && this.isPrecise(arms);
    if (!over) return undefined;
    return this.wasPrecise ? 'precision' : 'time-budget';
  }

  /** Whether every median and every ratio is known to the precision. */
  private isPrecise(arms: readonly Arm[]): boolean {
    const { settings, clock } = this.bench;
    const { precision } = settings;
    // Copies that happen to agree must not end timing early: intervals are looked at with more confidence than they get.
    const confidence = 1 - (1 - settings.confidence) / 5;
    const reducer = new Reducer(this.bench, arms, clock);
    const known = arms.filter(isAlive).every((arm) => {
      const copies = reducer.copies(arm);
      const times = copies.flat();
      const center = times.toSorted((a, b) => a - b)[times.length >> 1] as number;
      return relativeHalfWidth(center, medianBounds(copies, confidence)) <= precision;
    });
    if (!known || settings.copies === 1) return known;
    return ratiosOf(reducer, arms, settings.sustained).ratios.every(({ ratio }) => {
      const bounds = copyInterval(ratio, confidence);
      return bounds !== undefined && (bounds.high - bounds.low) / 2 <= precision;
    });
  }
}
