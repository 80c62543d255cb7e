import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../src/core/importers/shared/bytes.js';
import { profileOf } from '../../../src/core/profile/profile.js';
import { readTrace } from '../../../src/core/traces/index.js';
import { repetition } from '../../../src/core/traces/shared/repetition.js';
import { bytesOf, summedMs, traceFrom, traceOf } from './files.js';

/** Σ of kernels and copies in µs, straight from the file. */
function deviceTime(path: string): number {
  const { traceEvents } = JSON.parse(gunzipSync(bytesOf(path)).toString()) as {
    traceEvents: { ph: string; cat?: string; dur: number }[];
  };
  return traceEvents
    .filter(({ ph, cat }) => ph === 'X' && /^(kernel|gpu_memcpy|gpu_memset)$/i.test(cat ?? ''))
    .reduce((sum, { dur }) => sum + dur, 0);
}

const WITH_SHAPES = [
  'pytorch/vit-b-16-h100.json.gz',
  'pytorch/vit-b-16-mi300x.json.gz',
  'pytorch/bert-small-h100.json.gz',
  'pytorch/torch-compile-mi300x.json.gz',
  'pytorch/training-mi250.json.gz',
];

describe('traces of PyTorch', () => {
  it.each([...WITH_SHAPES, 'pytorch/alexnet-a100-no-shapes.json.gz', 'pytorch/vllm-graph.json.gz'])(
    '%s: all device time is in steps, once, or said to be left out',
    async (path) => {
      const trace = await traceOf(path);
      const all = deviceTime(path) / 1000;
      expect(trace.totalMs).toBeCloseTo(all, 6);
      expect(summedMs(trace) + trace.leftOutMs).toBeCloseTo(all, 6);
      for (const { spanMs, idleMs, overlapMs, steps } of trace.iterations) {
        const sum = steps.reduce((total, { deviceMs }) => total + deviceMs, 0);
        expect(spanMs - idleMs + overlapMs).toBeCloseTo(sum, 6);
      }
    },
  );

  it.each(WITH_SHAPES)('%s: at least 99 %% of the time is attributed to operators', async (path) => {
    const trace = await traceOf(path);
    expect((trace.attributedMs as number) / (trace.totalMs - trace.leftOutMs)).toBeGreaterThan(0.99);
  });

  it('tells the device, its software and the modules of operators', async () => {
    const { device, software, iterations, clock, startedAt } = await traceOf('pytorch/vit-b-16-h100.json.gz');
    expect(device).toEqual({ kind: 'gpu', name: 'NVIDIA H100 80GB HBM3', vendor: 'NVIDIA' });
    expect(software).toEqual({ CUDA: '12.4', driver: '12.9', CUPTI: '22' });
    expect(clock).toBe('device');
    expect(startedAt).toMatch(/^2025-07-/);
    expect(iterations).toHaveLength(1);
    const first = iterations[0]?.steps[0];
    expect(first?.name).toBe('aten::conv2d');
    expect(first?.kernels).toBe(7);
    expect(first?.modules.at(-1)).toBe('Conv2d_0');
    expect(first?.calls[0]?.arguments.slice(0, 2).map(({ dims }) => dims)).toEqual([
      [4, 3, 224, 224],
      [768, 3, 16, 16],
    ]);
  });

  it('names what a launched graph ran without operators, and says that shapes are missing', async () => {
    const graph = await traceOf('pytorch/vllm-graph.json.gz');
    const inGraph = graph.iterations[0]?.steps.filter(({ other }) => other === 'graph') ?? [];
    expect(inGraph.length).toBeGreaterThan(5);
    expect(graph.device).toEqual({ kind: 'gpu', name: 'GPU (its name is not in the trace)' });
    const { notes } = await traceOf('pytorch/alexnet-a100-no-shapes.json.gz');
    expect(notes).toContain('The trace has no shapes (record_shapes=True), so its operators cannot be counted.');
  });
});

