import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../../importers/define-importer.js';
import { defineTraceFormat } from '../define-trace-format.js';
import { rowsOfParts } from '../shared/columns.js';
import { stretchAt, unionLength } from '../shared/intervals.js';
import { StepList } from '../shared/step-list.js';
import { warmUpCount } from '../shared/warm-up.js';
import type { Trace, TraceIteration } from '../trace.js';
import { Placing } from './attribute.js';
import { type Collected, collect } from './collect.js';
import { deviceOf, softwareOf, startOf } from './device.js';
import { HOW } from './how.js';
import { findIterations, type Stretch, WHOLE } from './iterations.js';
import { kernelPieces, OTHERS, operatorPieces, type Pieces, topOperators } from './pieces.js';
import { nest } from './tree.js';

const CATEGORIES = /"(cpu_op|cuda_runtime|python_function|cpu_instant_event|user_annotation|ac2g|gpu_memcpy)"/;
const OLD_CATEGORIES = /"cat"\s*:\s*"(Operator|Runtime)"/;

/** A trace of the device alone. */
const KERNELS = /"cat"\s*:\s*"(kernel|gpu_memcpy|gpu_memset)"/;

export default defineTraceFormat({
  format: 'pytorch',
  title: 'PyTorch profiler (Kineto, Chrome trace)',
  matches: (head) =>
    CATEGORIES.test(head) ||
    OLD_CATEGORIES.test(head) ||
    KERNELS.test(head) ||
    /"(cupti_version|roctracer_version|record_shapes)"\s*:/.test(head),
  how: HOW,
  read,
});

async function read(source: ByteSource): Promise<Trace> {
  const collected = await collect(source);
  const { spans, work, members } = collected;
  const threads = nest(collected);
  const hasKernels = work.length > 0;
  const pieces = hasKernels ? kernelPieces(collected, threads) : operatorPieces(collected);
  const { columns } = pieces;
  if (columns.length === 0) {
    throw new ArchmeterError(
      'the trace holds no operators and no kernels',
      "Profile with activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]; 'archmeter profile --how pytorch' shows how.",
      { file: source.name },
    );
  }
  const placing = new Placing(collected);
  const partsOf = (found: readonly Stretch[]) =>
    rowsOfParts(found.length, columns.length, (piece) => {
      const at = columns.get(piece, 'launchedAt');
      return stretchOf(found, at, Number.isNaN(at));
    });
  let stretches = findIterations(collected, topOperators(collected));
  let parts = partsOf(stretches);
  if (parts.every(({ length }) => length === 0)) {
    // Steps that all work lies outside of tell nothing.
    stretches = [WHOLE];
    parts = partsOf(stretches);
  }
  const all = parts.flatMap((part, i) =>
    part.length === 0
      ? []
      : [{ part, iteration: iterationOf(pieces, part, collected, placing, stretches[i] as Stretch, hasKernels) }],
  );
  const warmUp = warmUpCount(all.map(({ iteration }) => iteration.spanMs));
  const kept = all.slice(warmUp);
  const duration = (piece: number) => columns.get(piece, 'duration');
  const total = sumOf(columns.length, duration);
  const inIterations = kept.reduce((sum, { part }) => sum + sumOf(part.length, (i) => duration(part[i] as number)), 0);
  const attributed = kept.reduce(
    (sum, { part }) =>
      sum + part.reduce((inner, at) => inner + (columns.get(at, 'operator') < 0 ? 0 : duration(at)), 0),
    0,
  );
  const isLeftOut = all.reduce((count, { part }) => count + part.length, 0) < columns.length;
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
    totalMs: total / 1000,
    leftOutMs: isLeftOut || warmUp > 0 ? Math.max(0, total - inIterations) / 1000 : 0,
    attributedMs: attributed / 1000,
    startedAt: startOf(members, collected.origin),
    notes: [
      ...(hasShapes ? [] : ['The trace has no shapes (record_shapes=True), so its operators cannot be counted.']),
      ...(isLeftOut ? ['Work launched outside the iterations, or before the recording began, is left out.'] : []),
      ...(kept.some(({ iteration }) => iteration.steps.some(({ repeats }) => repeats !== undefined))
        ? ['Too much ran that repeats as no iteration: calls alike are told as one.']
        : []),
    ],
  };
}

function sumOf(count: number, of: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += of(i);
  return total;
}

/** Index of the iteration that a time lies in; -1 for none. What was launched at an unknown time is in none, unless there is one alone. */
function stretchOf(stretches: readonly Stretch[], time: number, isUnknown: boolean): number {
  const [only, second] = stretches;
  if (second === undefined && only?.end === Number.POSITIVE_INFINITY) return 0;
  if (isUnknown) return -1;
  return stretchAt(stretches, time);
}

function iterationOf(
  { columns, table }: Pieces,
  part: Int32Array,
  { names }: Collected,
  placing: Placing,
  stretch: Stretch,
  hasKernels: boolean,
): TraceIteration {
  placing.next();
  const list = new StepList();
  const starts = new Float64Array(part.length);
  const ends = new Float64Array(part.length);
  let sum = 0;
  part.forEach((piece, i) => {
    const source = columns.get(piece, 'row');
    const [start, duration] = [table.get(source, 'start'), columns.get(piece, 'duration')];
    starts[i] = start;
    ends[i] = start + duration;
    sum += duration;
    const operator = columns.get(piece, 'operator');
    const placed = operator < 0 ? undefined : placing.of(operator);
    const other = OTHERS[columns.get(piece, 'other')] ?? placed?.other;
    const row = placed?.step ?? -1;
    const name = row < 0 ? names.of(table.get(source, 'name')) : placing.nameOf(row);
    list.add(row < 0 ? `${other} ${name}` : `${row} ${other ?? ''}`, duration / 1000, placing.isFirst(row), () => {
      const launchedAt = columns.get(piece, 'launchedAt');
      return {
        step: {
          name,
          calls: row < 0 ? [] : placing.callsOf(row),
          modules: placed?.modules ?? [],
          deviceMs: duration / 1000,
          kernels: 1,
          ...(other === undefined ? {} : { other }),
        },
        order: row >= 0 ? placing.startOf(row) : Number.isNaN(launchedAt) ? start : launchedAt,
      };
    });
  });
  const from = starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY);
  const to = ends.reduce((most, end) => Math.max(most, end), Number.NEGATIVE_INFINITY);
  const busy = hasKernels ? unionLength(starts, ends) : Math.min(sum, to - from);
  return {
    steps: list.steps(),
    spanMs: (to - from) / 1000,
    idleMs: Math.max(0, to - from - busy) / 1000,
    overlapMs: Math.max(0, sum - busy) / 1000,
    ...(Number.isFinite(stretch.end) ? { hostMs: (stretch.end - stretch.start) / 1000 } : {}),
  };
}
