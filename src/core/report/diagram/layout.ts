import type { BlockGraph, DiagramBox, DiagramEdge } from './boxes.js';

/** Sizes in the drawing's own pixels. */
export const BOX_WIDTH = 216;
export const STEP_HEIGHT = 24;
const PADDING = 7;
const GAP = 34;
const PORT_GAP = 3;

export interface PlacedBox {
  readonly box: DiagramBox;
  readonly y: number;
  readonly height: number;
}

/** A tensor as a line: down to the next box, or an arc past the boxes between. */
export interface PlacedEdge {
  readonly edge: DiagramEdge;
  readonly kind: 'straight' | 'arc';
  readonly width: number;
  /** Ends; x is that of the arc's side for arcs, the middle for straight lines. */
  readonly x: number;
  readonly y1: number;
  readonly y2: number;
  /** How far an arc reaches out. */
  readonly reach: number;
}

export interface Layout {
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

/**
 * Boxes in execution order from top to bottom; tensors to the next box go straight down, all others bend around on the
 * right, the longer the further out. Each tensor has its own port, so none hides another.
 *
 * @param pixelsPerByte width of lines, the same for all diagrams of a report
 * @param reach pixels that the longest arc may bend out
 */
export function layOut({ boxes, edges }: BlockGraph, pixelsPerByte: number, reach: number): Layout {
  const widthOf = ({ bytes }: DiagramEdge) => Math.max(1, bytes * pixelsPerByte);
  const isStraight = ({ from, to }: DiagramEdge) => to === from + 1;
  const arcs = edges.filter((edge) => !isStraight(edge));
  const stacked = (ports: readonly DiagramEdge[]) => ports.reduce((sum, edge) => sum + widthOf(edge) + PORT_GAP, 0);

  // Incoming arcs come from above and take the upper ports, nearest source first; outgoing ones the furthest target first.
  const ports = boxes.map((_, i) => [
    ...arcs.filter(({ to }) => to === i).sort((a, b) => b.from - a.from),
    ...arcs.filter(({ from }) => from === i).sort((a, b) => b.to - a.to),
  ]);
  const placed: PlacedBox[] = [];
  let y = 0;
  boxes.forEach((box, i) => {
    const height = Math.max(box.steps.length * STEP_HEIGHT + 2 * PADDING, stacked(ports[i] ?? []) + 2 * PADDING);
    placed.push({ box, y, height });
    y += height + GAP;
  });

  const starts = new Map<DiagramEdge, number>();
  const ends = new Map<DiagramEdge, number>();
  ports.forEach((own, i) => {
    const { y: top, height } = placed[i] as PlacedBox;
    let port = top + (height - stacked(own) + PORT_GAP) / 2;
    for (const edge of own) {
      (edge.to === i ? ends : starts).set(edge, port + widthOf(edge) / 2);
      port += widthOf(edge) + PORT_GAP;
    }
  });

  // The longest arc reaches out as far as it may; all keep their proportions, so they nest instead of merging.
  const longest = Math.max(1, ...arcs.map((edge) => (ends.get(edge) as number) - (starts.get(edge) as number)));
  const slope = Math.min(0.32, reach / longest);
  const lines = edges.map((edge): PlacedEdge => {
    const from = placed[edge.from] as PlacedBox;
    const to = placed[edge.to] as PlacedBox;
    const width = widthOf(edge);
    if (isStraight(edge))
      return { edge, kind: 'straight', width, x: BOX_WIDTH / 2, y1: from.y + from.height, y2: to.y, reach: 0 };
    const y1 = starts.get(edge) as number;
    const y2 = ends.get(edge) as number;
    return { edge, kind: 'arc', width, x: BOX_WIDTH, y1, y2, reach: 24 + (y2 - y1) * slope };
  });
  const widest = Math.max(0, ...lines.map(({ reach, width }) => reach + width / 2));
  return { boxes: placed, edges: lines, width: BOX_WIDTH + widest + (widest > 0 ? 44 : 0), height: y - GAP };
}
