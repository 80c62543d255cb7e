import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../../importers/define-importer.js';
import type { DeviceInfo } from '../../measurement.js';
import { defineTraceFormat } from '../define-trace-format.js';
import { stepByName } from '../shared/by-name.js';
import { Columns, Interned, rowsOfParts } from '../shared/columns.js';
import { exclusiveDurations } from '../shared/exclusive.js';
import { stretchAt, unionLength } from '../shared/intervals.js';
import { numberOf, readEvents, recordOf, textOr } from '../shared/json-events.js';
import { warmUpCount } from '../shared/warm-up.js';
import type { OtherWork, Trace, TracedNode, TraceIteration } from '../trace.js';
import { HOW } from './how.js';

const XPLANE = /\/(host:(CPU|metadata)|device:(GPU|TPU):\d)/;
const isJson = (head: string) => /^\s*[[{]/.test(head);

export default defineTraceFormat({
  format: 'xla',
  title: 'JAX, XLA and TensorFlow (trace viewer JSON)',
  matches: (head) =>
    isJson(head)
      ? /"(hlo_op|hlo_module|tf_op)"\s*:|"long_name"\s*:\s*"[^"]*:[A-Z]|"cat"\s*:\s*"Op"/.test(head) ||
        /"name"\s*:\s*"\/(host:CPU|device:(GPU|TPU):\d)/.test(head)
      : XPLANE.test(head.slice(0, 4096)),
  how: HOW,
  read,
});

/** Operations that ran; µs. `run`: which execution of a module, -1 where it is not told. */
type Pieces = Columns<'name' | 'node' | 'process' | 'thread' | 'run' | 'start' | 'duration' | 'own'>;

async function read(source: ByteSource): Promise<Trace> {
  if (!isJson(new TextDecoder().decode(await source.read(0, Math.min(64, source.size)))) && !(await isGzip(source))) {
    throw new ArchmeterError(
      'an XPlane file (.xplane.pb) is not read',
      'Give the trace viewer file: JAX writes *.trace.json.gz beside it; TensorBoard\'s Profile page saves it as "trace_viewer".',
      { file: source.name },
    );
  }
  const texts = new Interned();
  const processes = new Map<string, string>();
  const threads = new Map<string, string>();
  const marks: Mark[] = [];
  const pieces: Pieces = new Columns({
    name: 'i32',
    node: 'i32',
    process: 'i32',
    thread: 'i32',
    run: 'i32',
    start: 'f64',
    duration: 'f64',
    own: 'f64',
  });
  await readEvents(source, {
    members: [],
    onMember() {},
    onEvent(event) {
      const args = recordOf(event['args']);
      const process = String(event['pid']);
      const thread = `${process}/${String(event['tid'])}`;
      if (event['ph'] === 'M') {
        if (event['name'] === 'process_name') processes.set(process, textOr(args['name']));
        if (event['name'] === 'thread_name') threads.set(thread, textOr(args['name']));
        return;
      }
      const start = numberOf(event['ts']);
      const duration = numberOf(event['dur']);
      if (event['ph'] !== 'X' || start === undefined || duration === undefined || duration < 0) return;
      const name = textOr(event['name']);
      if (args['step_num'] !== undefined && processes.get(process) === '/host:CPU')
        marks.push({ start, end: start + duration });
      const framework = textOr(args['tf_op'], nodeWithOperator(args['long_name']) ?? textOr(args['name']));
      const operation = textOr(args['hlo_op']);
      // Names of derived lines are not known before the end: all work of devices is kept, of hosts what is an operation.
      if (!/^\/device:/.test(processes.get(process) ?? '') && operation === '' && framework === '') return;
      const run = args['run_id'] ?? args['group_id'];
      pieces.add(
        texts.idOf(operation === '' ? name : operation),
        texts.idOf(framework === '' ? operation || name : framework),
        texts.idOf(process),
        texts.idOf(thread),
        run === undefined ? -1 : texts.idOf(`${textOr(args['hlo_module'])} ${String(run)}`),
        start,
        duration,
        duration,
      );
    },
  });
  const isDevice = [...processes.values()].some((name) => name.startsWith('/device:'));
  const kept = isDevice
    ? rowsOfDevices(pieces, texts, processes, threads)
    : Int32Array.from({ length: pieces.length }, (_, row) => row);
  if (kept.length === 0) {
    throw new ArchmeterError(
      'the trace holds no operation that XLA or TensorFlow ran',
      'Run the compiled function inside jax.profiler.trace(…) and wait for its result.',
      { file: source.name },
    );
  }
  const at = (i: number) => kept[i] as number;
  exclusiveDurations({
    length: kept.length,
    thread: (i) => pieces.get(at(i), 'thread'),
    start: (i) => pieces.get(at(i), 'start'),
    duration: (i) => pieces.get(at(i), 'duration'),
  }).forEach((own, i) => {
    pieces.set(at(i), 'own', own);
  });
  if (!isDevice) runsOfMarks(pieces, texts, marks);
  return traceOf(pieces, kept, texts, deviceOf([...processes.values()]));
}

/** A step that the program told the profiler of; µs. */
interface Mark {
  readonly start: number;
  readonly end: number;
}

/** Operations of TensorFlow name no run; they lie in the steps that the program marked. */
function runsOfMarks(pieces: Pieces, texts: Interned, marks: Mark[]): void {
  marks.sort((a, b) => a.start - b.start);
  for (let row = 0; row < pieces.length; row++) {
    if (pieces.get(row, 'run') >= 0) continue;
    const step = stretchAt(marks, pieces.get(row, 'start'));
    if (step >= 0) pieces.set(row, 'run', texts.idOf(`step ${step}`));
  }
}

/** `model/conv_1/Relu:_FusedConv2D`, as TensorFlow's profiler calls an operation in full. */
function nodeWithOperator(name: unknown): string | undefined {
  return typeof name === 'string' && /^[^:\s]+:_*[A-Z]\w*$/.test(name) ? name : undefined;
}

async function isGzip(source: ByteSource): Promise<boolean> {
  const magic = await source.read(0, Math.min(2, source.size));
  return magic[0] === 0x1f && magic[1] === 0x8b;
}

/**
 * Of devices the lines of work itself: streams of a GPU, `XLA Ops` of a TPU. The other lines (steps, modules, name scopes)
 * tell the same time again.
 */
function rowsOfDevices(
  pieces: Pieces,
  texts: Interned,
  processes: ReadonlyMap<string, string>,
  threads: ReadonlyMap<string, string>,
): Int32Array {
  const isStream = (thread: string) => /^Stream #?\d/.test(threads.get(thread) ?? '');
  const withStreams = new Set([...threads.keys()].filter(isStream).map((thread) => thread.split('/')[0]));
  const isWork = (row: number) => {
    const process = texts.of(pieces.get(row, 'process'));
    const thread = texts.of(pieces.get(row, 'thread'));
    if (!(processes.get(process) ?? '').startsWith('/device:')) return false;
    return withStreams.has(process) ? isStream(thread) : threads.get(thread) === 'XLA Ops';
  };
  return Int32Array.from({ length: pieces.length }, (_, row) => row).filter(isWork);
}

function traceOf(pieces: Pieces, rows: Int32Array, texts: Interned, device: DeviceInfo): Trace {
  rows.sort((a, b) => pieces.get(a, 'start') - pieces.get(b, 'start') || a - b);
  const runs = new Map<number, number>();
  for (const row of rows) {
    const run = pieces.get(row, 'run');
    if (run >= 0 && !runs.has(run)) runs.set(run, runs.size);
  }
  // A module that ran once beside those that repeat is part of the whole, not an iteration of its own.
  const areIterations = runs.size > 1 && new Set([...runs.keys()].map((run) => texts.of(run).split(' ')[0])).size === 1;
  const parts = rowsOfParts(areIterations ? runs.size : 1, rows.length, (i) =>
    areIterations ? (runs.get(pieces.get(rows[i] as number, 'run')) ?? -1) : 0,
  );
  const found = parts.flatMap((part) => {
    const own = part.map((i) => rows[i] as number);
    return own.length === 0 ? [] : [iterationOf(pieces, own, texts)];
  });
  const sum = (list: readonly TraceIteration[]) =>
    list.reduce((total, { steps }) => total + steps.reduce((inner, { deviceMs }) => inner + deviceMs, 0), 0);
  const warmUp = warmUpCount(found.map(({ spanMs }) => spanMs));
  const kept = found.slice(warmUp);
  const total = rows.reduce((all, row) => all + pieces.get(row, 'own'), 0) / 1000;
  const isWhole = warmUp === 0 && parts.reduce((count, part) => count + part.length, 0) === rows.length;
  return {
    format: 'xla',
    title: 'XLA',
    device,
    software: {},
    clock: device.kind === 'gpu' ? 'device' : 'wall',
    clockSource:
      device.kind === 'gpu' ? 'timestamps of operations on the device' : "the host's clock around each operation",
    clockQuantumMs: 1e-6,
    iterations: kept,
    warmUpIterations: warmUp,
    totalMs: total,
    leftOutMs: isWhole ? 0 : Math.max(0, total - sum(kept)),
    attributedMs: sum(kept),
    notes: [
      'The trace has no shapes, and XLA fuses operations: they are timed, not counted, and joined to layers by name alone.',
      ...(areIterations || runs.size < 2 ? [] : ['Several modules ran: all of the trace is taken for one iteration.']),
    ],
  };
}

function iterationOf(pieces: Pieces, rows: Int32Array, texts: Interned): TraceIteration {
  const starts = Float64Array.from(rows, (row) => pieces.get(row, 'start'));
  const ends = Float64Array.from(rows, (row) => pieces.get(row, 'start') + pieces.get(row, 'duration'));
  const from = starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY);
  const to = ends.reduce((most, end) => Math.max(most, end), Number.NEGATIVE_INFINITY);
  const sum = rows.reduce((total, row) => total + pieces.get(row, 'own'), 0);
  const busy = unionLength(starts, ends);
  return {
    steps: Array.from(rows, (row) => {
      const name = texts.of(pieces.get(row, 'name'));
      return stepByName(name, pieces.get(row, 'own') / 1000, {
        node: nodeOf(texts.of(pieces.get(row, 'node'))),
        other: otherOf(name),
      });
    }),
    spanMs: (to - from) / 1000,
    idleMs: Math.max(0, to - from - busy) / 1000,
    overlapMs: Math.max(0, sum - busy) / 1000,
  };
}

