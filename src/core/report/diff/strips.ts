import { LAYER_FIGURES } from '../../compare/baseline.js';
import type { ComparedLayer } from '../../compare/layer-diff.js';
import { escapeText } from '../html/escape.js';
import { formatFigure } from '../number-format.js';
import type { AlignedLayer, DiffPair, RowStatus } from './align.js';

/** Colour of a status, for the theme of a picture or as a variable of the page. */
export type StatusPaint = (status: RowStatus) => string;

const [READ, WRITE] = [LAYER_FIGURES.indexOf('readBytes'), LAYER_FIGURES.indexOf('writeBytes')];

export function bytesOf(layer: ComparedLayer | undefined): number {
  return (layer?.figures[READ] ?? 0) + (layer?.figures[WRITE] ?? 0);
}

export const STRIP = { width: 1100, height: 34 };

/** One model as a strip. */
export interface Strip {
  /** `vovnet39: 302 MB moved`. */
  readonly label: string;
  readonly svg: string;
}

/** Both models as strips on one scale: a layer is as wide as the bytes that it moves, coloured by what became of it. */
export function strips({ diff, layers }: DiffPair, paint: StatusPaint): Strip[] {
  const sides = [
    { name: diff.before, of: ({ before }: AlignedLayer) => before },
    { name: diff.after, of: ({ after }: AlignedLayer) => after },
  ];
  const totals = sides.map(({ of }) => layers.reduce((sum, layer) => sum + bytesOf(of(layer)), 0));
  const scale = STRIP.width / Math.max(1, ...totals);
  return sides.map(({ name, of }, i) => {
    const label = `${name}: ${formatFigure(totals[i] ?? 0, 'bytes')} moved`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${STRIP.width} ${STRIP.height}" width="${STRIP.width}" height="${STRIP.height}" preserveAspectRatio="none" role="img" aria-label="${escapeText(`${label}, layer by layer`)}">${boxes(layers, of, scale, paint)}</svg>`;
    return { label, svg };
  });
}

/** Neighbours of one status that are narrower than a pixel are one box. */
function boxes(
  layers: readonly AlignedLayer[],
  of: (layer: AlignedLayer) => ComparedLayer | undefined,
  scale: number,
  paint: StatusPaint,
): string {
  const drawn: { status: RowStatus; left: number; width: number; names: string[]; bytes: number }[] = [];
  let left = 0;
  for (const aligned of layers) {
    const layer = of(aligned);
    if (layer === undefined) continue;
    const bytes = bytesOf(layer);
    const width = bytes * scale;
    const last = drawn.at(-1);
    if (last !== undefined && last.status === aligned.status && last.width < 2) {
      last.width += width;
      last.bytes += bytes;
      last.names.push(layer.name);
    } else drawn.push({ status: aligned.status, left, width, names: [layer.name], bytes });
    left += width;
  }
  return drawn
    .map(({ status, left: x, width, names, bytes }) => {
      const [first = ''] = names;
      const name = names.length === 1 ? first : `${first} and ${names.length - 1} more`;
      const title = `${name}: ${status === 'same' ? 'unchanged' : status}, ${formatFigure(bytes, 'bytes')}`;
      return `<rect x="${x.toFixed(1)}" y="0" width="${Math.max(0.6, width - (width > 3 ? 0.7 : 0)).toFixed(1)}" height="${STRIP.height}" fill="${paint(status)}"><title>${escapeText(title)}</title></rect>`;
    })
    .join('');
}
