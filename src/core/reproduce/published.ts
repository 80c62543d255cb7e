import { analyze } from '../analysis/analyze.js';
import { buildModel, listModels } from '../zoo/index.js';
import type { ReproducedFigure, Reproduction } from './define-paper.js';

/** Names of the families whose authors or reference implementations print figures. */
export async function publishedFamilies(): Promise<string[]> {
  const models = await listModels();
  return [...new Set(models.filter(({ published }) => published !== undefined).map(({ family }) => family))];
}

/** Parameters and multiply-adds that the authors or the reference implementation of a family print, beside ours. */
export async function reproduceFamily(family: string): Promise<Reproduction> {
  const models = (await listModels()).filter((entry) => entry.family === family && entry.published !== undefined);
  const figures: ReproducedFigure[] = [];
  for (const { name, published } of models) {
    if (published === undefined) continue;
    const { totals } = analyze(await buildModel(name));
    const where = published.source;
    figures.push({ what: `${name} params`, where, unit: 'count', theirs: published.params, ours: totals.params });
    if (published.madds !== undefined) {
      figures.push({ what: `${name} madds`, where, unit: 'ops', theirs: published.madds, ours: totals.madds });
    }
  }
  const [first] = models;
  return {
    paper: family,
    title: first?.paper.title ?? family,
    url: first?.paper.url ?? '',
    figures,
    claims: [],
    findings: [],
    missing: ['Accuracies: they need training, or the trained weights and ImageNet.'],
  };
}
