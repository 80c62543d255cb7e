import type { Measurement } from '../../core/measurement.js';
import type { Stopwatch } from './bench.js';
import type { BenchmarkHooks } from './options.js';

type Warning = Measurement['warnings'][number];

const EVERY_MS = 5000;

/** Hands on the measurement so far, so that a killed run leaves it. */
export class PartialSaver {
  private savedMs = Number.NEGATIVE_INFINITY;
  private problem: Warning | undefined;

  constructor(
    private readonly hooks: BenchmarkHooks,
    private readonly time: Stopwatch,
  ) {}

  /** What could not be saved, as a warning. */
  get warnings(): readonly Warning[] {
    return this.problem === undefined ? [] : [this.problem];
  }

  async save(measurement: () => Measurement, stageEnded: boolean): Promise<void> {
    const { onPartial } = this.hooks;
    if (onPartial === undefined || (!stageEnded && this.time.now() - this.savedMs < EVERY_MS)) return;
    this.savedMs = this.time.now();
    try {
      await onPartial(measurement());
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.problem ??= {
        id: 'not-saved',
        text: `results could not be saved while timing went on: ${reason}. A killed run would have left nothing. Free some space, or write elsewhere.`,
      };
    }
  }
}
