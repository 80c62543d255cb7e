import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../../importers/define-importer.js';
import { defineTraceFormat } from '../define-trace-format.js';
import { stepByName } from '../shared/by-name.js';
import { chunksOf } from '../shared/chunks.js';
import { Interned } from '../shared/columns.js';
import { exclusiveDurations } from '../shared/exclusive.js';
import { unionLength } from '../shared/intervals.js';
import { repetition } from '../shared/repetition.js';
import { warmUpCount } from '../shared/warm-up.js';
import type { OtherWork, Trace, TraceIteration, TraceStep } from '../trace.js';
import { cellsOf, unitOf } from './csv.js';
import { HOW } from './how.js';

const EXPORT = 'nsys stats --report cuda_gpu_trace --format csv --output . FILE.nsys-rep';

/** Headings by which each report of `nsys stats` is known, whatever its unit of time. */
const TRACE = /^"?Start \(\w+\)"?,"?Duration \(\w+\)"?,.*\bName\b/m;
const SUM = /^"?Time ?\(%\)"?,"?Total Time \(\w+\)"?,.*\b(Name|Operation)\b/m;
const RANGES = /^"?(Name|Range)"?,"?Projected Start \(\w+\)"?,"?Projected Duration \(\w+\)"?,/m;
/** Each tells a time once for every range around it. */
const NESTED =
  /^"?NVTX Range"?,.*\bKernel Name\b|^"?(Time ?\(%\)|Range)"?,.*"?(Total Time|Total Proj Time) \(\w+\)"?,.*\bRange\b/m;
const SQLITE = 'SQLite format 3\0';

export default defineTraceFormat({
  format: 'nsight',
  title: 'Nsight Systems (nsys stats CSV)',
  matches: (head) =>
    head.startsWith(SQLITE) || [TRACE, SUM, RANGES, NESTED].some((heading) => heading.test(head.slice(0, 65536))),
  how: HOW,
  read,
});

/** A row of the report. */
interface Row {
  readonly name: string;
  readonly startMs?: number | undefined;
  /** Of a range: without those inside it, once they are told apart; then `spanMs` is the whole. */
  readonly durationMs: number;
  readonly spanMs?: number;
  readonly instances: number;
  /** Of a range: the thread that it is nested on. */
  readonly thread: string;
}

async function read(source: ByteSource): Promise<Trace> {
  const { rows, devices, areRanges } = await rowsOf(source);
  if (rows.length === 0) {
    throw new ArchmeterError('the report holds no kernel with a time', `Export it so: ${EXPORT}`, {
      file: source.name,
    });
  }
  const hasTimes = rows.every(({ startMs }) => startMs !== undefined);
  const { iterations, leftOutMs } = hasTimes ? timeLine(areRanges ? ownTimes(rows) : rows) : sums(rows);
  const sumOf = ({ steps }: TraceIteration) => steps.reduce((sum, { deviceMs }) => sum + deviceMs, 0);
  const warmUp = warmUpCount(iterations.map(({ spanMs }) => spanMs));
  const kept = iterations.slice(warmUp);
  const total = iterations.reduce((sum, one) => sum + sumOf(one), leftOutMs);
  const measured = kept.reduce((sum, one) => sum + sumOf(one), 0);
  const [device] = devices;
  return {
    format: 'nsight',
    title: 'Nsight Systems',
    device: { kind: 'gpu', name: device ?? 'GPU (its name is not in the report)', vendor: 'NVIDIA' },
    software: {},
    clock: 'device',
    clockSource: hasTimes ? 'timestamps of kernels' : 'sums of nsys stats over the whole recording',
    clockQuantumMs: 1e-6,
    iterations: kept,
    warmUpIterations: warmUp,
    totalMs: total,
    leftOutMs: leftOutMs === 0 && warmUp === 0 ? 0 : Math.max(0, total - measured),
    notes: [
      ...(iterations.length > 1
        ? []
        : ['The whole recording is taken for one iteration: nothing in the report repeats as a whole.']),
      ...(hasTimes ? [] : ['The report has no time line: gaps between kernels are not known.']),
      areRanges
        ? 'Layers are told by the names of NVTX ranges; gaps between the kernels of a range are in its time.'
        : 'Kernels bear no names of layers: they cannot be joined to a model.',
    ],
  };
}

interface Iterations {
  readonly iterations: readonly TraceIteration[];
  readonly leftOutMs: number;
}

/** Iterations are repetitions of the same names in order. */
function timeLine(rows: readonly Row[]): Iterations {
  const sorted = rows.toSorted((a, b) => (a.startMs ?? 0) - (b.startMs ?? 0));
  const names = new Interned();
  const { first, period, count } = repetition(Float64Array.from(sorted, ({ name }) => names.idOf(name)));
  const end = first + count * period;
  return {
    iterations: Array.from({ length: count }, (_, i) =>
      iterationOf(sorted.slice(first + i * period, first + (i + 1) * period)),
    ),
    leftOutMs: [...sorted.slice(0, first), ...sorted.slice(end)].reduce((sum, { durationMs }) => sum + durationMs, 0),
  };
}

function iterationOf(rows: readonly Row[]): TraceIteration {
  const starts = Float64Array.from(rows, ({ startMs = 0 }) => startMs);
  const ends = Float64Array.from(rows, ({ startMs = 0, spanMs, durationMs }) => startMs + (spanMs ?? durationMs));
  const from = starts[0] as number;
  const to = ends.reduce((most, end) => Math.max(most, end), from);
  const sum = rows.reduce((total, { durationMs }) => total + durationMs, 0);
  const busy = unionLength(starts, ends);
  return {
    steps: rows.map(stepOf),
    spanMs: to - from,
    idleMs: Math.max(0, to - from - busy),
    overlapMs: Math.max(0, sum - busy),
  };
}

