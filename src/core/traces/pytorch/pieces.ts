import { Columns, RowsByNumber } from '../shared/columns.js';
import type { OtherWork } from '../trace.js';
import { isCommunication, isOptimizer, isTransfer } from './attribute.js';
import { type Collected, SPAN } from './collect.js';
import { spanAt, type Threads } from './tree.js';

/** Kinds of `OtherWork` by the number that pieces have them as. */
export const OTHERS: readonly (OtherWork | undefined)[] = [undefined, 'copy', 'communication', 'graph', 'unknown'];

/** Pieces of work that take time: kernels, or of traces without any what each operator did itself. */
export interface Pieces {
  /** `table` has the start and the name of `row`; `operator` is a row of `spans`, -1 where none launched it. */
  readonly columns: Columns<'row' | 'operator' | 'launchedAt' | 'duration' | 'other'>;
  readonly table: Collected['work'] | Collected['spans'];
}

/** `launchedAt`: when its launch began, µs of the host; NaN where the launch is not in the trace. */
const newColumns = (): Pieces['columns'] =>
  new Columns({ row: 'i32', operator: 'i32', launchedAt: 'f64', duration: 'f64', other: 'u8' });

/**
 * Finds the operator of each kernel by its external id, else by where its launch lies; every kernel is one piece. An
 * optimizer written in C++ launches kernels without an operator: its step stands for one.
 */
export function kernelPieces({ spans, work, launches, names }: Collected, threads: Threads): Pieces {
  const byExternal = new RowsByNumber(spans.length, (row) =>
    spans.get(row, 'kind') === SPAN.operator ? spans.get(row, 'external') : -1,
  );
  const byCorrelation = new RowsByNumber(launches.length, (row) => launches.get(row, 'correlation'));
  const isKind = (kind: number) => (row: number) => spans.get(row, 'kind') === kind;
  const launcher = (launch: number): number => {
    const at = (isWanted: (row: number) => boolean) =>
      spanAt(spans, threads[launches.get(launch, 'thread')], launches.get(launch, 'start'), isWanted);
    const operator = at(isKind(SPAN.operator));
    if (operator >= 0) return operator;
    return at((row) => isKind(SPAN.annotation)(row) && isOptimizer(names.of(spans.get(row, 'name'))));
  };
  const columns = newColumns();
  for (let row = 0; row < work.length; row++) {
    const launch = byCorrelation.get(work.get(row, 'correlation')) ?? -1;
    const external = work.get(row, 'external');
    const operator = (external < 0 ? undefined : byExternal.get(external)) ?? (launch < 0 ? -1 : launcher(launch));
    const launchedAt =
      launch >= 0 ? launches.get(launch, 'start') : operator >= 0 ? spans.get(operator, 'start') : Number.NaN;
    const name = names.of(work.get(row, 'name'));
    const isOfGraph = launch >= 0 && /GraphLaunch/.test(names.of(launches.get(launch, 'name')));
    const other: OtherWork | undefined = isTransfer(work.get(row, 'kind'), name)
      ? 'copy'
      : isCommunication(name)
        ? 'communication'
        : operator >= 0
          ? undefined
          : isOfGraph
            ? 'graph'
            : 'unknown';
    columns.add(row, operator, launchedAt, work.get(row, 'duration'), OTHERS.indexOf(other));
  }
  return { columns, table: work };
}

/** What each operator did itself: its time less that of the operators inside it, which do not overlap. */
export function operatorPieces({ spans }: Collected): Pieces {
  const inside = new Float64Array(spans.length);
  for (let row = 0; row < spans.length; row++) {
    if (spans.get(row, 'kind') !== SPAN.operator) continue;
    const outer = outerOperator(spans, row);
    if (outer >= 0) inside[outer] = (inside[outer] as number) + spans.get(row, 'duration');
  }
  const columns = newColumns();
  for (let row = 0; row < spans.length; row++) {
    if (spans.get(row, 'kind') !== SPAN.operator) continue;
    const duration = Math.max(0, spans.get(row, 'duration') - (inside[row] as number));
    columns.add(row, row, spans.get(row, 'start'), duration, 0);
  }
  return { columns, table: spans };
}

/** Outermost operators of the thread with the most of them, in the order run. */
export function topOperators({ spans }: Collected): Int32Array {
  const isTop = (row: number) => spans.get(row, 'kind') === SPAN.operator && outerOperator(spans, row) < 0;
  const counts = new Map<number, number>();
  for (let row = 0; row < spans.length; row++) {
    const thread = spans.get(row, 'thread');
    if (isTop(row)) counts.set(thread, (counts.get(thread) ?? 0) + 1);
  }
  const [thread, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [-1, 0];
  const busiest = new Int32Array(count);
  for (let row = 0, i = 0; row < spans.length; row++) {
    if (spans.get(row, 'thread') === thread && isTop(row)) busiest[i++] = row;
  }
  return busiest.sort((a, b) => spans.get(a, 'start') - spans.get(b, 'start') || a - b);
}

/** The operator that an operator ran in; -1 where there is none. */
function outerOperator(spans: Collected['spans'], row: number): number {
  let outer = spans.get(row, 'parent');
  while (outer >= 0 && spans.get(outer, 'kind') !== SPAN.operator) outer = spans.get(outer, 'parent');
  return outer;
}
