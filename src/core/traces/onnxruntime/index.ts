import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../../importers/define-importer.js';
import type { DeviceInfo } from '../../measurement.js';
import { defineTraceFormat } from '../define-trace-format.js';
import { Columns, Interned, rowsOfParts } from '../shared/columns.js';
import { exclusiveDurations } from '../shared/exclusive.js';
import { stretchAt, unionLength } from '../shared/intervals.js';
import { numberOf, readEvents, recordOf, textOr } from '../shared/json-events.js';
import { warmUpCount } from '../shared/warm-up.js';
import type { OperatorArgument, OtherWork, Trace, TraceIteration, TraceStep } from '../trace.js';
import { HOW } from './how.js';

/** Runs of the whole model, µs. */
interface Run {
  readonly start: number;
  readonly end: number;
}

/**
 * Nodes that ran, or kernels of a device that ran for one; µs. `whole` is the duration, `own` that less what ran inside (bodies
 * of loops and conditions); `at`: when the node was called, which tells the run that a kernel belongs to.
 */
type Pieces = Columns<'node' | 'operator' | 'provider' | 'thread' | 'shapes' | 'start' | 'at' | 'whole' | 'own'>;

const newPieces = (): Pieces =>
  new Columns({
    node: 'i32',
    operator: 'i32',
    provider: 'i32',
    thread: 'i32',
    shapes: 'i32',
    start: 'f64',
    at: 'f64',
    whole: 'f64',
    own: 'f64',
  });

export default defineTraceFormat({
  format: 'onnxruntime',
  title: 'ONNX Runtime profile (JSON)',
  how: HOW,
  matches: (head) => /_kernel_time"|"session_initialization"|"model_loading_(array|uri)"|"model_run"/.test(head),
  read,
});

async function read(source: ByteSource): Promise<Trace> {
  const texts = new Interned();
  const nodes = newPieces();
  const kernels = newPieces();
  const runs: Run[] = [];
  /** When the last node of a name was called: kernels follow the node that launched them. */
  const called = new Map<number, { readonly at: number; readonly operator: number; readonly shapes: number }>();
  await readEvents(source, {
    members: [],
    onMember() {},
    onEvent(event) {
      const start = numberOf(event['ts']);
      const duration = numberOf(event['dur']);
      if (start === undefined || duration === undefined || duration < 0) return;
      const category = textOr(event['cat']);
      const name = textOr(event['name']);
      if (category === 'Session' && name === 'model_run') runs.push({ start, end: start + duration });
      const isNode = category === 'Node' && name.endsWith('_kernel_time');
      if (!isNode && category !== 'Kernel') return;
      const args = recordOf(event['args']);
      const provider = texts.idOf(textOr(args['provider']));
      const thread = texts.idOf(String(event['tid']));
      const operator = texts.idOf(textOr(args['op_name']));
      if (isNode) {
        const node = texts.idOf(name.slice(0, -'_kernel_time'.length));
        const shapes = texts.idOf(JSON.stringify(args['input_type_shape'] ?? []));
        nodes.add(node, operator, provider, thread, shapes, start, start, duration, duration);
        called.set(node, { at: start, operator, shapes });
      } else {
        const parent = textOr(args['parent_name']);
        // Of the whole run where no single node is told: copies of inputs and outputs, launched graphs.
        const isOfNode = parent.endsWith('_kernel_time');
        const node = texts.idOf(isOfNode ? parent.slice(0, -'_kernel_time'.length) : name);
        const launched = isOfNode ? called.get(node) : undefined;
        const none = texts.idOf('[]');
        kernels.add(
          node,
          launched?.operator ?? operator,
          provider,
          thread,
          launched?.shapes ?? none,
          start,
          launched?.at ?? start,
          duration,
          duration,
        );
      }
    },
  });
  if (nodes.length + kernels.length === 0) {
    throw new ArchmeterError(
      'the profile holds no node that ran',
      "Run the model before end_profiling(); 'archmeter profile --how onnxruntime' shows how.",
    );
  }
  const own = exclusiveDurations({
    length: nodes.length,
    thread: (row) => nodes.get(row, 'thread'),
    start: (row) => nodes.get(row, 'start'),
    duration: (row) => nodes.get(row, 'whole'),
  });
  own.forEach((value, row) => {
    nodes.set(row, 'own', value);
  });
  const providers = new Set<number>();
  for (let row = 0; row < nodes.length; row++) providers.add(nodes.get(row, 'provider'));
  return traceOf(
    kernels.length > 0 ? kernels : nodes,
    texts,
    [...providers].map((id) => texts.of(id)).filter(Boolean),
    runs.sort((a, b) => a.start - b.start),
    kernels.length > 0,
  );
}

