import type { HeldOutCase } from './judge.js';
import { type Accuracy, accuracyOf, type Judged } from './metrics.js';
import type { Table } from './tables.js';
import { fitTotalsOnly } from './totals-only.js';

const FOLDS = 10;

export interface AllRows {
  readonly all: Accuracy;
  readonly totalsOnly: Accuracy;
  /** Rows whose graph was at hand, and the rest. */
  readonly withGraph: number;
}

/**
 * Every row of a table: held-out estimates by graph where there is one, by totals elsewhere. The totals-only estimator
 * is fitted on the rows of other models (all resolutions of a model are held out together, its relatives are not).
 */
export function judgeAllRows(table: Table, heldOut: readonly HeldOutCase[]): AllRows {
  const byRow = new Map(heldOut.filter(({ one }) => one.table === table).map((judged) => [judged.one.row, judged]));
  const models = [...new Set(table.rows.map(({ model }) => model))].sort();
  const totals: Judged[] = [];
  const all: Judged[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const held = new Set(models.filter((_, i) => i % FOLDS === fold));
    const predict = fitTotalsOnly(table.rows.filter(({ model }) => !held.has(model)));
    for (const row of table.rows.filter(({ model }) => held.has(model))) {
      const measured = 1 / row.imagesPerSecond;
      const byTotals = predict(row);
      totals.push({ estimated: byTotals, measured });
      all.push({ estimated: byRow.get(row)?.estimates.archmeter ?? byTotals, measured });
    }
  }
  return { all: accuracyOf(all), totalsOnly: accuracyOf(totals), withGraph: byRow.size };
}
