import { describe, expect, it } from 'vitest';
import { DARK, LIGHT, mix, modelColour, modelDash, modelFill, modelMarker } from '../../../src/core/report/palette.js';

type Rgb = readonly [number, number, number];

/** Linear light from `#rrggbb` (sRGB, IEC 61966-2-1). */
function linear(hex: string): Rgb {
  const channel = (i: number) => {
    const value = Number.parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(0), channel(1), channel(2)];
}

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a: string, b: string): number {
  const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const [x, y] = [luminance(linear(a)), luminance(linear(b))];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Machado, Oliveira, Fernandes 2009, table 1, severity 1.0, on linear light. */
const VISIONS: Readonly<Record<string, readonly Rgb[]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** OKLab (Ottosson 2020): distances of about 0.02 are just noticeable. */
function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function seen(hex: string, vision: string): Rgb {
  const colour = linear(hex);
  const through = (row: Rgb) => Math.min(1, Math.max(0, row[0] * colour[0] + row[1] * colour[1] + row[2] * colour[2]));
  const [r, g, b] = (VISIONS[vision] as readonly Rgb[]).map(through) as [number, number, number];
  return oklab([r, g, b]);
}

describe.each([LIGHT, DARK])('the $name theme', (theme) => {
  it.each(Object.keys(VISIONS))(
    'keeps sixteen architectures apart under %s, by colour or by colour and marker',
    (vision) => {
      const colours = theme.models.map((colour) => seen(colour, vision));
      expect(colours).toHaveLength(16);
      for (const [i, a] of colours.entries()) {
        for (const [j, b] of colours.slice(0, i).entries()) {
          const alone = vision === 'normal' || i < 8 || modelMarker({ marker: i }) === modelMarker({ marker: j });
          expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeGreaterThan(alone ? 0.09 : 0.045);
        }
      }
    },
  );

  it('sets architectures off from the surface by 3:1 (WCAG 1.4.11)', () => {
    for (const colour of theme.models) expect(contrast(colour, theme.surface)).toBeGreaterThan(3);
  });

  it('sets text off from its backgrounds by 4.5:1 (WCAG 1.4.3)', () => {
    for (const background of [theme.background, theme.surface]) {
      for (const colour of [theme.text, theme.mutedText, theme.accent, theme.good, theme.bad]) {
        expect(contrast(colour, background)).toBeGreaterThan(4.5);
      }
    }
  });
});

it('draws variants of an architecture in paler shades of its colour', () => {
  const plain = { colour: 2, shade: 0 };
  expect(modelFill(LIGHT, plain)).toBe(modelColour(LIGHT, plain));
  expect(modelFill(LIGHT, { colour: 2, shade: 1 })).toBe(mix(modelColour(LIGHT, plain), LIGHT.surface, 0.5));
  expect(modelColour(LIGHT, { colour: 2 })).toBe(modelColour(LIGHT, { colour: 2 + LIGHT.models.length }));
  expect(modelDash({ colour: 2, shade: 0 })).toEqual([]);
  expect(modelDash({ colour: 2 + LIGHT.models.length, shade: 0 })).not.toEqual([]);
  expect(modelMarker({ marker: 0 })).not.toBe(modelMarker({ marker: 1 }));
});
