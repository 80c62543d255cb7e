import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../../importers/define-importer.js';
import { defineTraceFormat } from '../define-trace-format.js';
import { stepByName } from '../shared/by-name.js';
import { Columns, Interned } from '../shared/columns.js';
import { exclusiveDurations } from '../shared/exclusive.js';
import { unionLength } from '../shared/intervals.js';
import { numberOf, readEvents, type TraceEvent, textOr } from '../shared/json-events.js';
import type { Trace, TraceStep } from '../trace.js';

/** What Chrome calls its threads and the start of a recording, and the categories of its GPU process. */
const OWN =
  /"(TracingStartedInBrowser|CrBrowserMain|CrGpuMain|CrRendererMain|GPUTask)"|"cat"\s*:\s*"[^"]*(devtools\.timeline|gpu\.(dawn|device|service))/;

const REMEDY =
  'Record the GPU process: the Performance panel of DevTools does, in chrome://tracing the categories gpu, disabled-by-default-gpu.dawn and disabled-by-default-devtools.timeline.';

export default defineTraceFormat({
  format: 'chrome',
  title: 'Chrome (DevTools or chrome://tracing JSON, WebGPU)',
  matches: (head) => OWN.test(head),
  read,
});

/** `kind`: what timed it. */
const KIND = { task: 0, dawn: 1, device: 2 } as const;
type Pieces = Columns<'kind' | 'name' | 'thread' | 'start' | 'duration'>;

async function read(source: ByteSource): Promise<Trace> {
  const texts = new Interned();
  const all: Pieces = new Columns({ kind: 'u8', name: 'i32', thread: 'i32', start: 'f64', duration: 'f64' });
  const open = new Map<string, number>();
  await readEvents(source, {
    members: [],
    onMember() {},
    onEvent(event) {
      const kind = kindOf(event);
      const time = numberOf(event['ts']);
      if (kind === undefined || time === undefined) return;
      const name = textOr(event['name']);
      const thread = `${String(event['pid'])}/${String(event['tid'])}`;
      const add = (start: number, duration: number) => {
        if (duration >= 0) all.add(kind, texts.idOf(name), texts.idOf(thread), start, duration);
      };
      const phase = textOr(event['ph']);
      if (phase === 'X') add(time, numberOf(event['dur']) ?? -1);
      else if (/^[BbS]$/.test(phase)) open.set(keyOf(event, thread), time);
      else if (/^[EeF]$/.test(phase)) {
        const key = keyOf(event, thread);
        const start = open.get(key);
        if (start !== undefined) add(start, time - start);
        open.delete(key);
      }
      if (open.size > MOST_OPEN) open.clear();
    },
  });
  const isDevice = hasKind(all, KIND.device);
  const rows = rowsOf(all, (kind) => (kind === KIND.device) === isDevice);
  const own = exclusiveDurations({
    length: rows.length,
    thread: (i) => all.get(rows[i] as number, 'thread'),
    start: (i) => all.get(rows[i] as number, 'start'),
    duration: (i) => all.get(rows[i] as number, 'duration'),
  });
  const inside = isDevice ? rows.map(() => 1) : insideTasks(all, rows);
  const kept = Array.from(rows.keys()).filter((i) => inside[i] === 1);
  if (kept.length === 0)
    throw new ArchmeterError('the trace of Chrome holds no work of the GPU', REMEDY, { file: source.name });
  return traceOf(all, rows, own, kept, texts, isDevice);
}

/** Events that began and did not end; a trace that was cut has some. */
const MOST_OPEN = 10_000;

const keyOf = (event: TraceEvent, thread: string) => `${thread} ${textOr(event['name'])} ${String(event['id'] ?? '')}`;

function kindOf(event: TraceEvent): number | undefined {
  const category = textOr(event['cat']);
  if (/\bgpu\.device\b/.test(category)) return KIND.device;
  if (event['name'] === 'GPUTask') return KIND.task;
  return /\bgpu\.dawn\b/.test(category) ? KIND.dawn : undefined;
}

