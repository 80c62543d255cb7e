import { competingFactor } from '../../../core/statistics/competing-load.js';
import type { Bench } from '../bench.js';

/** Adds up how much of the time of its tasks the timing thread waited for a processor that other work had. */
export class CompetingLoad {
  private ranMs = 0;
  private waitedMs = 0;

  constructor(private readonly bench: Bench) {}

  async during<T>(task: () => Promise<T>): Promise<T> {
    const { host } = this.bench.hooks;
    const before = host?.processorTime?.();
    const result = await task();
    const after = host?.processorTime?.();
    if (before === undefined || after === undefined) return result;
    this.ranMs += after.ranMs - before.ranMs;
    this.waitedMs += after.waitedMs - before.waitedMs;
    return result;
  }

  /** 0 to 1; undefined where the machine does not tell. */
  get waitingShare(): number | undefined {
    const total = this.ranMs + this.waitedMs;
    return total > 0 ? this.waitedMs / total : undefined;
  }
}

/** How far other programs may bend the log ratio of two arms: device time they do not take. */
export function competingBias({ clock, settings }: Bench, waitingShare = 0): number {
  return clock === 'wall' ? Math.log(competingFactor(waitingShare, settings.tolerance)) : 0;
}
