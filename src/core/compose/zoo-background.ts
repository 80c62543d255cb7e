import type { ZooDot } from '../report/define-reporter.js';
import { factsOf } from '../zoo/facts/accuracy.js';
import { COUNTED_FIGURES } from '../zoo/facts/counted-figures.js';
import { listModels } from '../zoo/index.js';

/** The zoo by published accuracy and counts, for the background of a report: of batch 1, at each model's own image size. */
export async function zooBackground(): Promise<ZooDot[]> {
  const counted = new Map(
    COUNTED_FIGURES.trim()
      .split('\n')
      .map((line) => {
        const [name = '', ...figures] = line.split('|');
        return [name, figures.map(Number)] as const;
      }),
  );
  return (await listModels()).flatMap((entry): ZooDot[] => {
    const { top1 } = factsOf(entry);
    const [params, madds, memoryAccessCost] = counted.get(entry.name) ?? [];
    if (top1 === undefined || params === undefined || madds === undefined || memoryAccessCost === undefined) return [];
    return [{ name: entry.name, top1, params, madds, memoryAccessCost }];
  });
}
