import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../../importers/define-importer.js';
import { defineTraceFormat } from '../define-trace-format.js';
import { unionLength } from '../shared/intervals.js';
import { warmUpCount } from '../shared/warm-up.js';
import type { OtherWork, Trace, TraceIteration, TraceStep } from '../trace.js';
import { isCommunication, isTransfer, type Owner, ownersOf, Placing } from './attribute.js';
import { type Collected, collect, SPAN } from './collect.js';
import { deviceOf, softwareOf, startOf } from './device.js';
import { HOW } from './how.js';
import { findIterations, type Stretch } from './iterations.js';
import { nest } from './tree.js';

const CATEGORIES = /"(cpu_op|cuda_runtime|python_function|cpu_instant_event|user_annotation|ac2g|gpu_memcpy)"/;
const OLD_CATEGORIES = /"cat"\s*:\s*"(Operator|Runtime)"/;

export default defineTraceFormat({
  format: 'pytorch',
  title: 'PyTorch profiler (Kineto, Chrome trace)',
  matches: (head) =>
    CATEGORIES.test(head) ||
    OLD_CATEGORIES.test(head) ||
    /"(cupti_version|roctracer_version|record_shapes)"\s*:/.test(head),
  how: HOW,
  read,
});

/** A piece of work that takes time: a kernel, or of traces without any what an operator did itself. */
interface Piece {
  readonly owner: Owner;
  readonly start: number;
  readonly duration: number;
  readonly name: string;
  readonly other: OtherWork | undefined;
}

async function read(source: ByteSource): Promise<Trace> {
  const collected = await collect(source);
  const { spans, work, members } = collected;
  const threads = nest(collected);
  const hasKernels = work.length > 0;
  const pieces = hasKernels ? kernelPieces(collected, ownersOf(collected, threads)) : operatorPieces(collected);
  if (pieces.length === 0) {
    throw new ArchmeterError(
      'the trace holds no operators and no kernels',
      "Profile with activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]; 'archmeter profile --how pytorch' shows how.",
      { file: source.name },
    );
  }
  const top = topOperators(collected);
  const stretches = findIterations(collected, top);
  const placing = new Placing(collected);
  const parts = stretches.map((): Piece[] => []);
  let leftOut = 0;
  for (const piece of pieces) {
    const at = stretchOf(stretches, piece.owner.launchedAt ?? piece.start, piece.owner.launchedAt === undefined);
    const part = parts[at];
    if (part === undefined) leftOut += piece.duration;
    else part.push(piece);
  }
  const all = parts.flatMap((part, i) =>
    part.length === 0 ? [] : [{ part, iteration: iterationOf(part, placing, stretches[i] as Stretch, hasKernels) }],
  );
  const warmUp = warmUpCount(all.map(({ iteration }) => iteration.spanMs));
  for (const { part } of all.slice(0, warmUp)) for (const { duration } of part) leftOut += duration;
  const kept = all.slice(warmUp);
  const attributed = kept.flatMap(({ part }) => part.filter(({ owner }) => owner.operator >= 0));
  const hasShapes = spans.length > 0 && collected.calls.texts.some((text) => text !== '');
  return {
    format: 'pytorch',
    title: 'PyTorch profiler',
    device: deviceOf(members, hasKernels),
    software: softwareOf(members),
    clock: hasKernels ? 'device' : 'wall',
    clockSource: hasKernels
      ? 'timestamps of kernels'
      : "the profiler's clock on the host: its own cost is in the times",
    clockQuantumMs: 1e-6,
    iterations: kept.map(({ iteration }) => iteration),
    warmUpIterations: warmUp,
    totalMs: sum(pieces) / 1000,
    leftOutMs: leftOut / 1000,
    attributedMs: sum(attributed) / 1000,
    startedAt: startOf(members, collected.origin),
    notes: [
      ...(hasShapes ? [] : ['The trace has no shapes (record_shapes=True), so its operators cannot be counted.']),
      ...(leftOut === 0 || warmUp > 0
        ? []
        : ['Work launched outside the iterations, or before the recording began, is left out.']),
    ],
  };
}

const sum = (pieces: readonly Piece[]) => pieces.reduce((total, { duration }) => total + duration, 0);

function kernelPieces({ work, names }: Collected, owners: readonly Owner[]): Piece[] {
  return owners.map((owner, row) => {
    const name = names.of(work.get(row, 'name'));
    const other = isTransfer(work.get(row, 'kind'), name)
      ? 'copy'
      : isCommunication(name)
        ? 'communication'
        : owner.operator < 0
          ? /GraphLaunch/.test(owner.launch)
            ? 'graph'
            : 'unknown'
          : undefined;
    return { owner, start: work.get(row, 'start'), duration: work.get(row, 'duration'), name, other };
  });
}

