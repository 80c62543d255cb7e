import regular from 'archmeter:fonts/IBMPlexSans-Regular.ttf';
import semiBold from 'archmeter:fonts/IBMPlexSans-SemiBold.ttf';
import { Chart, type ChartConfiguration } from 'chart.js/auto';
import type { AnyChart } from '../../core/report/charts/define-chart.js';

/** What the drawing of PNG files has of a canvas, here: the build puts this in the place of `src/node/png/canvas.ts`. */

export const FONT_FAMILY = 'IBM Plex Sans';
/** Device pixels for each pixel of the layout. */
export const DENSITY = 2;

const FACES: readonly (readonly [bytes: Uint8Array<ArrayBuffer>, weight: string])[] = [
  [regular as Uint8Array<ArrayBuffer>, '400'],
  [semiBold as Uint8Array<ArrayBuffer>, '600'],
];

/** Fonts are read once, before anything is drawn. */
export async function loadFonts(): Promise<void> {
  const { fonts } = globalThis as unknown as { readonly fonts: FontFaceSet };
  if (fonts.size > 0) return;
  for (const [bytes, weight] of FACES) fonts.add(await new FontFace(FONT_FAMILY, bytes, { weight }).load());
}

export interface Sheet {
  readonly canvas: { encode(type: 'png'): Promise<Uint8Array> };
  readonly context: OffscreenCanvasRenderingContext2D;
}

/** A canvas of the given size in layout pixels, drawn at DENSITY, filled with the background. */
export function createSheet(width: number, height: number, background: string): Sheet {
  const canvas = new OffscreenCanvas(Math.ceil(width * DENSITY), Math.ceil(height * DENSITY));
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.scale(DENSITY, DENSITY);
  context.fillStyle = background;
  context.fillRect(0, 0, width, height);
  const encode = async () => new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
  return { canvas: { encode }, context };
}

/** Draws a chart through chart.js onto a sheet. */
export function drawChart(
  { context }: Sheet,
  chart: AnyChart,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const canvas = new OffscreenCanvas(width, height);
  const options = { ...chart.options, animation: false, responsive: false, devicePixelRatio: DENSITY };
  const drawn = new Chart(canvas as unknown as HTMLCanvasElement, { ...chart, options } as ChartConfiguration);
  context.drawImage(canvas, x, y, width, height);
  drawn.destroy();
}
