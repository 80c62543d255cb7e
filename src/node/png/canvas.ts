import { fileURLToPath } from 'node:url';
import { type Canvas, createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import { Chart, type ChartConfiguration } from 'chart.js/auto';
import type { AnyChart } from '../../core/report/charts/define-chart.js';

export const FONT_FAMILY = 'IBM Plex Sans';
/** Device pixels for each pixel of the layout. */
export const DENSITY = 2;

let registered = false;

/** System fonts are not needed, and where there are none text would vanish: the font comes with the package. */
function registerFonts(): void {
  if (registered) return;
  for (const face of ['Regular', 'SemiBold']) {
    const path = fileURLToPath(new URL(`./fonts/IBMPlexSans-${face}.ttf`, import.meta.url));
    if (!GlobalFonts.registerFromPath(path, FONT_FAMILY)) throw new Error(`the font ${path} cannot be read`);
  }
  registered = true;
}

export interface Sheet {
  readonly canvas: Canvas;
  readonly context: SKRSContext2D;
}

/** A canvas of the given size in layout pixels, drawn at DENSITY, filled with the background. */
export function createSheet(width: number, height: number, background: string): Sheet {
  registerFonts();
  const canvas = createCanvas(Math.ceil(width * DENSITY), Math.ceil(height * DENSITY));
  const context = canvas.getContext('2d');
  context.scale(DENSITY, DENSITY);
  context.fillStyle = background;
  context.fillRect(0, 0, width, height);
  return { canvas, context };
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
  registerFonts();
  const canvas = createCanvas(width, height);
  const options = { ...chart.options, animation: false, responsive: false, devicePixelRatio: DENSITY };
  const drawn = new Chart(canvas as unknown as HTMLCanvasElement, { ...chart, options } as ChartConfiguration);
  context.drawImage(canvas, x, y, width, height);
  drawn.destroy();
}
