import { loadImage } from '@napi-rs/canvas';
import { LIGHT } from '../../core/report/palette.js';
import { designsOnFront, frontFigure } from '../../core/report/sweep/front-figure.js';
import type { Paint, SweepReport } from '../../core/report/sweep/sweep-input.js';
import { createSheet, DENSITY, FONT_FAMILY } from './canvas.js';

const WIDTH = 960;
const HEAD = 76;
const FIGURE = 520;

const paint: Paint = (name) =>
  /^m\d$/.test(name) ? (LIGHT.models[Number(name.slice(1))] as string) : LIGHT[name as 'text'];

/** The front over the cloud in its first two objectives, for a slide, at twice the pixel density. */
export async function renderSweepPng(report: SweepReport): Promise<Uint8Array> {
  const [first, second = first] = report.objectives;
  if (first === undefined || second === undefined) throw new Error('a sweep has objectives');
  const sheet = createSheet(WIDTH, HEAD + FIGURE + 16, LIGHT.background);
  const { context } = sheet;
  context.fillStyle = LIGHT.text;
  context.font = `600 20px ${FONT_FAMILY}`;
  context.fillText(`${report.name}: ${designsOnFront(report.front.length)}`, 20, 36);
  context.fillStyle = LIGHT.mutedText;
  context.font = `13px ${FONT_FAMILY}`;
  context.fillText(report.basis.join(' '), 20, 60, WIDTH - 40);
  const svg = frontFigure(report, first, second, paint)
    .replaceAll('Inter, system-ui, sans-serif', FONT_FAMILY)
    .replace(/ width="920" height="520"/, ` width="${920 * DENSITY}" height="${FIGURE * DENSITY}"`);
  const image = await loadImage(Buffer.from(svg));
  context.drawImage(image, 20, HEAD, 920, FIGURE);
  return sheet.canvas.encode('png');
}
