import type { ParameterValue } from './domain.js';

type Branch<T> = Map<ParameterValue, Branch<T> | T>;

/** What follows from some of a design's parameters, made once for each of their values. */
export class ByValues<T extends number | object> {
  private root: Branch<T> = new Map();
  private alone: T | undefined;

  constructor(
    readonly names: readonly string[],
    private readonly make: (values: Readonly<Record<string, ParameterValue>>) => T,
  ) {}

  of(values: Readonly<Record<string, ParameterValue>>): T {
    const { names } = this;
    if (names.length === 0) {
      this.alone ??= this.make(values);
      return this.alone;
    }
    let branch = this.root;
    for (let i = 0; i < names.length - 1; i++) {
      const value = values[names[i] as string] as ParameterValue;
      let next = branch.get(value) as Branch<T> | undefined;
      if (next === undefined) {
        next = new Map();
        branch.set(value, next);
      }
      branch = next;
    }
    const value = values[names[names.length - 1] as string] as ParameterValue;
    const known = branch.get(value) as T | undefined;
    if (known !== undefined) return known;
    const made = this.make(values);
    branch.set(value, made);
    return made;
  }

  forget(): void {
    this.root = new Map();
    this.alone = undefined;
  }
}
