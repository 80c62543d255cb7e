import type { Device } from '../analysis/devices/index.js';
import type { LayerAnalysis } from '../analysis/result.js';
import { CONTRACTION_KINDS } from '../ops/define-op.js';
import { type Bound, boundOf, type RowWork, rowWork } from './bounds.js';
import type { Profile } from './profile.js';
import type { ProfileRow } from './rows.js';

/** A row of layers with what they do and the least time that the device could take; undefined where that is not known. */
export interface BoundedRow {
  readonly row: ProfileRow;
  readonly work: RowWork | undefined;
  readonly bound: Bound | undefined;
  /** Time above the bound: what a better kernel could save at most. */
  readonly lostMs: number;
}

const multiplies = ({ kind }: LayerAnalysis) => CONTRACTION_KINDS.has(kind);

/**
 * Rows of layers, those first that are furthest above their bound in time. Of a group around a product, layers that only
 * move data are left out of what it does: products that ran in another form need none of them.
 */
export function boundedRows({ rows, analysis, dtype }: Profile, device: Device | undefined): BoundedRow[] {
  const byName = new Map(analysis.layers.map((layer) => [layer.name, layer]));
  return rows
    .filter(({ layers }) => layers.length > 0)
    .map((row): BoundedRow => {
      const layers = row.layers.flatMap((name): readonly LayerAnalysis[] => {
        const layer = byName.get(name);
        return layer === undefined ? [] : [layer];
      });
      const ran =
        layers.length > 1 && layers.some(multiplies) ? layers.filter(({ kind }) => kind !== 'movement') : layers;
      const isKnown = layers.every(({ kind }) => kind !== 'opaque');
      const found = !isKnown || device === undefined ? undefined : boundOf(ran, device, dtype);
      const bound = found === undefined || found.latencyMs === 0 ? undefined : found;
      return {
        row,
        work: isKnown ? rowWork(ran) : undefined,
        bound,
        lostMs: row.latencyMs - (bound?.latencyMs ?? 0),
      };
    })
    .sort((a, b) => b.lostMs - a.lostMs);
}

/** Rows that do the same work, which a model has many of, as one. */
export interface AlikeRows {
  /** What their names have in common, other numbers as `*`. */
  readonly name: string;
  readonly count: number;
  readonly layersEach: number;
  readonly latencyMs: number;
  readonly work: RowWork | undefined;
  readonly bound: Bound | undefined;
  readonly lostMs: number;
}

export function alikeRows(rows: readonly BoundedRow[]): AlikeRows[] {
  const groups = new Map<string, BoundedRow[]>();
  for (const one of rows) {
    const { row, work } = one;
    const key = JSON.stringify([row.name.replace(/\d+/g, '*'), work, row.layers.length]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()]
    .map((members): AlikeRows => {
      const [first] = members as [BoundedRow, ...BoundedRow[]];
      const total = (of: (one: BoundedRow) => number) => members.reduce((sum, one) => sum + of(one), 0);
      const { work, bound } = first;
      return {
        name: members.map(({ row }) => row.name).reduce(commonName),
        count: members.length,
        layersEach: first.row.layers.length,
        latencyMs: total(({ row }) => row.latencyMs),
        work: work && {
          madds: work.madds * members.length,
          flops: work.flops * members.length,
          bytes: work.bytes * members.length,
        },
        bound: bound && { by: bound.by, latencyMs: total((one) => one.bound?.latencyMs ?? 0) },
        lostMs: total(({ lostMs }) => lostMs),
      };
    })
    .sort((a, b) => b.lostMs - a.lostMs);
}

/** Two names that differ in numbers alone, with `*` for those that differ. */
function commonName(a: string, b: string): string {
  const parts = (name: string) => name.split(/(\d+|\*)/);
  const other = parts(b);
  return parts(a)
    .map((part, i) => (part === other[i] ? part : '*'))
    .join('');
}
