import fc from 'fast-check';
import { expect } from 'vitest';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { ArchmeterError } from '../../../src/core/errors.js';
import type { Graph } from '../../../src/core/ir/graph.js';

const EXTREMES = [
  [0xff, 0xff, 0xff, 0x7f],
  [0xff, 0xff, 0xff, 0xff],
  [0x00, 0x00, 0x00, 0x80],
  [0x00, 0x00, 0x00, 0x00],
  [0x01, 0x00, 0x00, 0x00],
];

/** A file cut off, with bits flipped, with bytes or lengths replaced, or with a piece taken out. */
export function damagedBytes(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat(bytes.length - 1);
  const change = (edit: (copy: Uint8Array) => void) => {
    const copy = bytes.slice();
    edit(copy);
    return copy;
  };
  return fc.oneof(
    place.map((length) => bytes.slice(0, length)),
    fc.array(fc.tuple(place, fc.nat(7)), { minLength: 1, maxLength: 8 }).map((flips) =>
      change((copy) => {
        for (const [at, bit] of flips) copy[at] = (copy[at] as number) ^ (1 << bit);
      }),
    ),
    fc
      .tuple(fc.nat(Math.max(bytes.length - 4, 0)), fc.constantFrom(...EXTREMES))
      .map(([at, value]) => change((copy) => copy.set(value.slice(0, copy.length - at), at))),
    fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 20 }).map((edits) =>
      change((copy) => {
        for (const [at, value] of edits) copy[at] = value;
      }),
    ),
    fc.tuple(place, fc.integer({ min: 1, max: 64 })).map(([at, length]) => {
      const rest = bytes.slice(at + length);
      const shorter = new Uint8Array(at + rest.length);
      shorter.set(bytes.slice(0, at));
      shorter.set(rest, at);
      return shorter;
    }),
  );
}

const STRANGE: readonly unknown[] = [
  null,
  -1,
  0,
  1,
  1e308,
  -0.5,
  'x',
  '',
  [],
  {},
  [null],
  [-1, -1],
  [1e15, 1e15, 1e15],
  true,
  'DT_FLOAT',
  { s: 'x' },
  999999999,
  [[]],
  { i: '99999999999' },
];

/** JSON with some of its values left out, swapped for others of the file, or replaced by what does not belong there. */
export function damagedJson(json: unknown): fc.Arbitrary<string> {
  const count = spots(json).length;
  const edit = fc.record({
    at: fc.nat(count - 1),
    other: fc.nat(count - 1),
    kind: fc.nat(3),
    value: fc.nat(STRANGE.length - 1),
  });
  return fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => {
    const copy = structuredClone(json);
    for (const { at, other, kind, value } of edits) {
      const places = spots(copy);
      // An earlier edit may have left out everything.
      if (places.length === 0) break;
      const [holder, key] = places[at % places.length] as Spot;
      const [otherHolder, otherKey] = places[other % places.length] as Spot;
      if (kind === 0) delete holder[key];
      else if (kind === 1) holder[key] = structuredClone(otherHolder[otherKey]);
      // A clone: a later edit may change it.
      else holder[key] = structuredClone(STRANGE[value]);
    }
    return JSON.stringify(copy);
  });
}

type Spot = readonly [holder: Record<string, unknown>, key: string];

function spots(json: unknown): Spot[] {
  const found: Spot[] = [];
  const walk = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      found.push([value as Record<string, unknown>, key]);
      walk((value as Record<string, unknown>)[key]);
    }
  };
  walk(json);
  return found;
}

/** What a damaged file may give: a graph with sane figures, or one error that says what is wrong, and no other. */
export async function expectGraphOrError(reading: Promise<Graph>): Promise<void> {
  let graph: Graph;
  try {
    graph = await reading;
  } catch (error) {
    expect(error).toBeInstanceOf(ArchmeterError);
    const { message } = error as ArchmeterError;
    // The text of the last resort: an exception that no check foresaw.
    expect(message).not.toContain('it cannot be read as');
    expect(message).not.toContain('\n');
    return;
  }
  const { params, paramBytes, buffers, madds, flops, peakActivationBytes } = analyze(graph).totals;
  for (const figure of [params, paramBytes, buffers, madds, flops, peakActivationBytes]) {
    expect(Number.isFinite(figure) && figure >= 0).toBe(true);
  }
}