function otherOf(name: string): OtherWork | undefined {
  if (/^(all-(reduce|gather|to-all)|reduce-scatter|collective-permute)|nccl|rccl/i.test(name)) return 'communication';
  return /^Memcpy(H2D|D2H)|^(infeed|outfeed)\b/i.test(name) ? 'copy' : undefined;
}

/**
 * `jit(f)/jit(main)/conv_1/add` is `conv_1/add`; `model/conv_1/Conv2D:Conv2D` is `model/conv_1/Conv2D`, whose scopes are
 * TensorFlow's.
 */
function nodeOf(framework: string): TracedNode {
  const [, path = framework, operator] = /^(.*?)(?::(\w+))?$/.exec(framework) ?? [];
  const name = path.replace(/^(p?jit\([^)]*\)\/)+/, '');
  return { name, ...(operator === undefined ? {} : { operator, isScoped: true as const }) };
}

function deviceOf(processes: readonly string[]): DeviceInfo {
  const device = processes.find((name) => name.startsWith('/device:'));
  if (device === undefined) return { kind: 'cpu', name: 'CPU (its name is not in the trace)' };
  const [, kind = 'device'] = /^\/device:([A-Za-z]+)/.exec(device) ?? [];
  const isGpu = kind.toUpperCase() === 'GPU';
  return { kind: isGpu ? 'gpu' : 'unknown', name: `${kind.toUpperCase()} (its name is not in the trace)` };
}
