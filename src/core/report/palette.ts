import type { ModelStyle } from './view.js';

/**
 * One colour and one marker per architecture, the same in every chart and format. The first eight colours differ under
 * normal vision and the three dichromacies; all sixteen do under normal vision, and under dichromacy where they share a
 * marker. All stand out from their background by at least 3:1; a test computes it.
 */
export interface Theme {
  readonly name: 'light' | 'dark';
  readonly background: string;
  readonly surface: string;
  readonly text: string;
  readonly mutedText: string;
  readonly line: string;
  readonly gridLine: string;
  readonly accent: string;
  readonly good: string;
  readonly bad: string;
  readonly models: readonly string[];
}

export const LIGHT: Theme = {
  name: 'light',
  background: '#ffffff',
  surface: '#ffffff',
  text: '#1a1d21',
  mutedText: '#5a6270',
  line: '#d5d9e0',
  gridLine: '#e9ecf0',
  accent: '#0b5cad',
  good: '#0b7a4b',
  bad: '#b3261e',
  models: [
    ...['#147ad2', '#ed6b1a', '#096c41', '#652ea4', '#492c00', '#919191', '#b14084', '#004269'],
    ...['#956814', '#10aa36', '#b20305', '#0529f9', '#ce19dd', '#750e4e', '#0a0f0a', '#090262'],
  ],
};

export const DARK: Theme = {
  name: 'dark',
  background: '#14171b',
  surface: '#1b1f24',
  text: '#e8eaed',
  mutedText: '#a3acb9',
  line: '#3a414b',
  gridLine: '#2a3038',
  accent: '#7ab8ff',
  good: '#5fcf9a',
  bad: '#ff8a80',
  models: [
    ...['#79bbff', '#f66109', '#44a579', '#a36af3', '#fcbe74', '#d7f9ff', '#ff7bbc', '#1a7197'],
    ...['#c61d7d', '#946741', '#66fd1f', '#f6c2fd', '#65e0c8', '#8ebf1f', '#fe00d9', '#b59498'],
  ],
};

/** Filled shapes only: hollow ones mean something else. */
const MARKERS = ['circle', 'rectRot', 'triangle', 'rect', 'rectRounded'] as const;

/** How strongly the next variants of an architecture are filled. */
export const SHADES: readonly number[] = [1, 0.5, 0.2];

/** Colour of a model's lines and borders; beyond the palette it starts again. */
export function modelColour(theme: Theme, { colour }: Pick<ModelStyle, 'colour'>): string {
  return theme.models[colour % theme.models.length] as string;
}

/** Colour that a model's shapes are filled with: paler for the next variant of an architecture. */
export function modelFill(theme: Theme, style: Pick<ModelStyle, 'colour' | 'shade'>): string {
  return mix(modelColour(theme, style), theme.surface, SHADES[Math.min(style.shade, SHADES.length - 1)] as number);
}

export function modelMarker({ marker }: Pick<ModelStyle, 'marker'>): (typeof MARKERS)[number] {
  return MARKERS[marker % MARKERS.length] as (typeof MARKERS)[number];
}

/** Lines of architectures beyond the palette, and of variants, are dashed. */
export function modelDash({ colour, shade }: Pick<ModelStyle, 'colour' | 'shade'>): number[] {
  return colour < LIGHT.models.length && shade === 0 ? [] : [6, 3];
}

/** `share` of the first colour over the second, both `#rrggbb`. */
export function mix(first: string, second: string, share: number): string {
  const channel = (colour: string, i: number) => Number.parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
  const mixed = [0, 1, 2].map((i) => Math.round(channel(first, i) * share + channel(second, i) * (1 - share)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
