/**
 * One colour and one marker per architecture, the same in every chart and format. The colours differ under normal
 * vision and the three dichromacies and stand out from their background by at least 3:1; a test computes both.
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
  models: ['#147ad2', '#ed6b1a', '#096c41', '#652ea4', '#492c00', '#919191', '#b14084', '#004269'],
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
  models: ['#79bbff', '#f66109', '#44a579', '#a36af3', '#fcbe74', '#d7f9ff', '#ff7bbc', '#1a7197'],
};

/** Filled shapes only: hollow ones mean something else. */
export const MARKERS = ['circle', 'rectRot', 'triangle', 'rect', 'rectRounded'] as const;

/** Colour of the model at `index` in the report; beyond the palette it starts again, with another marker and dash. */
export function modelColour(theme: Theme, index: number): string {
  return theme.models[index % theme.models.length] as string;
}

export function modelMarker(index: number): (typeof MARKERS)[number] {
  return MARKERS[index % MARKERS.length] as (typeof MARKERS)[number];
}

export function modelDash(index: number): number[] {
  return index < LIGHT.models.length ? [] : [6, 3];
}
