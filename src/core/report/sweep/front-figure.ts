import { escapeText } from '../html/escape.js';
import { formatFigure } from '../number-format.js';
import { type Scale, scaleOf } from './axis.js';
import { type Paint, type SweepDesign, type SweepObjective, type SweepReport, valueOfDesign } from './sweep-input.js';

const WIDTH = 920;
const HEIGHT = 520;
const LEFT = 84;
const RIGHT = 24;
const TOP = 20;
const BOTTOM = 62;
/** Side of a cell of the density, in pixels. */
const CELL = 8;

/** The cloud of designs by density, and the front in two of its objectives, as SVG. */
export function frontFigure(report: SweepReport, x: SweepObjective, y: SweepObjective, paint: Paint): string {
  const cloudX = (report.cloud?.columns[x.name] ?? []).map(Number);
  const cloudY = (report.cloud?.columns[y.name] ?? []).map(Number);
  const own = (name: string) => report.front.map((design) => valueOfDesign(design, name));
  const scaleX = scaleOf([...cloudX, ...own(x.name)], x.unit, LEFT, WIDTH - RIGHT);
  const scaleY = scaleOf([...cloudY, ...own(y.name)], y.unit, HEIGHT - BOTTOM, TOP);
  const parts = [
    grid(scaleX, scaleY, paint),
    density(cloudX, cloudY, scaleX, scaleY, paint),
    frontLine(report.front, x, y, scaleX, scaleY, paint),
    axisTitles(x, y, paint),
  ];
  const label = `${designsOnFront(report.front.length)}: ${y.heading} against ${x.heading}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escapeText(label)}" font-family="Inter, system-ui, sans-serif" font-size="13">${parts.join('')}</svg>`;
}

function grid(x: Scale, y: Scale, paint: Paint): string {
  const vertical = x.ticks.map(
    ({ value, text }) =>
      `<line x1="${r(x.at(value))}" x2="${r(x.at(value))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="${paint('gridLine')}"/><text x="${r(x.at(value))}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle" fill="${paint('mutedText')}">${escapeText(text)}</text>`,
  );
  const horizontal = y.ticks.map(
    ({ value, text }) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${r(y.at(value))}" y2="${r(y.at(value))}" stroke="${paint('gridLine')}"/><text x="${LEFT - 8}" y="${r(y.at(value) + 4)}" text-anchor="end" fill="${paint('mutedText')}">${escapeText(text)}</text>`,
  );
  return [...vertical, ...horizontal].join('');
}

/** Cells shaded by the logarithm of how many designs lie in them. */
function density(xs: readonly number[], ys: readonly number[], x: Scale, y: Scale, paint: Paint): string {
  const counts = new Map<string, number>();
  let most = 1;
  for (let i = 0; i < xs.length; i++) {
    const key = `${Math.floor(x.at(xs[i] as number) / CELL)},${Math.floor(y.at(ys[i] as number) / CELL)}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    most = Math.max(most, count);
  }
  const cells = [...counts].map(([key, count]) => {
    const [column, row] = key.split(',').map(Number) as [number, number];
    const opacity = 0.12 + 0.6 * (Math.log1p(count) / Math.log1p(most));
    return `<rect x="${column * CELL}" y="${row * CELL}" width="${CELL}" height="${CELL}" fill-opacity="${opacity.toFixed(2)}"/>`;
  });
  return `<g fill="${paint('mutedText')}">${cells.join('')}</g>`;
}

function frontLine(
  front: readonly SweepDesign[],
  x: SweepObjective,
  y: SweepObjective,
  scaleX: Scale,
  scaleY: Scale,
  paint: Paint,
): string {
  const points = [...front]
    .map((design) => ({
      design,
      x: scaleX.at(valueOfDesign(design, x.name)),
      y: scaleY.at(valueOfDesign(design, y.name)),
    }))
    .sort((a, b) => a.x - b.x);
  const line = points.map(({ x: left, y: top }) => `${r(left)},${r(top)}`).join(' ');
  const dots = points.map(({ design, x: left, y: top }) => {
    const title = `design ${design.design}: ${formatFigure(valueOfDesign(design, x.name), x.unit)}, ${formatFigure(valueOfDesign(design, y.name), y.unit)}`;
    return `<a href="#design-${design.design}"><circle cx="${r(left)}" cy="${r(top)}" r="4"><title>${escapeText(title)}</title></circle></a>`;
  });
  return `<polyline points="${line}" fill="none" stroke="${paint('m1')}" stroke-width="1.5"/><g fill="${paint('m1')}" stroke="${paint('background')}" stroke-width="1">${dots.join('')}</g>`;
}

function axisTitles(x: SweepObjective, y: SweepObjective, paint: Paint): string {
  const title = ({ heading, direction }: SweepObjective) =>
    `${heading} (${direction === 'min' ? 'less' : 'more'} is better)`;
  const middle = (TOP + HEIGHT - BOTTOM) / 2;
  return `<g fill="${paint('text')}" text-anchor="middle"><text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 14}">${escapeText(title(x))}</text><text x="16" y="${middle}" transform="rotate(-90 16 ${middle})">${escapeText(title(y))}</text></g>`;
}

const r = (value: number): string => value.toFixed(1);

/** `1 design on the front`, `12 designs on the front`. */
export function designsOnFront(count: number): string {
  return `${count} ${count === 1 ? 'design' : 'designs'} on the front`;
}
