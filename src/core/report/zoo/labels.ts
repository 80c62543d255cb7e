/** A rectangle of the picture, in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end';
}

const overlaps = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Width of a character over the size of the font, on the wide side. */
const CHARACTER = 0.58;

/**
 * Names beside points, in the order given, each at the first of five places where it covers no name, no obstacle and no
 * edge; a name that fits nowhere is left out.
 */
export function placeLabels(
  points: readonly { readonly name: string; readonly x: number; readonly y: number }[],
  obstacles: readonly Box[],
  frame: Box,
  fontSize: number,
): Label[] {
  const taken: Box[] = [...obstacles];
  const labels: Label[] = [];
  const gap = 7;
  for (const { name, x, y } of points) {
    const width = CHARACTER * fontSize * name.length;
    const places = [
      { anchor: 'end', x: x - gap, y: y - gap },
      { anchor: 'start', x: x + gap, y: y + gap + fontSize },
      { anchor: 'end', x: x - gap, y: y + fontSize / 3 },
      { anchor: 'start', x: x + gap, y: y + fontSize / 3 },
      { anchor: 'end', x: x - gap, y: y - gap - fontSize },
    ] as const;
    for (const place of places) {
      const left = place.anchor === 'start' ? place.x : place.x - width;
      const box = { left, top: place.y - fontSize, right: left + width, bottom: place.y + 3 };
      const inside =
        box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
      if (!inside || taken.some((other) => overlaps(box, other))) continue;
      taken.push(box);
      labels.push({ text: name, ...place });
      break;
    }
  }
  return labels;
}
