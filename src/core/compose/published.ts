import type { AnalysisResult } from '../analysis/result.js';
import type { PublishedFigure, PublishedModel } from '../report/define-reporter.js';
import { findModel } from '../zoo/index.js';

/** What is printed about a zoo model, beside our count where that counts the same. */
export async function publishedOf(result: AnalysisResult): Promise<PublishedModel | undefined> {
  if (result.model.source?.format !== 'zoo') return undefined;
  const model = await findModel(result.model.name);
  if (model?.published === undefined) return undefined;
  const { params, madds, top1, source, top1Source } = model.published;
  const { excludeHead, batch } = result.options;
  const figures: PublishedFigure[] = [];
  if (!excludeHead) {
    figures.push({ label: 'Parameters', value: params / 1e6, unit: 'M', ours: { metric: 'params', scale: 1e-6 } });
    const side = model.resolution;
    if (madds !== undefined && result.model.inputs[0]?.shape.slice(1).join() === [3, side, side].join())
      figures.push({
        label: 'Multiply-adds of an image',
        value: madds / 1e9,
        unit: 'G',
        ours: { metric: 'madds', scale: 1e-9 / batch },
      });
  }
  const sources =
    top1 === undefined || top1Source === undefined || top1Source === source
      ? source
      : `${source}; top-1: ${top1Source}`;
  return { model: result.model.name, source: sources, ...(top1 === undefined ? {} : { top1 }), figures };
}
