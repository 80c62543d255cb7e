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
  models: ['#0b62b0', '#c8501e', '#0a8a78', '#8e44a3', '#8a6d00', '#5b6676', '#c2347f', '#2f8fbf'],
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
  models: ['#5aa9f2', '#f58a55', '#35c4ab', '#c98be0', '#d0b040', '#a0abba', '#f27fb7', '#7fd0f0'],
};

export const MARKERS = ['circle', 'rectRot', 'triangle', 'rect', 'star', 'crossRot', 'cross', 'rectRounded'] as const;

/** Colour of the model at `index` in the report; beyond the palette it starts again, with another marker and dash. */
export function modelColour(theme: Theme, index: number): string {
  return theme.models[index % theme.models.length] as string;
}

export function modelMarker(index: number): (typeof MARKERS)[number] {
  return MARKERS[(index + Math.floor(index / MARKERS.length)) % MARKERS.length] as (typeof MARKERS)[number];
}

export function modelDash(index: number): number[] {
  return index < LIGHT.models.length ? [] : [6, 3];
}
