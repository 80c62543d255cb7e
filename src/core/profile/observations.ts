import { batchOf, type CountedKernel, lowerKernels, type Precision } from '../analysis/latency/index.js';
import { batchOfTrace } from './batch.js';
import { stepTypes } from './operator-graph.js';
import type { Profile } from './profile.js';
import type { ProfileRow } from './rows.js';

/** A row of a profile whose kernels are known. */
export interface TimedRow {
  readonly name: string;
  readonly kernels: readonly CountedKernel[];
  readonly seconds: number;
  /** The same of rows that do the same work. */
  readonly work: string;
}

/** Why rows cannot be fitted. */
export type LeftOut = 'unjoined' | 'unknown' | 'backward' | 'repeated' | 'kernelless';

/** What the latency model can be fitted to. */
export interface FittableRows {
  readonly rows: readonly TimedRow[];
  /** Rows by why they were left out. */
  readonly leftOut: ReadonlyMap<LeftOut, number>;
  /** Of the time of all rows, that of `rows`. */
  readonly timeFraction: number;
  /** Of the time that is known by type, what is of the profile's own. */
  readonly typeFraction: number;
  readonly batch: number;
}

/** Joined rows with the kernels that eager execution runs for their layers. */
export function fittableRows(profile: Profile, precision: Precision): FittableRows {
  const { graph, joinedTo, trace } = profile;
  const ofLayer = new Map<string, CountedKernel[]>(graph.nodes.map(({ name }) => [name, []]));
  for (const kernel of lowerKernels(graph, { execution: 'eager', precision })) {
    const name = graph.nodes[kernel.node]?.name ?? '';
    const repeats = joinedTo === 'operators' ? (profile.repeats.get(name) ?? 1) : 1;
    ofLayer.get(name)?.push({ kernel, count: repeats });
  }
  const rows: TimedRow[] = [];
  const leftOut = new Map<LeftOut, number>();
  const opaque = new Set(profile.analysis.layers.filter(({ kind }) => kind === 'opaque').map(({ name }) => name));
  let [fitted, all] = [0, 0];
  for (const row of profile.rows) {
    if (!(row.latencyMs > 0)) continue;
    all += row.latencyMs;
    const kernels = row.layers.flatMap((name) => ofLayer.get(name) ?? []);
    const reason = reasonAgainst(row, profile, opaque) ?? (kernels.length === 0 ? 'kernelless' : undefined);
    if (reason !== undefined) {
      leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
      continue;
    }
    fitted += row.latencyMs;
    const work = JSON.stringify(kernels.map(({ kernel, count }) => ({ ...kernel, node: 0, count })));
    rows.push({ name: row.name, kernels, seconds: row.latencyMs / 1e3, work });
  }
  const typed = stepTypes(trace.iterations[trace.iterations.length >> 1]?.steps ?? []);
  const sum = (of: typeof typed) => of.reduce((total, { deviceMs }) => total + deviceMs, 0);
  const own = sum(typed.filter(({ type }) => type === profile.dtype));
  return {
    rows,
    leftOut,
    timeFraction: all === 0 ? 0 : fitted / all,
    typeFraction: typed.length === 0 ? 1 : own / sum(typed),
    batch: (joinedTo === 'operators' ? batchOfTrace(trace) : undefined) ?? batchOf(graph),
  };
}

function reasonAgainst(
  { name, layers }: ProfileRow,
  { joinedTo, repeats }: Profile,
  opaque: ReadonlySet<string>,
): LeftOut | undefined {
  if (layers.length === 0) return 'unjoined';
  if (layers.some((layer) => opaque.has(layer))) return 'unknown';
  // The estimate is of a forward pass.
  if (joinedTo === 'operators' && name.startsWith('backward.')) return 'backward';
  return joinedTo === 'model' && layers.some((layer) => repeats.has(layer)) ? 'repeated' : undefined;
}
