import { median } from '../statistics/quantile.js';
import type { OtherWork, TraceIteration, TraceStep } from '../traces/trace.js';

/** Time of layers, or of work beside them; the median over iterations. */
export interface ProfileRow {
  /** The layer, the first of a group, or what the work is. */
  readonly name: string;
  /** All layers that it stands for; empty for work of no layer. */
  readonly layers: readonly string[];
  readonly latencyMs: number;
  /** Of each iteration, in their order. */
  readonly samplesMs: ArrayLike<number>;
  /** Kernels, copies or operators in one iteration. */
  readonly kernels: number;
  readonly other?: OtherWork | undefined;
}

const OTHERS: Readonly<Record<OtherWork, string>> = {
  copy: 'copies to and from the device',
  communication: 'communication between devices',
  optimizer: 'optimizer',
  backward: 'backward pass',
  layout: 'layout conversions',
  graph: 'kernels of a launched graph',
  unknown: 'kernels without an operator',
};

/** Operators that only move data: where no layer is theirs, a runtime converts layouts or types. */
const MOVES = /^(aten::)?(to|_to_copy|contiguous|clone|copy_?|reshape|Reorder\w*|Transpose|Cast|Reformat.*)$/;

const moves = ({ name, calls }: TraceStep) => MOVES.test(name) || MOVES.test(calls[0]?.name ?? '');

/**
 * Rows of all iterations. Every step is in one row, so that in each iteration the rows sum to its steps.
 *
 * @param joined for each iteration and step the layers that it ran
 */
export function rowsOf(
  iterations: readonly TraceIteration[],
  joined: readonly (readonly (readonly string[])[])[],
): ProfileRow[] {
  const rows = new Map<
    string,
    { row: Omit<ProfileRow, 'latencyMs' | 'samplesMs'>; times: Float64Array; kernels: Float64Array }
  >();
  iterations.forEach(({ steps }, at) => {
    steps.forEach((step, i) => {
      if (step.deviceMs === 0 && step.kernels === 0) return;
      const layers = joined[at]?.[i] ?? [];
      const [first] = layers;
      const other = first === undefined ? (step.other ?? (moves(step) ? 'layout' : undefined)) : undefined;
      const name = first ?? (other === undefined ? step.name : OTHERS[other]);
      const key = first === undefined ? `- ${name}` : layers.join('\n');
      let entry = rows.get(key);
      if (entry === undefined) {
        const zeros = () => new Float64Array(iterations.length);
        entry = { row: { name, layers, kernels: 0, other }, times: zeros(), kernels: zeros() };
        rows.set(key, entry);
      }
      entry.times[at] = (entry.times[at] as number) + step.deviceMs;
      entry.kernels[at] = (entry.kernels[at] as number) + step.kernels;
    });
  });
  return [...rows.values()].map(({ row, times, kernels }) => ({
    ...row,
    latencyMs: median(times),
    samplesMs: times,
    kernels: median(kernels),
  }));
}
