import { analyze } from '../analysis/analyze.js';
import { buildModel } from '../zoo/index.js';
import type { ReproducedFigure } from './define-paper.js';

/** A line of a table of models: parameters in 10^6, multiply-adds in 10^9. */
export interface TableRow {
  readonly model: string;
  /** Side of the image; the model's own where it is left out. */
  readonly resolution?: number;
  readonly params: number;
  readonly madds: number;
  readonly table?: string;
}

/** Parameters and multiply-adds that a table prints, beside ours. */
export async function modelTable(
  rows: readonly TableRow[],
  where: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<ReproducedFigure[]> {
  const figures = rows.map(async ({ model, resolution, params, madds, table }): Promise<ReproducedFigure[]> => {
    const shape = resolution === undefined ? {} : { resolution };
    const { totals } = analyze(await buildModel(model, { ...shape, options }));
    const what = resolution === undefined ? model : `${model}, ${resolution}x${resolution}`;
    const at = { where: table === undefined ? where : `${where}, ${table}` };
    return [
      { what: `${what}, params`, unit: 'count', theirs: params * 1e6, ours: totals.params, ...at },
      { what: `${what}, madds`, unit: 'ops', theirs: madds * 1e9, ours: totals.madds, ...at },
    ];
  });
  return (await Promise.all(figures)).flat();
}
