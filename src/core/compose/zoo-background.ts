import { DEVICES, type Device } from '../analysis/devices/index.js';
import { DEFAULT_PRECISION } from '../analysis/latency/precision.js';
import type { PublishedModel, ReportInput, ZooDot } from '../report/define-reporter.js';
import { factsOf } from '../zoo/facts/accuracy.js';
import { COUNTED_FIGURES } from '../zoo/facts/counted-figures.js';
import { listModels } from '../zoo/index.js';
import type { AnalysedGraph, ReportDevice } from './on-devices.js';

/**
 * What stands behind a report's models: the zoo, where two of them have a published accuracy. Its counts are of one image,
 * heads included, and its estimates at the default precision, eager, by no calibration: it stands behind models alike.
 */
export async function backgroundOf(
  models: readonly Pick<AnalysedGraph, 'result'>[],
  published: readonly PublishedModel[],
  targets: readonly ReportDevice[],
): Promise<Pick<ReportInput, 'zoo'>> {
  const options = models.map(({ result }) => result.options);
  const countedAlike = options.every(({ batch, excludeHead }) => batch === 1 && !excludeHead);
  if (!countedAlike || published.filter(({ top1 }) => top1 !== undefined).length < 2) return {};
  const alike = options.every(({ dtype, execution }) => dtype === DEFAULT_PRECISION && execution === 'eager');
  const known = targets.filter(({ device, profile }) => profile === undefined && DEVICES.includes(device));
  return { zoo: await zooBackground(alike ? known.map(({ device }) => device) : []) };
}

/** The zoo by published accuracy and counts, of batch 1, at each model's own image size; with times on known devices. */
export async function zooBackground(devices: readonly Device[] = []): Promise<ZooDot[]> {
  const counted = new Map(linesOf(COUNTED_FIGURES));
  const timesOf = await estimatedTimes(devices);
  return (await listModels()).flatMap((entry): ZooDot[] => {
    const { name } = entry;
    const { top1 } = factsOf(entry);
    const [params, madds, memoryAccessCost] = counted.get(name)?.map(Number) ?? [];
    if (top1 === undefined || params === undefined || madds === undefined || memoryAccessCost === undefined) return [];
    return [{ name, top1, params, madds, memoryAccessCost, ...timesOf(name) }];
  });
}

/** Computed beforehand: to estimate hundreds of models takes seconds. */
async function estimatedTimes(
  devices: readonly Device[],
): Promise<(model: string) => Pick<ZooDot, 'estimatedLatencyMs'>> {
  if (devices.length === 0) return () => ({});
  const { ESTIMATED_TIMES } = await import('../zoo/facts/estimated-times.js');
  const [[, ids = []] = [], ...lines] = linesOf(ESTIMATED_TIMES);
  const times = new Map(lines);
  return (model) => {
    const own = times.get(model);
    const known = devices.flatMap(({ id, name }) => {
      const ms = own?.[ids.indexOf(id)];
      return ms === undefined ? [] : [[name, Number(ms)] as const];
    });
    return known.length === 0 ? {} : { estimatedLatencyMs: Object.fromEntries(known) };
  };
}

function linesOf(table: string): [name: string, figures: string[]][] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', ...figures] = line.split('|');
      return [name, figures];
    });
}