function traceOf(
  pieces: Pieces,
  texts: Interned,
  providers: readonly string[],
  runs: readonly Run[],
  hasKernels: boolean,
): Trace {
  const parts = rowsOfParts(Math.max(1, runs.length), pieces.length, (row) =>
    runs.length === 0 ? 0 : stretchAt(runs, pieces.get(row, 'at')),
  );
  const known = new Map<string, What>();
  const found = parts.flatMap((part, i) =>
    part.length === 0 ? [] : [{ part, iteration: iterationOf(pieces, part, texts, runs[i], hasKernels, known) }],
  );
  const warmUp = warmUpCount(found.map(({ iteration }) => iteration.hostMs ?? iteration.spanMs));
  const kept = found.slice(warmUp);
  const moved = kept[0]?.iteration.steps.some(({ name, other }) => other === 'layout' && name.startsWith('Transpose'));
  const isWhole = warmUp === 0 && found.reduce((count, { part }) => count + part.length, 0) === pieces.length;
  let total = 0;
  for (let row = 0; row < pieces.length; row++) total += pieces.get(row, 'own');
  let inRuns = 0;
  for (const { part } of kept) for (const row of part) inRuns += pieces.get(row, 'own');
  return {
    format: 'onnxruntime',
    title: 'ONNX Runtime',
    device: deviceOf(providers),
    software: providers.length === 0 ? {} : { providers: providers.join(' ') },
    clock: hasKernels ? 'device' : 'wall',
    clockSource: hasKernels ? 'timestamps of kernels' : "the host's clock around each node, in whole µs",
    clockQuantumMs: 1e-3,
    iterations: kept.map(({ iteration }) => iteration),
    warmUpIterations: warmUp,
    totalMs: total / 1000,
    leftOutMs: isWhole ? 0 : Math.max(0, total - inRuns) / 1000,
    attributedMs: inRuns / 1000,
    notes: [
      ...(!hasKernels && providers.some((name) => name !== 'CPUExecutionProvider')
        ? ['The profile holds no kernels of the device: times of its nodes are those of launching them.']
        : []),
      ...(moved
        ? ['Transposes that ONNX Runtime moved or added bear no name of the file: they are layout conversions.']
        : []),
      ...(runs.length === 0 ? ['The profile holds no model_run event: all of it is taken for one run.'] : []),
    ],
  };
}

/** Of a device the time from the first kernel to the last, of a processor that of the run. */
function iterationOf(
  pieces: Pieces,
  part: Int32Array,
  texts: Interned,
  run: Run | undefined,
  hasKernels: boolean,
  known: Map<string, What>,
): TraceIteration {
  const sorted = part.sort((a, b) => pieces.get(a, 'start') - pieces.get(b, 'start') || a - b);
  const starts = Float64Array.from(sorted, (row) => pieces.get(row, 'start'));
  const ends = Float64Array.from(sorted, (row) => pieces.get(row, 'start') + pieces.get(row, 'whole'));
  const last = ends.reduce((most, end) => Math.max(most, end), 0);
  const [from, to] = run === undefined || hasKernels ? [starts[0] as number, last] : [run.start, run.end];
  const sum = sorted.reduce((total, row) => total + pieces.get(row, 'own'), 0);
  const busy = unionLength(starts, ends);
  return {
    steps: stepsOf(pieces, sorted, texts, known),
    spanMs: (to - from) / 1000,
    idleMs: Math.max(0, to - from - busy) / 1000,
    overlapMs: Math.max(0, sum - busy) / 1000,
    ...(run === undefined ? {} : { hostMs: (run.end - run.start) / 1000 }),
  };
}

