import { figureParts } from '../number-format.js';
import { modelMarker } from '../palette.js';
import type { Phrase, Sentence } from '../verdict.js';
import type { ReportModel, ReportView } from '../view.js';
import { html, Markup } from './escape.js';

const SHAPES: Readonly<Record<ReturnType<typeof modelMarker>, string>> = {
  circle: '<circle cx="6" cy="6" r="5"/>',
  rectRot: '<path d="M6 0l6 6-6 6-6-6z"/>',
  triangle: '<path d="M6 .8l5.8 10.4H.2z"/>',
  rect: '<path d="M1 1h10v10H1z"/>',
  rectRounded: '<rect x="1" y="1" width="10" height="10" rx="3.5"/>',
};

/** Colours of the page's style repeat beyond the palette as those of the charts do. */
export function modelClass(index: number): string {
  return `m${index % 8}`;
}

export function marker(index: number): Markup {
  return html`<svg class="marker ${modelClass(index)}" viewBox="0 0 12 12" aria-hidden="true">${new Markup(SHAPES[modelMarker(index)])}</svg>`;
}

export function modelName({ name, index }: Pick<ReportModel, 'name' | 'index'>): Markup {
  return html`<span class="model">${marker(index)}<bdi>${name}</bdi></span>`;
}

export function sentence({ phrases }: Sentence, { models }: ReportView): Markup {
  return html`${phrases.map((phrase) => phraseMarkup(phrase, models))}`;
}

function phraseMarkup(phrase: Phrase, models: readonly ReportModel[]): Markup {
  if (typeof phrase === 'string') return html`${phrase}`;
  const model = models.find(({ name }) => name === phrase.model);
  return model === undefined ? html`<bdi>${phrase.model}</bdi>` : modelName(model);
}

/** A number and its unit, so that numbers align and units do. */
export function figure(value: number, unit: Parameters<typeof figureParts>[1]): Markup {
  const parts = figureParts(value, unit);
  return html`<span class="n">${parts.number}</span><span class="u">${parts.unit}</span>`;
}
