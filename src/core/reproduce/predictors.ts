import { analyze } from '../analysis/analyze.js';
import { spearman } from '../statistics/correlation.js';
import { factsOf } from '../zoo/facts/accuracy.js';
import { buildModel, listModels } from '../zoo/index.js';

/** What a model costs by counting, and how long an image takes on the device of the zoo's facts. */
export interface CountedAndTimed {
  readonly name: string;
  readonly params: number;
  readonly madds: number;
  readonly activations: number;
  readonly memoryAccessCost: number;
  readonly convolutionalInputOutput: number;
  readonly bytes: number;
  readonly msPerImage: number;
}

export const PREDICTORS = [
  'params',
  'madds',
  'activations',
  'memoryAccessCost',
  'convolutionalInputOutput',
  'bytes',
] as const;

/** In words, for sentences. */
export const PREDICTOR_NAMES: Readonly<Record<(typeof PREDICTORS)[number], string>> = {
  params: 'params',
  madds: 'madds',
  activations: 'activations',
  memoryAccessCost: 'memory access cost of all ops',
  convolutionalInputOutput: 'convolutional input/output',
  bytes: 'bytes moved',
};

let known: Promise<readonly CountedAndTimed[]> | undefined;

/** Every model of the zoo that timm timed on an RTX 4090, counted at the image size at which it was timed. */
export function countedAndTimed(): Promise<readonly CountedAndTimed[]> {
  known ??= count();
  return known;
}

async function count(): Promise<CountedAndTimed[]> {
  const models: CountedAndTimed[] = [];
  for (const entry of await listModels()) {
    const { measuredImagesPerSecond: rate } = factsOf(entry);
    if (rate === undefined) continue;
    const { totals } = analyze(await buildModel(entry.name));
    models.push({
      name: entry.name,
      params: totals.params,
      madds: totals.madds,
      activations: totals.activations,
      memoryAccessCost: totals.memoryAccessCost,
      convolutionalInputOutput: totals.convolutionalInputOutput,
      bytes: totals.readBytes + totals.writeBytes,
      msPerImage: 1000 / rate,
    });
  }
  return models;
}

/** Spearman's rank correlation of a count with measured time. */
export function rankCorrelation(models: readonly CountedAndTimed[], predictor: (typeof PREDICTORS)[number]): number {
  return spearman(
    models.map((model) => model[predictor]),
    models.map(({ msPerImage }) => msPerImage),
  );
}

/** Share of pairs that a count orders otherwise than measured time, of pairs that differ by more than `margin` in both. */
export function misordered(
  models: readonly CountedAndTimed[],
  predictor: (typeof PREDICTORS)[number],
  margin = 0.05,
): { readonly pairs: number; readonly share: number } {
  let [pairs, wrong] = [0, 0];
  for (let i = 0; i < models.length; i++) {
    for (let j = i + 1; j < models.length; j++) {
      const [a, b] = [models[i], models[j]] as [CountedAndTimed, CountedAndTimed];
      const [count, time] = [Math.log(a[predictor] / b[predictor]), Math.log(a.msPerImage / b.msPerImage)];
      if (Math.abs(count) < margin || Math.abs(time) < margin) continue;
      pairs++;
      if (Math.sign(count) !== Math.sign(time)) wrong++;
    }
  }
  return { pairs, share: wrong / pairs };
}
