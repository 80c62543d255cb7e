import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../../importers/define-importer.js';
import type { DeviceInfo } from '../../measurement.js';
import { defineTraceFormat } from '../define-trace-format.js';
import { exclusiveDurations } from '../shared/exclusive.js';
import { unionLength } from '../shared/intervals.js';
import { numberOf, readEvents, recordOf, textOr } from '../shared/json-events.js';
import { warmUpCount } from '../shared/warm-up.js';
import type { OperatorArgument, Trace, TraceIteration, TraceStep } from '../trace.js';
import { HOW } from './how.js';

const MOST_EVENTS = 2e6;

/** A node that ran, or a kernel of a device that ran for one; µs. */
interface Event {
  readonly node: string;
  readonly operator: string;
  readonly provider: string;
  readonly thread: string;
  readonly start: number;
  readonly whole: number;
  /** `whole` less what ran inside it (bodies of loops and conditions). */
  duration: number;
  readonly shapes: string;
}

interface Run {
  readonly start: number;
  readonly end: number;
}

export default defineTraceFormat({
  format: 'onnxruntime',
  title: 'ONNX Runtime profile (JSON)',
  how: HOW,
  matches: (head) => /_kernel_time"|"session_initialization"|"model_loading_(array|uri)"|"model_run"/.test(head),
  read,
});

async function read(source: ByteSource): Promise<Trace> {
  const nodes: Event[] = [];
  const kernels: Event[] = [];
  const runs: Run[] = [];
  const shapesKnown = new Map<string, string>();
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
      if (nodes.length + kernels.length >= MOST_EVENTS) {
        throw new ArchmeterError(`it holds more than ${MOST_EVENTS} nodes that ran`, 'Profile fewer runs.');
      }
      const args = recordOf(event['args']);
      const text = JSON.stringify(args['input_type_shape'] ?? []);
      const shapes = shapesKnown.get(text) ?? text;
      shapesKnown.set(shapes, shapes);
      (isNode ? nodes : kernels).push({
        node: (isNode ? name : textOr(args['parent_name'], name)).replace(/_kernel_time$/, ''),
        operator: textOr(args['op_name']),
        provider: textOr(args['provider']),
        thread: String(event['tid']),
        start,
        whole: duration,
        duration,
        shapes,
      });
    },
  });
  if (nodes.length + kernels.length === 0) {
    throw new ArchmeterError(
      'the profile holds no node that ran',
      "Run the model before end_profiling(); 'archmeter profile --how onnxruntime' shows how.",
    );
  }
  withoutInner(nodes);
  const pieces = kernels.length > 0 ? kernels : nodes;
  return traceOf(pieces, nodes, runs, kernels.length > 0);
}

function withoutInner(nodes: readonly Event[]): void {
  const own = exclusiveDurations(nodes);
  nodes.forEach((node, i) => {
    node.duration = own[i] as number;
  });
}

function traceOf(pieces: readonly Event[], nodes: readonly Event[], runs: readonly Run[], hasKernels: boolean): Trace {
  const sorted = runs.toSorted((a, b) => a.start - b.start);
  const parts = (sorted.length === 0 ? [undefined] : sorted).map((): Event[] => []);
  let leftOut = 0;
  for (const piece of pieces) {
    const at = sorted.length === 0 ? 0 : runAt(sorted, piece.start);
    const part = parts[at];
    if (part === undefined) leftOut += piece.duration;
    else part.push(piece);
  }
  const found = parts.flatMap((part, i) =>
    part.length === 0 ? [] : [{ part, iteration: iterationOf(part, sorted[i]) }],
  );
  const warmUp = warmUpCount(found.map(({ iteration }) => iteration.hostMs ?? iteration.spanMs));
  const sum = (part: readonly Event[]) => part.reduce((total, { duration }) => total + duration, 0);
  for (const { part } of found.slice(0, warmUp)) leftOut += sum(part);
  const kept = found.slice(warmUp);
  const providers = [...new Set(nodes.map(({ provider }) => provider).filter(Boolean))];
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
    totalMs: sum(pieces) / 1000,
    leftOutMs: leftOut / 1000,
    attributedMs: sum(kept.flatMap(({ part }) => part)) / 1000,
    notes: [
      ...(!hasKernels && providers.some((name) => name !== 'CPUExecutionProvider')
        ? ['The profile holds no kernels of the device: times of its nodes are those of launching them.']
        : []),
      ...(runs.length === 0 ? ['The profile holds no model_run event: all of it is taken for one run.'] : []),
    ],
  };
}

function runAt(runs: readonly Run[], time: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[middle] as Run).start <= time) low = middle + 1;
    else high = middle;
  }
  return low > 0 && time <= (runs[low - 1] as Run).end ? low - 1 : -1;
}

function iterationOf(part: readonly Event[], run: Run | undefined): TraceIteration {
  const intervals = part.map(({ start, whole }): [number, number] => [start, start + whole]);
  const from = run?.start ?? Math.min(...intervals.map(([start]) => start));
  const to = run?.end ?? intervals.reduce((most, [, end]) => Math.max(most, end), from);
  const sum = part.reduce((total, { duration }) => total + duration, 0);
  const busy = unionLength(intervals);
  return {
    steps: part.toSorted((a, b) => a.start - b.start).map(stepOf),
    spanMs: (to - from) / 1000,
    idleMs: Math.max(0, to - from - busy) / 1000,
    overlapMs: Math.max(0, sum - busy) / 1000,
    ...(run === undefined ? {} : { hostMs: (run.end - run.start) / 1000 }),
  };
}

function stepOf({ node, operator, duration, shapes }: Event): TraceStep {
  return {
    name: operator === '' ? node : `${operator} ${node}`,
    calls: [{ name: operator, arguments: argumentsOf(shapes) }],
    modules: [],
    deviceMs: duration / 1000,
    kernels: 1,
    nodes: [{ name: node, ...(operator === '' ? {} : { operator }) }],
    ...(/^(Reorder(In|Out)put|Memcpy(To|From)Host)$/.test(operator)
      ? { other: operator.startsWith('Reorder') ? ('layout' as const) : ('copy' as const) }
      : {}),
  };
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
