import { figureParts } from '../number-format.js';
import { LIGHT, modelMarker, SHADES } from '../palette.js';
import type { Phrase, Sentence } from '../verdict.js';
import type { ModelStyle, ReportModel, ReportView } from '../view.js';
import { html, Markup } from './escape.js';

const SHAPES: Readonly<Record<ReturnType<typeof modelMarker>, string>> = {
  circle: '<circle cx="6" cy="6" r="4.8"/>',
  rectRot: '<path d="M6 .4l5.6 5.6L6 11.6.4 6z"/>',
  triangle: '<path d="M6 1l5.4 10H.6z"/>',
  rect: '<path d="M1.3 1.3h9.4v9.4H1.3z"/>',
  rectRounded: '<rect x="1.2" y="1.2" width="9.6" height="9.6" rx="3.2"/>',
};

/** Classes of a model's colour and shade; they repeat beyond the palette as the charts do. */
export function modelClass({ colour, shade }: ModelStyle): string {
  return `m${colour % LIGHT.models.length} s${Math.min(shade, SHADES.length - 1)}`;
}

export function marker(style: ModelStyle): Markup {
  return html`<svg class="marker ${modelClass(style)}" viewBox="0 0 12 12" aria-hidden="true">${new Markup(SHAPES[modelMarker(style)])}</svg>`;
}

export function modelName({ name, style }: Pick<ReportModel, 'name' | 'style'>): Markup {
  // A short name stays on one line with its marker.
  return html`<span class="model${name.length <= 28 ? ' brief' : ''}">${marker(style)}<bdi>${name}</bdi></span>`;
}

export type HeadingLevel = 'h2' | 'h3';

export function heading(level: HeadingLevel, text: string, className: string, id?: string): Markup {
  const named = id === undefined ? null : html` id="${id}"`;
  return level === 'h2'
    ? html`<h2 class="${className}"${named}>${text}</h2>`
    : html`<h3 class="${className}"${named}>${text}</h3>`;
}

export function sentence({ phrases }: Sentence, { models }: ReportView): Markup {
  return html`${phrases.map((phrase) => phraseMarkup(phrase, models))}`;
}

function phraseMarkup(phrase: Phrase, models: readonly ReportModel[]): Markup {
  if (typeof phrase === 'string') return html`${keepUnits(phrase)}`;
  const model = models.find(({ name }) => name === phrase.model);
  return model === undefined ? html`<bdi>${phrase.model}</bdi>` : modelName(model);
}

/** A number and its unit stay on one line. */
function keepUnits(text: string): string {
  return text.replace(/(\d) (?=(%|[kMGTPEmµn]?[BsJW]?)([\s,.;:)]|$))/g, '$1\u00A0');
}

/** A number and its unit, so that numbers align and units do. */
export function figure(value: number, unit: Parameters<typeof figureParts>[1]): Markup {
  const parts = figureParts(value, unit);
  return html`<span class="n">${parts.number}</span><span class="u">${parts.unit}</span>`;
}
