import type { LayerBound, LayerTiming, LayerWork } from '../../measurement.js';
import { commonName, gatherAlike } from './alike.js';

/** Rows of a profile that do the same work, which a model has many of, as one. */
export interface AlikeLayers {
  /** What their names have in common, other numbers as `*`. */
  readonly name: string;
  /** Their own names, in the order of the model. */
  readonly names: readonly string[];
  readonly layersEach: number;
  readonly latencyMs: number;
  readonly work: LayerWork | undefined;
  readonly bound: LayerBound | undefined;
  /** Time above the bound: what better kernels could save at most; the whole time where the bound is not known. */
  readonly lostMs: number;
}

/** Layers of a profile, those first that lose the most time against their bound. */
export function alikeLayers(timings: readonly LayerTiming[]): AlikeLayers[] {
  const layers = timings.filter(({ unjoined }) => unjoined !== true);
  return gatherAlike(
    layers,
    ({ name }) => name,
    ({ work, members = [] }) => [work, members.length],
  )
    .map((rows): AlikeLayers => {
      const [first] = rows as [LayerTiming, ...LayerTiming[]];
      const total = (of: (row: LayerTiming) => number) => rows.reduce((sum, row) => sum + of(row), 0);
      const { work, bound, members = [] } = first;
      const latencyMs = total((row) => row.latencyMs);
      const boundMs = total((row) => row.bound?.latencyMs ?? 0);
      return {
        name: commonName(rows.map(({ name }) => name)),
        names: rows.map(({ name }) => name),
        layersEach: Math.max(1, members.length),
        latencyMs,
        work: work && {
          madds: work.madds * rows.length,
          flops: work.flops * rows.length,
          bytes: work.bytes * rows.length,
        },
        bound: bound && { by: bound.by, latencyMs: boundMs },
        lostMs: latencyMs - boundMs,
      };
    })
    .sort((a, b) => b.lostMs - a.lostMs);
}
