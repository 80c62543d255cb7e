import { escapeText } from '../html/escape.js';
import { formatFigure } from '../number-format.js';
import { designsOnFront } from './front-figure.js';
import { type Paint, type SweepDesign, type SweepReport, valueOfDesign } from './sweep-input.js';

const HEIGHT = 360;
const TOP = 64;
const BOTTOM = 44;
const LEFT = 64;
const GAP = 86;

interface ParallelAxis {
  readonly heading: string;
  readonly top: string;
  readonly bottom: string;
  /** 0 at the bottom, 1 at the top. */
  at(design: SweepDesign): number;
}

/** Parallel coordinates of the front: each line a design, through its parameters and objectives, as SVG. */
export function parallelFigure(report: SweepReport, paint: Paint): string {
  const { front } = report;
  const axes = [
    ...report.parameters.map((name) => parameterAxis(front, name)),
    ...report.objectives
      .filter(({ name }) => !report.parameters.includes(name))
      .map(({ name, short, unit }) =>
        numberAxis(
          front.map((design) => valueOfDesign(design, name)),
          short,
          (design) => valueOfDesign(design, name),
          (value) => formatFigure(value, unit),
        ),
      ),
  ];
  const width = LEFT * 2 + GAP * (axes.length - 1);
  const left = (i: number) => LEFT + GAP * i;
  const top = (share: number) => HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
  const lines = front.map((design, i) => {
    const points = axes.map((axis, at) => `${left(at)},${top(axis.at(design)).toFixed(1)}`).join(' ');
    const share = front.length < 2 ? 0 : i / (front.length - 1);
    return `<polyline points="${points}" stroke="${paint(share < 0.34 ? 'm0' : share < 0.67 ? 'm2' : 'm1')}"><title>design ${design.design}</title></polyline>`;
  });
  const marks = axes.map(
    (axis, i) =>
      `<line x1="${left(i)}" x2="${left(i)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="${paint('line')}"/><text x="${left(i)}" y="${i % 2 === 0 ? 20 : 36}" text-anchor="middle" fill="${paint('text')}">${escapeText(axis.heading)}</text><text x="${left(i)}" y="${TOP - 8}" text-anchor="middle" fill="${paint('mutedText')}">${escapeText(axis.top)}</text><text x="${left(i)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="${paint('mutedText')}">${escapeText(axis.bottom)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" role="img" aria-label="Parameters and objectives of the ${designsOnFront(front.length)}" font-family="Inter, system-ui, sans-serif" font-size="12"><g fill="none" stroke-width="1.2" stroke-opacity="0.6">${lines.join('')}</g>${marks.join('')}</svg>`;
}

function parameterAxis(front: readonly SweepDesign[], name: string): ParallelAxis {
  const values = front.map(({ parameters }) => parameters[name] as number | string | boolean);
  if (values.every((value) => typeof value === 'number')) {
    return numberAxis(values as number[], name, ({ parameters }) => Number(parameters[name]), String);
  }
  const kinds = [...new Set(values.map(String))].sort();
  const place = (text: string) => (kinds.length < 2 ? 0.5 : kinds.indexOf(text) / (kinds.length - 1));
  return {
    heading: name,
    bottom: kinds[0] ?? '',
    top: kinds.length < 2 ? '' : (kinds.at(-1) as string),
    at: ({ parameters }) => place(String(parameters[name])),
  };
}

function numberAxis(
  values: readonly number[],
  heading: string,
  read: (design: SweepDesign) => number,
  text: (value: number) => string,
): ParallelAxis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return {
    heading,
    bottom: text(least),
    top: least === most ? '' : text(most),
    at: (design) => (least === most ? 0.5 : (read(design) - least) / (most - least)),
  };
}