function hasKind(pieces: Pieces, kind: number): boolean {
  for (let row = 0; row < pieces.length; row++) if (pieces.get(row, 'kind') === kind) return true;
  return false;
}

function rowsOf(pieces: Pieces, isWanted: (kind: number) => boolean): Int32Array {
  return Int32Array.from({ length: pieces.length }, (_, row) => row).filter((row) => isWanted(pieces.get(row, 'kind')));
}

/** 1 for each of the rows that is a task of the GPU process or lies in one; calls of the page and polling are none. */
function insideTasks(pieces: Pieces, rows: Int32Array): Uint8Array {
  const inside = new Uint8Array(rows.length);
  const order = Int32Array.from(rows.keys()).sort((a, b) => {
    const of = (i: number, name: 'thread' | 'start' | 'kind') => pieces.get(rows[i] as number, name);
    return of(a, 'thread') - of(b, 'thread') || of(a, 'start') - of(b, 'start') || of(a, 'kind') - of(b, 'kind');
  });
  let thread = -1;
  let until = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    const row = rows[i] as number;
    if (pieces.get(row, 'thread') !== thread) until = Number.NEGATIVE_INFINITY;
    thread = pieces.get(row, 'thread');
    const end = pieces.get(row, 'start') + pieces.get(row, 'duration');
    if (pieces.get(row, 'kind') === KIND.task) until = Math.max(until, end);
    if (end <= until) inside[i] = 1;
  }
  return inside;
}

/** The whole recording is one iteration: nothing in it tells where a model begins. */
function traceOf(
  pieces: Pieces,
  rows: Int32Array,
  own: Float64Array,
  kept: readonly number[],
  texts: Interned,
  isDevice: boolean,
): Trace {
  const found = new Map<number, { deviceMs: number; kernels: number }>();
  for (const i of kept) {
    const name = pieces.get(rows[i] as number, 'name');
    const { deviceMs, kernels } = found.get(name) ?? { deviceMs: 0, kernels: 0 };
    found.set(name, { deviceMs: deviceMs + (own[i] as number) / 1000, kernels: kernels + 1 });
  }
  const steps = [...found].map(
    ([name, { deviceMs, kernels }]): TraceStep => stepByName(texts.of(name), deviceMs, { kernels }),
  );
  const starts = Float64Array.from(kept, (i) => pieces.get(rows[i] as number, 'start'));
  const ends = Float64Array.from(kept, (i) => {
    const row = rows[i] as number;
    return pieces.get(row, 'start') + pieces.get(row, 'duration');
  });
  const from = starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY);
  const to = ends.reduce((most, end) => Math.max(most, end), Number.NEGATIVE_INFINITY);
  const busy = unionLength(starts, ends);
  const total = steps.reduce((sum, { deviceMs }) => sum + deviceMs, 0);
  return {
    format: 'chrome',
    title: 'Chrome',
    device: { kind: 'gpu', name: 'GPU (its name is not in the trace)' },
    software: {},
    clock: isDevice ? 'device' : 'wall',
    clockSource: isDevice
      ? "Chrome's timer queries on the device"
      : "the clock of Chrome's GPU process around its tasks",
    clockQuantumMs: 1e-3,
    iterations: [
      {
        steps,
        spanMs: (to - from) / 1000,
        idleMs: Math.max(0, to - from - busy) / 1000,
        overlapMs: Math.max(0, total - busy / 1000),
      },
    ],
    warmUpIterations: 0,
    totalMs: total,
    leftOutMs: 0,
    attributedMs: total,
    notes: [
      ...(isDevice
        ? []
        : [
            'Chrome records no time of the device for WebGPU: tasks of its GPU process are the time in which commands were checked and handed over, of all pages.',
          ]),
      'A trace of Chrome names no kernels, layers or shapes: nothing in it can be joined to a model or counted. Its whole recording is taken for one iteration.',
    ],
  };
}
