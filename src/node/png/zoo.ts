import { loadImage } from '@napi-rs/canvas';
import { LIGHT } from '../../core/report/palette.js';
import type { Paint } from '../../core/report/sweep/sweep-input.js';
import { caption } from '../../core/report/zoo/page.js';
import { scatterFigure } from '../../core/report/zoo/scatter-figure.js';
import type { ZooScatter } from '../../core/report/zoo/scatter-input.js';
import { createSheet, DENSITY, FONT_FAMILY } from './canvas.js';

const WIDTH = 1120;
const HEAD = 96;
const FIGURE = { width: 1080, height: 640 };

const paint: Paint = (name) => LIGHT[name as 'text'];

/** The picture of the zoo for a slide, at twice the pixel density. */
export async function renderZooPng(scatter: ZooScatter): Promise<Uint8Array> {
  const sheet = createSheet(WIDTH, HEAD + FIGURE.height + 16, LIGHT.background);
  const { context } = sheet;
  context.fillStyle = LIGHT.text;
  context.font = `600 20px ${FONT_FAMILY}`;
  context.fillText(scatter.title, 20, 36, WIDTH - 40);
  context.fillStyle = LIGHT.mutedText;
  context.font = `13px ${FONT_FAMILY}`;
  context.fillText(scatter.basis.join(' '), 20, 60, WIDTH - 40);
  context.fillText(caption(scatter), 20, 80, WIDTH - 40);
  const svg = scatterFigure(scatter, FIGURE, paint)
    .replaceAll('Inter, system-ui, sans-serif', FONT_FAMILY)
    .replace(
      ` width="${FIGURE.width}" height="${FIGURE.height}"`,
      ` width="${FIGURE.width * DENSITY}" height="${FIGURE.height * DENSITY}"`,
    );
  const image = await loadImage(Buffer.from(svg));
  context.drawImage(image, 20, HEAD, FIGURE.width, FIGURE.height);
  return sheet.canvas.encode('png');
}