/** Of a step what is the same in each run, kept once for all of them. */
type What = Omit<TraceStep, 'deviceMs' | 'kernels'>;

/** All kernels that one call of a node launched are one step. */
function stepsOf(pieces: Pieces, rows: Int32Array, texts: Interned, known: Map<string, What>): TraceStep[] {
  const byCall = new Map<string, { deviceMs: number; kernels: number; readonly row: number }>();
  for (const row of rows) {
    const key = `${pieces.get(row, 'node')} ${pieces.get(row, 'at')}`;
    const known = byCall.get(key) ?? { deviceMs: 0, kernels: 0, row };
    known.deviceMs += pieces.get(row, 'own') / 1000;
    known.kernels++;
    byCall.set(key, known);
  }
  return [...byCall.values()].map(({ row, deviceMs, kernels }): TraceStep => {
    const key = `${pieces.get(row, 'node')} ${pieces.get(row, 'operator')} ${pieces.get(row, 'shapes')}`;
    const what = known.get(key) ?? whatRan(pieces, row, texts);
    known.set(key, what);
    return { ...what, deviceMs, kernels };
  });
}

function whatRan(pieces: Pieces, row: number, texts: Interned): What {
  const node = texts.of(pieces.get(row, 'node'));
  const operator = texts.of(pieces.get(row, 'operator'));
  const other = otherOf(operator, node);
  return {
    name: operator === '' ? node : `${operator} ${node}`,
    calls: [{ name: operator, arguments: argumentsOf(texts.of(pieces.get(row, 'shapes'))) }],
    modules: [],
    nodes: [{ name: node, ...(operator === '' ? {} : { operator }) }],
    ...(other === undefined ? {} : { other }),
  };
}

/** What rewriting of layouts inserts, by operator and by the names that it gives: `Transpose_token_349`, `gemm_input_reshape`. */
const MOVES = /^(Transpose|Reshape|Squeeze|Unsqueeze)$/;
const OWN_NAME = /^(Transpose|Reshape|Squeeze|Unsqueeze)(_token_\d+)?$|^gemm_(in|out)put_reshape(_token_\d+)?$/;

function otherOf(operator: string, node: string): OtherWork | undefined {
  if (/^Reorder(In|Out)put$/.test(operator) || (MOVES.test(operator) && OWN_NAME.test(node))) return 'layout';
  return /^Memcpy(To|From)Host$/.test(operator) || (operator === '' && /^Memcpy/i.test(node)) ? 'copy' : undefined;
}

/** `[{"float": [1, 3, 224, 224]}]` */
function argumentsOf(shapes: string): OperatorArgument[] {
  const list: unknown = JSON.parse(shapes);
  return (Array.isArray(list) ? list : []).flatMap((one): OperatorArgument[] => {
    const [entry] = Object.entries(recordOf(one));
    const dims = entry?.[1];
    const isShape = Array.isArray(dims) && dims.every((size) => Number.isSafeInteger(size) && size >= 0);
    return entry === undefined || !isShape
      ? []
      : [{ dims: dims as number[], strides: [], type: entry[0], concrete: '' }];
  });
}

function deviceOf(providers: readonly string[]): DeviceInfo {
  const gpu = providers.find((name) => name !== 'CPUExecutionProvider');
  if (gpu === undefined) return { kind: 'cpu', name: 'CPU (its name is not in the profile)' };
  return { kind: 'gpu', name: `device of ${gpu} (its name is not in the profile)` };
}
