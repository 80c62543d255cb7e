import type { Case } from './cases.js';
import type { GroupJudgement, HeldOutCase } from './judge.js';

/** timm's tables of one part of devices and one execution, fitted together; `alone` those that are judged only. */
export interface TableGroup {
  readonly fitted: readonly Case[];
  readonly judgement: GroupJudgement;
  readonly alone: readonly HeldOutCase[];
}

export type TableGroups = ReadonlyMap<string, TableGroup>;

export const logOf = ({ measured, estimates }: HeldOutCase): number =>
  Math.log(measured / (estimates.archmeter as number));

/** Lists by what they share. */
export function grouped<T>(list: Iterable<T>, key: (one: T) => unknown): T[][] {
  const found = new Map<unknown, T[]>();
  for (const one of list) {
    const name = key(one);
    const own = found.get(name);
    if (own === undefined) found.set(name, [one]);
    else own.push(one);
  }
  return [...found.values()];
}
