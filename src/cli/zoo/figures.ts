import type { Precision } from '../../core/analysis/latency/index.js';
import type { ZooFigure } from '../../core/report/zoo/scatter-input.js';
import { FACTS_DEVICE, factsOf, type ModelFacts } from '../../core/zoo/facts/accuracy.js';
import { buildModel, type ZooEntry } from '../../core/zoo/index.js';
import { DTYPE_OF_PRECISION } from '../options/precision.js';
import type { TargetDevice } from '../options/target-devices.js';

/** A model with everything that it can be chosen, sorted and drawn by. */
export interface ZooModel {
  readonly entry: ZooEntry;
  readonly facts: ModelFacts;
  readonly values: Readonly<Record<string, number | undefined>>;
  /** Of the estimate, in milliseconds for an image. */
  readonly interval?: readonly [low: number, high: number];
  /** Of the estimate. */
  readonly precision?: string;
}

/** Images at once of the estimates: enough to fill a GPU. */
export const BATCH = 256;

export const ZOO_FIGURES: readonly ZooFigure[] = [
  { name: 'params', heading: 'params', unit: 'count', direction: 'min' },
  { name: 'madds', heading: 'madds', unit: 'ops', direction: 'min' },
  { name: 'memoryAccessCost', heading: 'memory access cost', unit: 'elements', direction: 'min' },
  { name: 'top1', heading: 'ImageNet top-1 %', unit: 'ratio', direction: 'max' },
  { name: 'top1V2', heading: 'ImageNet-V2 top-1 %', unit: 'ratio', direction: 'max' },
  { name: 'top1Real', heading: 'ReaL top-1 %', unit: 'ratio', direction: 'max' },
  { name: 'latency', heading: 'estimated time of an image', unit: 'ms', direction: 'min' },
  { name: 'measured', heading: 'measured images/s', unit: 'count', direction: 'max' },
  { name: 'resolution', heading: 'input', unit: 'count', direction: 'min' },
  { name: 'year', heading: 'year', unit: 'count', direction: 'max' },
];

/** Counts, published accuracy and, where a device is named, the estimated time of each model. */
export async function zooModels(
  entries: readonly ZooEntry[],
  target: TargetDevice | undefined,
  precision: Precision,
  onProgress: (done: number) => void = () => {},
): Promise<ZooModel[]> {
  const { analyze } = await import('../../core/analysis/analyze.js');
  const { estimateLatency } = await import('../../core/analysis/latency/index.js');
  const models: ZooModel[] = [];
  for (const entry of entries) {
    const graph = await buildModel(entry.name);
    const { totals } = analyze(graph);
    const facts = factsOf(entry);
    const time = target === undefined ? undefined : estimateLatency(graph, { ...target, precision, batch: BATCH });
    const measuredHere = target?.device.id === FACTS_DEVICE ? facts.measuredImagesPerSecond : undefined;
    models.push({
      entry,
      facts,
      values: {
        params: totals.params,
        madds: totals.madds,
        memoryAccessCost: totals.memoryAccessCost,
        top1: facts.top1,
        top1V2: facts.top1V2,
        top1Real: facts.top1Real,
        latency: time === undefined ? undefined : time.latencyMs / BATCH,
        measured: measuredHere,
        resolution: entry.resolution,
        year: entry.paper.year,
      },
      ...(time === undefined
        ? {}
        : {
            interval: [time.latencyLowMs / BATCH, time.latencyHighMs / BATCH] as const,
            precision: `${DTYPE_OF_PRECISION[time.precision]}, ${time.execution}`,
          }),
    });
    onProgress(models.length);
  }
  return models;
}
