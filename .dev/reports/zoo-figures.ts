import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyze } from '../../src/core/analysis/analyze.js';
import { factsOf } from '../../src/core/zoo/facts/accuracy.js';
import { buildModel, listModels } from '../../src/core/zoo/index.js';

/** Counts of the zoo's models with a published accuracy: what a report draws behind its own. */
export async function writeZooFigures(target: string): Promise<void> {
  const lines: string[] = [];
  for (const entry of await listModels()) {
    if (factsOf(entry).top1 === undefined) continue;
    const { params, madds, memoryAccessCost } = analyze(await buildModel(entry.name)).totals;
    lines.push([entry.name, params, madds, memoryAccessCost].join('|'));
  }
  mkdirSync(join(target, 'src/core/zoo/facts'), { recursive: true });
  writeFileSync(
    join(target, 'src/core/zoo/facts/counted-figures.ts'),
    `/**
 * Written by \`npm run reports\`: the zoo's models with a published accuracy, at their default image size, batch 1.
 * A line: model | parameters | multiply-adds | memory access cost
 */
export const COUNTED_FIGURES = \`
${lines.join('\n')}
\`;
`,
  );
}
