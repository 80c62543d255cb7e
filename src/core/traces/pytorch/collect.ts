import type { ByteSource } from '../../importers/define-importer.js';
import { Columns, Interned } from '../shared/columns.js';
import { numberOf, readEvents, recordOf, type TraceEvent, textOr } from '../shared/json-events.js';
import { signatureOf } from './call.js';

export const SPAN = { operator: 0, module: 1, annotation: 2 } as const;
export const WORK = { kernel: 0, copy: 1, set: 2 } as const;

/** What is kept of a Kineto trace: numbers alone. Times in µs from `origin`. */
export interface Collected {
  /** Operators, modules and annotations of the host. `forward`: 1 where it is of a backward pass; `parent`: a row, -1 at the top, filled in later. */
  readonly spans: Columns<
    'kind' | 'name' | 'thread' | 'start' | 'duration' | 'external' | 'call' | 'sequence' | 'forward' | 'parent'
  >;
  /** Kernels and copies of devices. */
  readonly work: Columns<'kind' | 'name' | 'start' | 'duration' | 'external' | 'correlation'>;
  /** Launches, by correlation. */
  readonly launches: Columns<'start' | 'thread' | 'correlation' | 'name'>;
  readonly names: Interned;
  readonly calls: Interned;
  readonly members: ReadonlyMap<string, unknown>;
  readonly origin: number;
}

const MEMBERS = [
  'schemaVersion',
  'deviceProperties',
  'distributedInfo',
  'cuda_runtime_version',
  'cuda_driver_version',
  'cupti_version',
  'hip_runtime_version',
  'hip_driver_version',
  'roctracer_version',
  'baseTimeNanoseconds',
  'record_shapes',
];

const KINDS: Readonly<Record<string, number | undefined>> = {
  kernel: WORK.kernel,
  gpu_memcpy: WORK.copy,
  memcpy: WORK.copy,
  gpu_memset: WORK.set,
  memset: WORK.set,
};

/** Reads the events of a trace into columns; what no figure needs is dropped at once. */
export async function collect(source: ByteSource): Promise<Collected> {
  const names = new Interned();
  const calls = new Interned();
  const threads = new Interned();
  const members = new Map<string, unknown>();
  const spans: Collected['spans'] = new Columns({
    kind: 'u8',
    name: 'i32',
    thread: 'i32',
    start: 'f64',
    duration: 'f64',
    external: 'f64',
    call: 'i32',
    sequence: 'f64',
    forward: 'u8',
    parent: 'i32',
  });
  const work: Collected['work'] = new Columns({
    kind: 'u8',
    name: 'i32',
    start: 'f64',
    duration: 'f64',
    external: 'f64',
    correlation: 'f64',
  });
  const launches: Collected['launches'] = new Columns({ start: 'f64', thread: 'i32', correlation: 'f64', name: 'i32' });
  let origin: number | undefined;
  const threadOf = (event: TraceEvent) => threads.idOf(`${String(event['pid'])}/${String(event['tid'])}`);

  await readEvents(source, {
    members: MEMBERS,
    onMember: (name, value) => members.set(name, value),
    onEvent(event) {
      if (event['ph'] !== 'X') return;
      const time = numberOf(event['ts']);
      const duration = numberOf(event['dur']);
      if (time === undefined || duration === undefined || duration < 0) return;
      origin ??= time;
      const start = time - origin;
      const name = textOr(event['name']);
      const category = textOr(event['cat']).toLowerCase();
      const args = recordOf(event['args']);
      const external = idOf(args, 'External id');
      const kind = KINDS[category];
      if (kind !== undefined) {
        work.add(kind, names.idOf(name), start, duration, external, idOf(args, 'correlation'));
      } else if (category === 'cpu_op' || category === 'operator') {
        const call = calls.idOf(signatureOf(args));
        const sequence = numberOf(args['Sequence number']) ?? -1;
        const forward = Number((numberOf(args['Fwd thread id']) ?? 0) > 0);
        spans.add(
          SPAN.operator,
          names.idOf(name),
          threadOf(event),
          start,
          duration,
          external,
          call,
          sequence,
          forward,
          -1,
        );
      } else if (category === 'python_function') {
        if (!name.startsWith('nn.Module: ')) return;
        const module = names.idOf(name.slice('nn.Module: '.length));
        spans.add(SPAN.module, module, threadOf(event), start, duration, -1, -1, -1, 0, -1);
      } else if (category === 'user_annotation') {
        spans.add(SPAN.annotation, names.idOf(name), threadOf(event), start, duration, external, -1, -1, 0, -1);
      } else if (category === 'cuda_runtime' || category === 'cuda_driver' || category === 'runtime') {
        const correlation = idOf(args, 'correlation');
        if (correlation >= 0) launches.add(start, threadOf(event), correlation, names.idOf(name));
      }
    },
  });
  return { spans, work, launches, names, calls, members, origin: origin ?? 0 };
}

/** A number that ties events together; -1 where there is none. Older traces write the name in lower case. */
function idOf(args: Readonly<Record<string, unknown>>, name: string): number {
  const id = numberOf(args[name]) ?? numberOf(args[name.toLowerCase()]);
  return id === undefined || id < 0 ? -1 : id;
}
