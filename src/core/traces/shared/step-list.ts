import type { TraceStep } from '../trace.js';

/** So many steps of an iteration are told apart; where more ran, nothing in the trace repeats and calls alike are told as one. */
export const MOST_STEPS = 10_000;

interface Kept {
  step: TraceStep;
  deviceMs: number;
  kernels: number;
  repeats: number;
  readonly order: number;
}

/** What two steps have in common to be told as one, the more the longer the list. */
const LEVELS: readonly (((step: TraceStep) => TraceStep) | undefined)[] = [
  undefined,
  (step) => step,
  ({ modules: _, ...step }) => ({ ...step, modules: [] }),
  ({ name, kernels, deviceMs, other }) => ({
    name,
    calls: [],
    modules: [],
    deviceMs,
    kernels,
    ...(other === undefined ? {} : { other }),
  }),
];

/** The steps of one iteration, in bounded memory whatever their number. */
export class StepList {
  private kept = new Map<unknown, Kept>();
  private readonly calls = new Map<unknown, number>();
  private level = 0;

  /** @param isFirst whether this is the first work of the call */
  add(
    call: unknown,
    deviceMs: number,
    isFirst: boolean,
    made: () => { readonly step: TraceStep; readonly order: number },
  ): void {
    const known = this.level === 0 ? this.kept.get(call) : undefined;
    if (known === undefined) {
      const { step, order } = made();
      this.merge(this.level === 0 ? call : this.keyOf(step), step, {
        deviceMs,
        kernels: 1,
        repeats: Number(isFirst),
        order,
      });
    } else {
      known.deviceMs += deviceMs;
      known.kernels++;
    }
    while (this.kept.size > MOST_STEPS && this.level < LEVELS.length - 1) this.coarsen();
  }

  get isMerged(): boolean {
    return this.level > 0;
  }

  /** In the order run; those alike where the first of them ran. */
  steps(): TraceStep[] {
    return [...this.kept.values()]
      .sort((a, b) => a.order - b.order)
      .map(({ step, deviceMs, kernels, repeats }) => ({
        ...step,
        deviceMs,
        kernels,
        ...(repeats > 1 ? { repeats } : {}),
      }));
  }

  private coarsen(): void {
    const before = this.kept.values();
    this.kept = new Map();
    this.level++;
    for (const one of before) this.merge(this.keyOf(one.step), one.step, one);
  }

  private merge(key: unknown, step: TraceStep, { deviceMs, kernels, repeats, order }: Omit<Kept, 'step'>): void {
    const known = this.kept.get(key);
    if (known === undefined) {
      this.kept.set(key, { step: LEVELS[this.level]?.(step) ?? step, deviceMs, kernels, repeats, order });
      return;
    }
    known.deviceMs += deviceMs;
    known.kernels += kernels;
    known.repeats += repeats;
  }

  private keyOf(step: TraceStep): string {
    const { name, other = '', modules, calls } = LEVELS[this.level]?.(step) ?? step;
    return [name, other, this.numberOf(calls), modules.join('\n')].join('\0');
  }

  /** Calls alike share one list. */
  private numberOf(calls: TraceStep['calls']): number {
    if (calls.length === 0) return -1;
    const known = this.calls.get(calls) ?? this.calls.size;
    this.calls.set(calls, known);
    return known;
  }
}
