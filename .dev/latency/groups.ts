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