/** A small trace: operators on the host, each launching some kernels. */
const operator = (name: string, start: number, duration: number, external: number, tid = 1) => ({
  ph: 'X',
  cat: 'cpu_op',
  name,
  pid: 1,
  tid,
  ts: start,
  dur: duration,
  args: { 'External id': external },
});
const launch = (start: number, correlation: number, tid = 1) => ({
  ph: 'X',
  cat: 'cuda_runtime',
  name: 'cudaLaunchKernel',
  pid: 1,
  tid,
  ts: start,
  dur: 1,
  args: { correlation },
});
const kernel = (start: number, duration: number, correlation: number, external?: number, stream = 7) => ({
  ph: 'X',
  cat: 'kernel',
  name: `k${correlation}`,
  pid: 0,
  tid: stream,
  ts: start,
  dur: duration,
  args: { correlation, stream, device: 0, ...(external === undefined ? {} : { 'External id': external }) },
});
const step = (number: number, start: number, duration: number) => ({
  ph: 'X',
  cat: 'user_annotation',
  name: `ProfilerStep#${number}`,
  pid: 1,
  tid: 1,
  ts: start,
  dur: duration,
});
const traceOfEvents = (traceEvents: readonly object[]) => traceFrom(JSON.stringify({ schemaVersion: 1, traceEvents }));

describe('iterations', () => {
  const iteration = (number: number, at: number, time: number) => [
    step(number, at, 90),
    operator('aten::mm', at + 1, 20, 10 * number + 1),
    launch(at + 5, number),
    kernel(at + 30, time, number),
  ];

  it('are the steps of the profiler; a slow first one is warm-up', async () => {
    const events = [50, 20, 21, 20].flatMap((time, i) => iteration(i, 100 * i, time));
    const trace = await traceOfEvents(events);
    expect(trace.warmUpIterations).toBe(1);
    expect(trace.iterations.map(({ spanMs }) => spanMs)).toEqual([0.02, 0.021, 0.02]);
    expect(trace.leftOutMs).toBeCloseTo(0.05, 9);
  });

  it('are repetitions of the same operators where there are no steps', async () => {
    const events = [0, 1, 2].flatMap((i) => [
      operator('aten::mm', 100 * i, 20, 10 * i + 1),
      operator('aten::relu', 100 * i + 30, 20, 10 * i + 2),
      launch(100 * i + 5, 2 * i),
      launch(100 * i + 35, 2 * i + 1),
      kernel(100 * i + 40, 10, 2 * i),
      kernel(100 * i + 60, 5, 2 * i + 1),
    ]);
    const trace = await traceOfEvents(events);
    expect(trace.iterations.map(({ steps }) => steps.map(({ name, deviceMs }) => [name, deviceMs]))).toEqual(
      Array(3).fill([
        ['aten::mm', 0.01],
        ['aten::relu', 0.005],
      ]),
    );
  });

  it.each([
    ['abcabcabc', { first: 0, period: 3, count: 3 }],
    // A first one that prepares something on its way, and a last one that the end of the recording cut short.
    ['abcdefghijxkl abcdefghijkl abcdefghijkl abc', { first: 14, period: 13, count: 2 }],
    ['abcabcab', { first: 0, period: 3, count: 2 }],
    // The blocks of one iteration are no iterations.
    ['stemblockblockblock', { first: 0, period: 19, count: 1 }],
    ['abc', { first: 0, period: 3, count: 1 }],
  ])('%s: %j', (list, found) => {
    expect(repetition(Float64Array.from(list, (letter) => letter.charCodeAt(0)))).toEqual(found);
  });

  it('a trace of kernels alone is one', async () => {
    const trace = await traceFrom(JSON.stringify({ traceEvents: [kernel(0, 10, 1), kernel(20, 5, 2)] }));
    expect(trace.iterations.map(({ spanMs, idleMs }) => [spanMs, idleMs])).toEqual([[0.025, 0.01]]);
    expect(trace.iterations[0]?.steps.map(({ name, other }) => [name, other])).toEqual([
      ['k1', 'unknown'],
      ['k2', 'unknown'],
    ]);
  });

  it('leave out kernels whose launch the trace does not hold', async () => {
    const trace = await traceOfEvents([...iteration(0, 0, 20), ...iteration(1, 100, 20), kernel(50, 7, 99)]);
    expect(trace.leftOutMs).toBeCloseTo(0.007, 9);
    expect(trace.notes).toEqual([
      'The trace has no shapes (record_shapes=True), so its operators cannot be counted.',
      'Work launched outside the iterations, or before the recording began, is left out.',
    ]);
  });
});

