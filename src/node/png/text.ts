import type { SKRSContext2D } from '@napi-rs/canvas';
import { LIGHT, modelColour, modelFill, modelMarker } from '../../core/report/palette.js';
import type { Phrase } from '../../core/report/verdict.js';
import type { ModelStyle, ReportModel } from '../../core/report/view.js';
import { FONT_FAMILY } from './canvas.js';

export interface TextStyle {
  readonly size: number;
  readonly weight?: 400 | 600;
  readonly colour?: string;
  readonly align?: 'left' | 'right';
}

/** One line of text with its baseline at `y`; returns its width. */
export function drawText(context: SKRSContext2D, text: string, x: number, y: number, style: TextStyle): number {
  applyStyle(context, style);
  context.fillText(text, x, y);
  return context.measureText(text).width;
}

export function measureText(context: SKRSContext2D, text: string, style: TextStyle): number {
  applyStyle(context, style);
  return context.measureText(text).width;
}

function applyStyle(
  context: SKRSContext2D,
  { size, weight = 400, colour = LIGHT.text, align = 'left' }: TextStyle,
): void {
  context.font = `${weight} ${size}px "${FONT_FAMILY}"`;
  context.fillStyle = colour;
  context.textAlign = align;
  context.textBaseline = 'alphabetic';
}

/** Cuts text to a width, with an ellipsis. */
export function fitText(context: SKRSContext2D, text: string, width: number, style: TextStyle): string {
  if (measureText(context, text, style) <= width) return text;
  let cut = text;
  while (cut.length > 1 && measureText(context, `${cut}…`, style) > width) cut = cut.slice(0, -1);
  return `${cut}…`;
}

/** Lines of at most `width`; a word longer than that is cut. */
export function wrapText(context: SKRSContext2D, text: string, width: number, style: TextStyle): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && measureText(context, longer, style) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== '') lines.push(line);
  return lines.map((text) => fitText(context, text, width, style));
}

/** Phrases of a sentence as plain text. */
export function phrasesText(phrases: readonly Phrase[]): string {
  return phrases.map((phrase) => (typeof phrase === 'string' ? phrase : phrase.model)).join('');
}

/** A model's marker, centred. */
export function drawMarker(context: SKRSContext2D, style: ModelStyle, x: number, y: number, size = 10): void {
  const r = size / 2;
  context.beginPath();
  switch (modelMarker(style)) {
    case 'circle':
      context.arc(x, y, r, 0, 2 * Math.PI);
      break;
    case 'rectRot':
      context.moveTo(x, y - r * 1.15);
      context.lineTo(x + r * 1.15, y);
      context.lineTo(x, y + r * 1.15);
      context.lineTo(x - r * 1.15, y);
      break;
    case 'triangle':
      context.moveTo(x, y - r);
      context.lineTo(x + r * 1.1, y + r * 0.9);
      context.lineTo(x - r * 1.1, y + r * 0.9);
      break;
    case 'rect':
      context.rect(x - r * 0.9, y - r * 0.9, size * 0.9, size * 0.9);
      break;
    case 'rectRounded':
      context.roundRect(x - r * 0.9, y - r * 0.9, size * 0.9, size * 0.9, 3);
      break;
  }
  context.closePath();
  context.fillStyle = modelFill(LIGHT, style);
  context.fill();
  context.strokeStyle = modelColour(LIGHT, style);
  context.lineWidth = 1;
  context.stroke();
}

/** Markers and names in rows; returns the height taken. */
export function drawLegend(
  context: SKRSContext2D,
  models: readonly Pick<ReportModel, 'name' | 'style'>[],
  x: number,
  y: number,
  width: number,
  size = 12,
): number {
  const gap = 18;
  const row = size + 8;
  let left = x;
  let top = y;
  for (const { name, style } of models) {
    const text = fitText(context, name, width - 16, { size });
    const taken = 16 + measureText(context, text, { size });
    if (left > x && left + taken > x + width) {
      left = x;
      top += row;
    }
    drawMarker(context, style, left + 5, top + size / 2 + 1, size - 3);
    drawText(context, text, left + 16, top + size - 0.5, { size });
    left += taken + gap;
  }
  return top + row - y;
}
