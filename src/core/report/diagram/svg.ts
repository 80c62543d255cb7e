import { html, type Markup } from '../html/escape.js';
import { formatFigure } from '../number-format.js';
import type { BlockGraph } from './boxes.js';
import { BOX_WIDTH, layOut, type PlacedBox, type PlacedEdge, STEP_HEIGHT } from './layout.js';

/** Arcs beyond which only the widest are labelled. */
const LABELLED = 16;
const MARGIN = 6;

export interface DrawingOptions {
  readonly pixelsPerByte: number;
  /** Pixels that the longest arc may bend out. */
  readonly reach: number;
  /** Said by screen readers. */
  readonly label: string;
  /** Class of the model's colour. */
  readonly modelClass: string;
}

/** The SVG of a module. Every text is escaped; colours come from the page's style. */
export function drawBlock(graph: BlockGraph, options: DrawingOptions): Markup {
  const { boxes, edges, width, height } = layOut(graph, options.pixelsPerByte, options.reach);
  const arcs = edges.filter(({ kind }) => kind === 'arc');
  const labelled = new Set(arcs.length <= LABELLED ? arcs : longestOfEachSource(arcs));
  return html`<svg class="diagram ${options.modelClass}" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${options.label}" width="${Math.ceil(width + 2 * MARGIN)}" height="${Math.ceil(height + 2 * MARGIN)}" viewBox="${-MARGIN} ${-MARGIN} ${Math.ceil(width + 2 * MARGIN)} ${Math.ceil(height + 2 * MARGIN)}">
<g class="edges">${edges.map(line)}</g>
<g class="boxes">${boxes.map(box)}</g>
<g class="labels">${edges.filter((edge) => edge.kind === 'straight' || labelled.has(edge)).map(label)}</g>
</svg>`;
}

function longestOfEachSource(arcs: readonly PlacedEdge[]): PlacedEdge[] {
  const longest = new Map<number, PlacedEdge>();
  for (const arc of arcs)
    if ((longest.get(arc.edge.from)?.edge.to ?? -1) < arc.edge.to) longest.set(arc.edge.from, arc);
  return [...longest.values()];
}

function line(placed: PlacedEdge): Markup {
  const { kind, edge, width } = placed;
  const title = `${edge.channels} channels, ${formatFigure(edge.bytes, 'bytes')} read`;
  const path = kind === 'straight' ? `M${fixed(placed.x)} ${fixed(placed.y1)}V${fixed(placed.y2)}` : arc(placed);
  return html`<path class="${kind}" d="${path}" stroke-width="${fixed(width)}"><title>${title}</title></path>`;
}

/** A half-ellipse-like curve on the right of the boxes. */
function arc({ x, y1, y2, reach }: PlacedEdge): string {
  const out = fixed(x + reach * 1.33);
  return `M${fixed(x)} ${fixed(y1)}C${out} ${fixed(y1)} ${out} ${fixed(y2)} ${fixed(x)} ${fixed(y2)}`;
}

function label({ kind, edge, x, y1, y2, reach, width }: PlacedEdge): Markup {
  const middle = fixed((y1 + y2) / 2 + 4);
  const at = kind === 'straight' ? x + width / 2 + 6 : x + reach + width / 2 + 5;
  return html`<text x="${fixed(at)}" y="${middle}">${edge.channels}</text>`;
}

function box({ box: { kind, steps }, y, height }: PlacedBox): Markup {
  const top = y + (height - steps.length * STEP_HEIGHT) / 2;
  return html`<g class="box ${kind}"><rect x="0" y="${fixed(y)}" width="${BOX_WIDTH}" height="${fixed(height)}" rx="5"></rect>${steps.map(
    (step, i) => {
      const baseline = fixed(top + i * STEP_HEIGHT + 16);
      const moved =
        step.bytes > 0
          ? html`<text class="bytes" x="${BOX_WIDTH - 10}" y="${baseline}" text-anchor="end">${formatFigure(step.bytes, 'bytes')}</text>`
          : null;
      const target = step.layer === '' ? null : html` data-layer="${step.layer}"`;
      const about = step.detail === '' ? step.title : `${step.title} · ${step.detail}`;
      return html`<g class="step"${target}><rect class="hit" x="1" y="${baseline - 16}" width="${BOX_WIDTH - 2}" height="${STEP_HEIGHT}"></rect><title>${step.layer === '' ? step.title : `${step.layer}: ${about}`}</title><text class="title" x="10" y="${baseline}">${shorten(step.title, 24)}</text>${moved}</g>`;
    },
  )}</g>`;
}

function shorten(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

const fixed = (value: number) => Number(value.toFixed(1));