/** What each operator did itself: its time less that of the operators inside it, which do not overlap. */
function operatorPieces({ spans, names }: Collected): Piece[] {
  const inside = new Float64Array(spans.length);
  for (let row = 0; row < spans.length; row++) {
    if (spans.get(row, 'kind') !== SPAN.operator) continue;
    let parent = spans.get(row, 'parent');
    while (parent >= 0 && spans.get(parent, 'kind') !== SPAN.operator) parent = spans.get(parent, 'parent');
    if (parent >= 0) inside[parent] = (inside[parent] as number) + spans.get(row, 'duration');
  }
  const pieces: Piece[] = [];
  for (let row = 0; row < spans.length; row++) {
    if (spans.get(row, 'kind') !== SPAN.operator) continue;
    const duration = Math.max(0, spans.get(row, 'duration') - (inside[row] as number));
    const start = spans.get(row, 'start');
    const owner: Owner = { operator: row, launchedAt: start, launch: '' };
    pieces.push({ owner, start, duration, name: names.of(spans.get(row, 'name')), other: undefined });
  }
  return pieces;
}

/** Outermost operators of the thread with the most of them, in the order run. */
function topOperators({ spans }: Collected): number[] {
  const byThread = new Map<number, number[]>();
  for (let row = 0; row < spans.length; row++) {
    if (spans.get(row, 'kind') !== SPAN.operator) continue;
    let parent = spans.get(row, 'parent');
    while (parent >= 0 && spans.get(parent, 'kind') !== SPAN.operator) parent = spans.get(parent, 'parent');
    if (parent >= 0) continue;
    const thread = spans.get(row, 'thread');
    const list = byThread.get(thread);
    if (list === undefined) byThread.set(thread, [row]);
    else list.push(row);
  }
  const busiest = [...byThread.values()].sort((a, b) => b.length - a.length)[0] ?? [];
  return busiest.sort((a, b) => spans.get(a, 'start') - spans.get(b, 'start'));
}

/** Index of the iteration that a time lies in; -1 for none. What was launched at an unknown time is in none, unless there is one alone. */
function stretchOf(stretches: readonly Stretch[], time: number, isUnknown: boolean): number {
  const [only, second] = stretches;
  if (stretches.length === 0 || (second === undefined && only?.end === Number.POSITIVE_INFINITY)) return 0;
  if (isUnknown) return -1;
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stretches[middle] as Stretch).start <= time) low = middle + 1;
    else high = middle;
  }
  return low > 0 && time <= (stretches[low - 1] as Stretch).end ? low - 1 : -1;
}

function iterationOf(
  pieces: readonly Piece[],
  placing: Placing,
  stretch: Stretch,
  hasKernels: boolean,
): TraceIteration {
  const steps = new Map<string, { step: TraceStep; order: number }>();
  for (const piece of pieces) {
    const placed = piece.owner.operator < 0 ? undefined : placing.of(piece.owner.operator);
    const other = piece.other ?? placed?.other;
    const row = placed?.step ?? -1;
    const key = row < 0 ? `${other} ${piece.name}` : `${row} ${other ?? ''}`;
    const known = steps.get(key);
    const before = known?.step;
    const step: TraceStep = {
      name: row < 0 ? piece.name : placing.nameOf(row),
      calls: row < 0 ? [] : [placing.callOf(row)],
      modules: placed?.modules ?? [],
      deviceMs: (before?.deviceMs ?? 0) + piece.duration / 1000,
      kernels: (before?.kernels ?? 0) + 1,
      other,
    };
    steps.set(key, {
      step,
      order: known?.order ?? (row < 0 ? (piece.owner.launchedAt ?? piece.start) : placing.startOf(row)),
    });
  }
  const intervals = pieces.map(({ start, duration }): [number, number] => [start, start + duration]);
  const from = pieces.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY);
  const to = intervals.reduce((most, [, end]) => Math.max(most, end), Number.NEGATIVE_INFINITY);
  const busy = hasKernels ? unionLength(intervals) : Math.min(sum(pieces), to - from);
  return {
    steps: [...steps.values()].sort((a, b) => a.order - b.order).map(({ step }) => step),
    spanMs: (to - from) / 1000,
    idleMs: Math.max(0, to - from - busy) / 1000,
    overlapMs: Math.max(0, sum(pieces) - busy) / 1000,
    ...(Number.isFinite(stretch.end) ? { hostMs: (stretch.end - stretch.start) / 1000 } : {}),
  };
}
