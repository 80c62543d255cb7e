import type { ZooEntry } from '../catalog.js';
import { ACCURACY_FACTS } from './accuracy-facts.js';

/** What others measured with a model at its default image size. Accuracies in percent, single crop. */
export interface ModelFacts {
  readonly top1?: number;
  /** On ImageNet-V2, matched frequency. */
  readonly top1V2?: number;
  /** With the ReaL labels. */
  readonly top1Real?: number;
  /** Which weights, of whom. */
  readonly weights?: string;
  /** Of timm's table of an RTX 4090 (AMP, NCHW, PyTorch 2.4), at `batch`. */
  readonly measuredImagesPerSecond?: number;
  readonly batch?: number;
}

/** The device that `measuredImagesPerSecond` was measured on. */
export const FACTS_DEVICE = 'rtx-4090';

let table: Map<string, ModelFacts> | undefined;

/** Facts of a model of the zoo; its published accuracy where timm's results have none. */
export function factsOf(entry: Pick<ZooEntry, 'name' | 'published'>): ModelFacts {
  table ??= new Map(ACCURACY_FACTS.trim().split('\n').map(factsOfLine));
  const facts = table.get(entry.name) ?? {};
  const { published } = entry;
  if (facts.top1 !== undefined || published?.top1 === undefined) return facts;
  return { ...facts, top1: published.top1, weights: published.top1Source ?? published.source };
}

function factsOfLine(line: string): [name: string, facts: ModelFacts] {
  const [name, weights, ...numbers] = line.split('|') as [string, string, ...string[]];
  const [top1, top1V2, top1Real, measuredImagesPerSecond, batch] = numbers.map((text) =>
    text === '' ? undefined : Number(text),
  );
  const all = {
    top1,
    top1V2,
    top1Real,
    weights: weights === '' ? undefined : `timm ${weights}`,
    measuredImagesPerSecond,
    batch,
  };
  return [name, Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))];
}
