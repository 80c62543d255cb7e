import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placeLabels } from '../../../../src/core/report/zoo/labels.js';

const FRAME = { left: 0, right: 900, top: 0, bottom: 500 };
const SIZE = 12;

it('labels cover neither each other nor an obstacle, and stay inside', () => {
  const point = fc.record({
    name: fc.string({ minLength: 1, maxLength: 30 }),
    x: fc.integer({ min: 0, max: 900 }),
    y: fc.integer({ min: 0, max: 500 }),
  });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 60 }), (points) => {
      const obstacles = points.map(({ x, y }) => ({ left: x - 4, top: y - 4, right: x + 4, bottom: y + 4 }));
      const boxes = placeLabels(points, obstacles, FRAME, SIZE).map(({ text, x, y, anchor }) => {
        const width = 0.58 * SIZE * text.length;
        const left = anchor === 'start' ? x : x - width;
        return { left, right: left + width, top: y - SIZE, bottom: y + 3 };
      });
      boxes.forEach((a, i) => {
        expect(a.left >= 0 && a.right <= 900 && a.top >= 0 && a.bottom <= 500).toBe(true);
        for (const b of [...boxes.slice(i + 1), ...obstacles]) {
          expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
        }
      });
    }),
  );
});

it('a lone point gets its name', () => {
  expect(placeLabels([{ name: 'resnet50', x: 400, y: 200 }], [], FRAME, SIZE)).toHaveLength(1);
});
