import { escapeText } from '../html/escape.js';
import { type Scale, scaleOf } from '../sweep/axis.js';
import type { Paint } from '../sweep/sweep-input.js';
import { placeLabels } from './labels.js';
import type { ZooPoint, ZooScatter } from './scatter-input.js';

export interface FigureSize {
  readonly width: number;
  readonly height: number;
}

const FONT = 12;

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Every model as a dot, the front as a line with names, estimates with their intervals, as SVG of that size. */
export function scatterFigure(scatter: ZooScatter, { width, height }: FigureSize, paint: Paint): string {
  const frame = { left: width < 500 ? 50 : 64, right: width - 14, top: 14, bottom: height - 54 };
  // Intervals may leave the picture; dots may not.
  const x = scaleOf(
    scatter.points.map((point) => point.x),
    scatter.x.unit,
    frame.left,
    frame.right,
  );
  const y = scaleOf(
    scatter.points.map((point) => point.y),
    scatter.y.unit,
    frame.bottom,
    frame.top,
  );
  const front = scatter.points.filter(({ onFront }) => onFront).sort((a, b) => a.x - b.x);
  const rest = scatter.points.filter(({ onFront }) => !onFront);
  const parts = [
    grid(x, y, frame, paint),
    `<g stroke="${paint('mutedText')}" opacity="0.28">${rest.map((point) => whisker(point, x, y, frame)).join('')}</g>`,
    `<g fill="${paint('mutedText')}" opacity="0.6">${rest.map((point) => dot(point, x, y, 2.6)).join('')}</g>`,
    `<polyline points="${steps(front, x, y)}" fill="none" stroke="${paint('accent')}" stroke-width="1.2"/>`,
    `<g stroke="${paint('accent')}" opacity="0.6">${front.map((point) => whisker(point, x, y, frame)).join('')}</g>`,
    `<g stroke="${paint('text')}" stroke-width="1.2">${front.map((point) => measured(point, x, y, frame)).join('')}</g>`,
    `<g fill="${paint('accent')}" stroke="${paint('background')}">${front.map((point) => dot(point, x, y, 4.5)).join('')}</g>`,
    names(front, x, y, frame, paint),
    titles(scatter, frame, height, paint),
  ];
  const label = `${scatter.points.length} models: ${scatter.y.heading} against ${scatter.x.heading}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeText(label)}" font-family="Inter, system-ui, sans-serif" font-size="${FONT}">${parts.join('')}</svg>`;
}

function grid(x: Scale, y: Scale, frame: Frame, paint: Paint): string {
  const sparse = frame.right - frame.left < 440 ? x.ticks.filter((_, i) => i % 2 === 0) : x.ticks;
  const vertical = sparse.map(
    ({ value, text }) =>
      `<line x1="${r(x.at(value))}" x2="${r(x.at(value))}" y1="${frame.top}" y2="${frame.bottom}" stroke="${paint('gridLine')}"/><text x="${r(x.at(value))}" y="${frame.bottom + 18}" text-anchor="middle" fill="${paint('mutedText')}">${escapeText(text)}</text>`,
  );
  const horizontal = y.ticks.map(
    ({ value, text }) =>
      `<line x1="${frame.left}" x2="${frame.right}" y1="${r(y.at(value))}" y2="${r(y.at(value))}" stroke="${paint('gridLine')}"/><text x="${frame.left - 7}" y="${r(y.at(value) + 4)}" text-anchor="end" fill="${paint('mutedText')}">${escapeText(text)}</text>`,
  );
  return [...vertical, ...horizontal].join('');
}

function whisker({ low, high, y }: ZooPoint, scaleX: Scale, scaleY: Scale, frame: Frame): string {
  if (low === undefined || high === undefined) return '';
  const [from, to] = [low, high].map((value) => clamp(scaleX.at(value), frame)) as [number, number];
  return `<line x1="${r(from)}" x2="${r(to)}" y1="${r(scaleY.at(y))}" y2="${r(scaleY.at(y))}"/>`;
}

/** What was measured: an upright stroke at the height of the dot. */
function measured(point: ZooPoint, x: Scale, y: Scale, frame: Frame): string {
  if (point.measured === undefined) return '';
  const at = x.at(point.measured);
  if (at < frame.left || at > frame.right) return '';
  const middle = y.at(point.y);
  return `<line x1="${r(at)}" x2="${r(at)}" y1="${r(middle - 5)}" y2="${r(middle + 5)}"/>`;
}

function dot(point: ZooPoint, x: Scale, y: Scale, radius: number): string {
  const title = escapeText([point.name, ...point.lines].join('\n'));
  return `<circle cx="${r(x.at(point.x))}" cy="${r(y.at(point.y))}" r="${radius}"><title>${title}</title></circle>`;
}

/** Along the front as it dominates: across, then up. */
function steps(front: readonly ZooPoint[], x: Scale, y: Scale): string {
  return front
    .flatMap((point, i) => {
      const before = front[i - 1];
      const own = `${r(x.at(point.x))},${r(y.at(point.y))}`;
      return before === undefined ? [own] : [`${r(x.at(point.x))},${r(y.at(before.y))}`, own];
    })
    .join(' ');
}

function names(front: readonly ZooPoint[], x: Scale, y: Scale, frame: Frame, paint: Paint): string {
  const places = front.map((point) => ({ name: point.name, x: x.at(point.x), y: y.at(point.y) }));
  const obstacles = places.map((place) => ({
    left: place.x - 4,
    top: place.y - 4,
    right: place.x + 4,
    bottom: place.y + 4,
  }));
  const labels = placeLabels([...places].reverse(), obstacles, frame, FONT);
  // The halo keeps a name legible over dots.
  const halo = `stroke="${paint('background')}" stroke-width="3" stroke-linejoin="round"`;
  const draw = (style: string) =>
    labels
      .map(
        (label) =>
          `<text x="${r(label.x)}" y="${r(label.y)}" text-anchor="${label.anchor}" ${style}>${escapeText(label.text)}</text>`,
      )
      .join('');
  return draw(`fill="${paint('background')}" ${halo}`) + draw(`fill="${paint('text')}"`);
}

function titles({ x, y }: ZooScatter, frame: Frame, height: number, paint: Paint): string {
  const better = (direction: 'min' | 'max') => (direction === 'min' ? 'less is better' : 'more is better');
  const middle = (frame.top + frame.bottom) / 2;
  return `<g fill="${paint('text')}" text-anchor="middle"><text x="${(frame.left + frame.right) / 2}" y="${height - 12}">${escapeText(`${x.heading} (${better(x.direction)})`)}</text><text x="13" y="${middle}" transform="rotate(-90 13 ${middle})">${escapeText(y.heading)}</text></g>`;
}

const clamp = (value: number, { left, right }: Frame) => Math.min(Math.max(value, left), right);
const r = (value: number): string => value.toFixed(1);