/** Ranges without the time of those inside them. */
function ownTimes(rows: readonly Row[]): Row[] {
  const threads = new Interned();
  const at = (row: number) => rows[row] as Row;
  const own = exclusiveDurations({
    length: rows.length,
    thread: (row) => threads.idOf(at(row).thread),
    start: (row) => at(row).startMs ?? 0,
    duration: (row) => at(row).durationMs,
  });
  return rows.map((row, i) => ({ ...row, durationMs: own[i] as number, spanMs: row.durationMs }));
}

function sums(rows: readonly Row[]): Iterations {
  const total = rows.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return { iterations: [{ steps: rows.map(stepOf), spanMs: total, idleMs: 0, overlapMs: 0 }], leftOutMs: 0 };
}

function stepOf({ name, durationMs, instances }: Row): TraceStep {
  // A range of the default domain is written with a colon before it.
  const plain = name.replace(/^:/, '');
  return stepByName(plain, durationMs, { kernels: instances, other: otherOf(name) });
}

function otherOf(name: string): OtherWork | undefined {
  if (/nccl/i.test(name)) return 'communication';
  return /\[CUDA memcpy (HtoD|DtoH|HtoH|Host-to-Device|Device-to-Host)/i.test(name) ? 'copy' : undefined;
}

/** Reads line by line; what is no row of the report (what nsys says while it works) is passed over. */
async function rowsOf(source: ByteSource): Promise<{ rows: Row[]; devices: Set<string>; areRanges: boolean }> {
  const rows: Row[] = [];
  const devices = new Set<string>();
  const names = new Map<string, string>();
  const shared = (text: string) => {
    const known = names.get(text) ?? text;
    names.set(known, known);
    return known;
  };
  let columns: Columns | undefined;
  for await (const line of linesOf(source)) {
    if (NESTED.test(line)) {
      throw new ArchmeterError(
        'a summary by NVTX range tells a time once for each range around it',
        `Export one that does not: ${EXPORT} (or --report nvtx_gpu_proj_trace)`,
        { file: source.name },
      );
    }
    if (TRACE.test(line) || SUM.test(line) || RANGES.test(line)) {
      if (columns !== undefined) {
        throw new ArchmeterError(
          'it holds more than one report, which tell the same time twice',
          `Export one: ${EXPORT}`,
          {
            file: source.name,
          },
        );
      }
      columns = columnsOf(cellsOf(line));
      continue;
    }
    if (columns === undefined) continue;
    const cells = cellsOf(line);
    const number = (at: number | undefined) => {
      const text = at === undefined ? '' : (cells[at] ?? '').replaceAll(',', '');
      return text === '' || !Number.isFinite(Number(text)) ? undefined : Number(text);
    };
    const name = cells[columns.name] ?? '';
    const duration = number(columns.duration);
    if (name === '' || duration === undefined || duration < 0) continue;
    const start = number(columns.start);
    const device = columns.device === undefined ? '' : (cells[columns.device] ?? '').replace(/\s*\(\d+\)$/, '');
    if (device !== '') devices.add(device);
    rows.push({
      name: shared(name),
      ...(start === undefined ? {} : { startMs: start * columns.unit }),
      durationMs: duration * columns.unit,
      instances: number(columns.instances) ?? 1,
      thread: columns.threads.map((at) => cells[at]).join('/'),
    });
  }
  return { rows, devices, areRanges: columns?.areRanges ?? false };
}

interface Columns {
  readonly name: number;
  readonly duration: number;
  readonly unit: number;
  readonly start: number | undefined;
  readonly instances: number | undefined;
  readonly device: number | undefined;
  readonly threads: readonly number[];
  readonly areRanges: boolean;
}

function columnsOf(headings: readonly string[]): Columns {
  const at = (pattern: RegExp) => {
    const found = headings.findIndex((heading) => pattern.test(heading));
    return found < 0 ? undefined : found;
  };
  const duration = at(/^(Total Time|Duration|Projected Duration)\b/) ?? 0;
  return {
    name: at(/^(Name|Range|Operation)$/) ?? headings.length - 1,
    duration,
    unit: unitOf(headings[duration] ?? '') ?? 1e-6,
    start: at(/^(Start|Projected Start)\b/),
    instances: at(/^(Instances|Count|NumGPUOps)$/),
    device: at(/^Device$/),
    threads: [at(/^PID$/), at(/^TID$/)].filter((found) => found !== undefined),
    areRanges: headings.some((heading) => /^Projected Start\b/.test(heading)),
  };
}

async function* linesOf(source: ByteSource): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunksOf(source)) {
    const text = rest + decoder.decode(chunk, { stream: true });
    if (text.startsWith(SQLITE)) {
      throw new ArchmeterError('a database of Nsight Systems is not read', `Export it: ${EXPORT}`, {
        file: source.name,
      });
    }
    const lines = text.split(/\r?\n/);
    rest = lines.pop() ?? '';
    if (rest.length > 2 ** 20) {
      throw new ArchmeterError('a line is longer than 1 MiB', `Export it so: ${EXPORT}`, { file: source.name });
    }
    yield* lines;
  }
  yield rest + decoder.decode();
}