describe('attribution', () => {
  it('goes by the external id, else by where the launch lies, to the innermost operator and its outermost known one', async () => {
    const trace = await traceOfEvents([
      operator('aten::linear', 0, 50, 1),
      operator('aten::addmm', 10, 30, 2),
      operator('my::op', 60, 30, 3),
      launch(15, 1),
      launch(70, 2),
      launch(200, 3),
      kernel(100, 10, 1, 2),
      kernel(120, 5, 2),
      kernel(220, 2, 3),
    ]);
    expect(trace.iterations[0]?.steps.map(({ name, deviceMs, other }) => [name, deviceMs, other])).toEqual([
      ['aten::linear', 0.01, undefined],
      ['my::op', 0.005, undefined],
      ['k3', 0.002, 'unknown'],
    ]);
  });

  it('of any trace gives every kernel to one step and loses none', async () => {
    const spans = fc.array(
      fc.record({
        start: fc.integer({ min: 0, max: 500 }),
        duration: fc.integer({ min: 0, max: 200 }),
        tid: fc.integer({ min: 1, max: 3 }),
      }),
      { maxLength: 20 },
    );
    const kernels = fc.array(
      fc.record({
        start: fc.integer({ min: 0, max: 900 }),
        duration: fc.integer({ min: 0, max: 100 }),
        launchedAt: fc.option(fc.integer({ min: 0, max: 700 })),
        external: fc.option(fc.integer({ min: 0, max: 25 })),
        stream: fc.integer({ min: 1, max: 3 }),
        tid: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    const steps = fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(spans, kernels, steps, async (operators, work, starts) => {
        const trace = await traceOfEvents([
          ...starts.map((start, i) => step(i, start, 80)),
          ...operators.map(({ start, duration, tid }, i) =>
            operator(i % 3 === 0 ? 'aten::mm' : `x::${i}`, start, duration, i, tid),
          ),
          ...work.flatMap(({ start, duration, launchedAt, external, stream, tid }, i) => [
            ...(launchedAt === null ? [] : [launch(launchedAt, i, tid)]),
            kernel(start, duration, i, external ?? undefined, stream),
          ]),
        ]);
        const all = work.reduce((sum, { duration }) => sum + duration, 0) / 1000;
        expect(summedMs(trace) + trace.leftOutMs).toBeCloseTo(all, 9);
        const count = trace.iterations.reduce(
          (sum, one) => sum + one.steps.reduce((inner, { kernels: k }) => inner + k, 0),
          0,
        );
        expect(count).toBeLessThanOrEqual(work.length);
      }),
      { numRuns: 200 },
    );
  });

  it('of a processor gives each operator its own time, not that of the operators inside it', async () => {
    const trace = await traceOfEvents([
      operator('my::outer', 0, 100, 1),
      operator('aten::mm', 10, 60, 2),
      operator('my::inner', 20, 30, 3),
    ]);
    expect(trace.device.kind).toBe('cpu');
    expect(trace.clock).toBe('wall');
    expect(trace.iterations[0]?.steps.map(({ name, deviceMs }) => [name, deviceMs])).toEqual([
      ['my::outer', 0.04],
      ['aten::mm', 0.06],
    ]);
  });
});

describe('files that are no sound traces', () => {
  const whole = gunzipSync(bytesOf('pytorch/bert-small-h100.json.gz'));
  const read = (bytes: Uint8Array) => readTrace(memorySource('t.json', bytes));

  it.each([
    ['empty', new Uint8Array(0), 't.json: the file is empty. Profile again.'],
    [
      'cut short',
      whole.subarray(0, 200_000),
      /^t\.json: the trace ends after 200000 bytes before its end: it was cut short\. Copy it again, whole/,
    ],
    [
      'damaged',
      Buffer.concat([whole.subarray(0, 50_000), Buffer.from('}}]]:::'), whole.subarray(50_000)]),
      /^t\.json: it is no sound JSON after \d+ bytes: .*\. The trace is damaged; let the profiler write it again\.$/,
    ],
    [
      'cut in its compression',
      bytesOf('pytorch/bert-small-h100.json.gz').subarray(0, 40_000),
      't.json: the compressed file is damaged or cut short. Copy it again, whole.',
    ],
    [
      'foreign',
      Buffer.from('{"nodes": [1, 2, 3]}'),
      /^t\.json: no profile of a known format is recognised in this file\. Readable are: /,
    ],
    [
      'without events',
      Buffer.from('{"schemaVersion": 1, "record_shapes": 1, "traceEvents": []}'),
      /^t\.json: the trace holds no operators and no kernels\. /,
    ],
  ])('%s: one line', async (_, bytes, message) => {
    const error = await read(bytes).then(
      () => new Error('read'),
      (thrown: Error) => thrown,
    );
    expect(error.name).toBe('ArchmeterError');
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
  });

  it('take members of any type without harm', async () => {
    const odd = [null, 1, 'x', [], {}, { ph: 'X' }, { ph: 'X', cat: 'kernel', ts: 'NaN', dur: {} }];
    const hostile = {
      ...operator('__proto__', 0, 5, 1),
      args: { 'External id': 1, 'Input Dims': [[-1, 'x'], { a: 1 }], 'Input type': 'float', __proto__: null },
    };
    const trace = await traceOfEvents([...odd, hostile, operator('aten::mm', 10, 5, 2)] as object[]);
    expect(trace.iterations[0]?.steps.map(({ name }) => name)).toEqual(['__proto__', 'aten::mm']);
  });
});

describe('where nothing repeats', () => {
  /** A step that the profiler marked, with so many products in it, of shapes as told. */
  const step = (count: number, rowsOf: (i: number) => number) => [
    { ph: 'X', cat: 'user_annotation', name: 'ProfilerStep#1', pid: 1, tid: 1, ts: 0, dur: 10 * count },
    ...Array.from({ length: count }, (_, i) => {
      const made = operator('aten::mm', 10 * i, 5, i);
      return {
        ...made,
        args: {
          ...made.args,
          'Input Dims': [
            [rowsOf(i), 8],
            [8, 4],
          ],
          'Input type': ['float', 'float'],
        },
      };
    }),
  ];

  it('calls alike are one step, with the time and the work of all', async () => {
    const count = 25_000;
    const trace = await traceOfEvents(step(count, (i) => 1 + (i % 3)));
    const [iteration] = trace.iterations;
    expect(iteration?.steps.map(({ repeats }) => repeats)).toEqual([8334, 8333, 8333]);
    expect(summedMs(trace)).toBeCloseTo((5 * count) / 1000, 6);
    expect(trace.notes).toContain('Too much ran that repeats as no iteration: calls alike are told as one.');
    const { analysis, rows } = profileOf(trace, 'trace');
    expect(analysis.totals.madds).toBe(8 * 4 * (8334 + 2 * 8333 + 3 * 8333));
    expect(rows.map(({ kernels }) => kernels)).toEqual([8334, 8333, 8333]);
  });

  it('calls that are never alike are told by their operators, without a count', async () => {
    const trace = await traceOfEvents(step(12_000, (i) => 1 + i));
    const [only] = trace.iterations[0]?.steps ?? [];
    expect(only).toMatchObject({ name: 'aten::mm', calls: [], repeats: 12_000, kernels: 12_000 });
    expect(summedMs(trace)).toBeCloseTo(60, 6);
    expect(profileOf(trace, 'trace').analysis.unsupportedOps).toHaveLength(1);
  });

  it('iterations of a sequence that grows are told by their operators; the shapes of the middle one are counted', async () => {
    const names = ['aten::mm', 'aten::relu', 'aten::mm'];
    const events = Array.from({ length: 9 }, (_, i) => {
      const made = operator(names[i % 3] as string, 10 * i, 5, i);
      const dims =
        i % 3 === 1
          ? [[1 + i, 8]]
          : [
              [1 + i, 8],
              [8, 8],
            ];
      return { ...made, args: { ...made.args, 'Input Dims': dims, 'Input type': dims.map(() => 'float') } };
    });
    const trace = await traceOfEvents(events);
    expect(trace.iterations.map(({ steps }) => steps.length)).toEqual([3, 3, 3]);
    const { analysis, rows } = profileOf(trace, 'trace');
    expect(analysis.totals.madds).toBe(64 * (4 + 6));
    expect(rows.map(({ latencyMs }) => latencyMs)).toEqual([0.005, 0.005, 0.005]);
  });
});

describe('work outside of operators', () => {
  const launched = (ts: number, correlation: number) => [
    { ph: 'X', cat: 'cuda_runtime', name: 'cudaLaunchKernel', pid: 1, tid: 1, ts, dur: 2, args: { correlation } },
    { ph: 'X', cat: 'kernel', name: 'fused_adam', pid: 0, tid: 7, ts: ts + 100, dur: 4, args: { correlation } },
  ];

  it('of an optimizer in C++ is its own', async () => {
    const { iterations, attributedMs } = await traceOfEvents([
      operator('aten::mm', 0, 10, 1),
      { ph: 'X', cat: 'user_annotation', name: 'Optimizer.step#FusedAdam.step', pid: 1, tid: 1, ts: 20, dur: 20 },
      ...launched(25, 5),
      ...launched(60, 6),
    ]);
    expect(iterations[0]?.steps.map(({ name, other }) => [name, other])).toEqual([
      ['Optimizer.step#FusedAdam.step', 'optimizer'],
      ['fused_adam', 'unknown'],
    ]);
    expect(attributedMs).toBeCloseTo(0.004, 9);
  });

  it('of all steps that the profiler marked: the whole trace is one iteration', async () => {
    const mark = { ph: 'X', cat: 'user_annotation', name: 'ProfilerStep#5', pid: 1, tid: 1, ts: 0, dur: 10 };
    const trace = await traceOfEvents([mark, operator('aten::mm', 20, 5, 1)]);
    expect(trace.iterations.map(({ steps }) => steps.map(({ name }) => name))).toEqual([['aten::mm']]);
    expect(trace.leftOutMs).toBe(0);
  });

  it('of a model is said to be none, with the file and what to do', async () => {
    const copy = { ph: 'X', cat: 'gpu_memcpy', name: 'Memcpy HtoD', pid: 0, tid: 7, ts: 0, dur: 4, args: {} };
    const trace = await traceOfEvents([copy]);
    expect(() => profileOf(trace, 'x')).toThrow(
      "trace.json: the trace holds no work of a model. Record while the model runs, after warm-up; 'archmeter profile --how pytorch' shows how.",
    );
  });
});

it('a call that writes to a tensor of the caller is counted as one that does not', async () => {
  const call = (types: string[], dims: number[][], concrete: string[]) => ({
    ...operator('aten::addmm', 0, 5, 1),
    args: { 'External id': 1, 'Input Dims': dims, 'Input type': types, 'Concrete Inputs': concrete },
  });
  const [half, number] = ['c10::Half', 'Scalar'];
  const plain = call([half, half, half, number, number], [[4], [2, 3], [3, 4], [], []], ['', '', '', '1', '1']);
  const written = call(
    [half, half, half, number, number, half],
    [[4], [2, 3], [3, 4], [], [], [2, 4]],
    ['', '', '', '1', '1', ''],
  );
  const flops = await Promise.all(
    [plain, written].map(async (one) => profileOf(await traceOfEvents([one]), 'x').analysis.totals.flops),
  );
  expect(flops).toEqual([2 * 2 * 3 * 4 + 8, 2 * 2 * 3 * 4 + 8]);
});
