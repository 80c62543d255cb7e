import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyze } from '../../src/core/analysis/analyze.js';
import { DEVICES, type Device } from '../../src/core/analysis/devices/index.js';
import { DEFAULT_PRECISION, estimateLatency } from '../../src/core/analysis/latency/index.js';
import type { Graph } from '../../src/core/ir/graph.js';
import { factsOf } from '../../src/core/zoo/facts/accuracy.js';
import { buildModel, listModels } from '../../src/core/zoo/index.js';

/** Counts and estimated times of the zoo's models with a published accuracy: what a report draws behind its own. */
export async function writeZooFigures(target: string): Promise<void> {
  const lines: string[] = [];
  const times = [['model', ...DEVICES.map(({ id }) => id)].join('|')];
  for (const entry of await listModels()) {
    if (factsOf(entry).top1 === undefined) continue;
    const graph = await buildModel(entry.name);
    const { params, madds, memoryAccessCost } = analyze(graph).totals;
    lines.push([entry.name, params, madds, memoryAccessCost].join('|'));
    times.push([entry.name, ...DEVICES.map((device) => shortMs(graph, device))].join('|'));
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
  writeFileSync(
    join(target, 'src/core/zoo/facts/estimated-times.ts'),
    `/**
 * Written by \`npm run reports\`: estimated milliseconds of one image on each known device, ${DEFAULT_PRECISION}, eager, each
 * model at its default image size.
 */
export const ESTIMATED_TIMES = \`
${times.join('\n')}
\`;
`,
  );
}

/** In three digits: enough for a dot. */
function shortMs(graph: Graph, device: Device): number {
  const { latencyMs } = estimateLatency(graph, { device, precision: DEFAULT_PRECISION, execution: 'eager' });
  return Number(latencyMs.toPrecision(3));
}
