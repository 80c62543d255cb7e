import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import { profileOf } from '../../../src/core/profile/profile.js';
import { summedMs, traceFrom } from './files.js';

const TRACE_HEADING =
  'Start (ns),Duration (ns),CorrId,GrdX,GrdY,GrdZ,BlkX,BlkY,BlkZ,Reg/Trd,StcSMem (MB),DymSMem (MB),Bytes (MB),Throughput (MB/s),SrcMemKd,DstMemKd,Device,Ctx,GreenCtx,Strm,Name';
const event = (start: number, duration: number, name: string) =>
  `${start},${duration},7,1,1,1,128,1,1,32,0.0,0.0,,,,,NVIDIA H100 80GB HBM3 (0),1,,7,"${name}"`;

describe('reports of Nsight Systems', () => {
  it('cuda_gpu_trace: kernels in order, repetitions are iterations, copies apart', async () => {
    const runs = [0, 1, 2].flatMap((i) => [
      event(1e6 * i, 1000, '[CUDA memcpy HtoD]'),
      event(1e6 * i + 2000, 300_000, 'void gemm<float, 128>(T1, int)'),
      event(1e6 * i + 400_000, 100_000, 'relu_kernel'),
    ]);
    const trace = await traceFrom(
      ['Processing [a.sqlite] with [cuda_gpu_trace.py]...', TRACE_HEADING, ...runs, ''].join('\n'),
    );
    expect(trace.device).toEqual({ kind: 'gpu', name: 'NVIDIA H100 80GB HBM3', vendor: 'NVIDIA' });
    expect(trace.iterations).toHaveLength(3);
    expect(trace.totalMs).toBeCloseTo(3 * 0.401, 9);
    expect(summedMs(trace) + trace.leftOutMs).toBeCloseTo(trace.totalMs, 9);
    const [first] = trace.iterations;
    expect(first?.spanMs).toBeCloseTo(0.5, 9);
    expect(first?.idleMs).toBeCloseTo(0.099, 9);
    expect(first?.steps.map(({ name, other }) => [name, other])).toEqual([
      ['[CUDA memcpy HtoD]', 'copy'],
      ['void gemm<float, 128>(T1, int)', undefined],
      ['relu_kernel', undefined],
    ]);
    expect(trace.notes).toContain('Kernels bear no names of layers: they cannot be joined to a model.');
  });

  it('cuda_gpu_kern_sum: sums over the recording, in its unit', async () => {
    const trace = await traceFrom(
      'Time (%),Total Time (us),Instances,Avg (us),Med (us),Min (us),Max (us),StdDev (us),Name\n90.0,900.0,3,300.0,300.0,300.0,300.0,0.0,gemm\n10.0,100.0,3,33.3,33.3,33.3,33.3,0.0,"relu, in place"\n',
    );
    expect(trace.totalMs).toBeCloseTo(1, 9);
    expect(trace.iterations[0]?.steps.map(({ name, kernels }) => [name, kernels])).toEqual([
      ['gemm', 3],
      ['relu, in place', 3],
    ]);
    expect(trace.notes).toContain('The report has no time line: gaps between kernels are not known.');
  });

  it('nvtx_gpu_proj_trace: ranges are layers by name, and time inside a range counts once', async () => {
    const b = new GraphBuilder('net');
    const x = b.input('x', [1, 3, 8, 8]);
    const model = b.finish([
      b.add('relu', [b.add('conv', [x], { outChannels: 4, kernel: 3 }, { name: 'conv1' })], {}, { name: 'act' }),
    ]);
    const trace = await traceFrom(
      [
        'Name,Projected Start (ns),Projected Duration (ns),Orig Start (ns),Orig Duration (ns),Style,PID,TID,NumGPUOps,Lvl,NumChild,RangeId,ParentId,RangeStack',
        ':forward,0,1000000,0,9,PushPop,1,1,2,0,2,1,,:1',
        ':conv1,0,700000,0,9,PushPop,1,1,1,1,0,2,1,:1:2',
        ':act,700000,200000,0,9,PushPop,1,1,1,1,0,3,1,:1:3',
      ].join('\n'),
    );
    expect(trace.totalMs).toBeCloseTo(1, 9);
    const { rows, joinedFraction } = profileOf(trace, 'net', model);
    expect(rows.map(({ name, latencyMs }) => [name, Number(latencyMs.toFixed(6))])).toEqual([
      ['conv1', 0.7],
      ['act', 0.2],
      ['forward', 0.1],
    ]);
    expect(joinedFraction).toBeCloseTo(0.9, 9);
  });

  it.each([
    [
      'SQLite format 3\u0000abc',
      /^trace\.json: a database of Nsight Systems is not read\. Export it: nsys stats --report cuda_gpu_trace/,
    ],
    [`${TRACE_HEADING}\n`, /the report holds no kernel with a time/],
    [
      `${TRACE_HEADING}\n${event(0, 1, 'k')}\n${TRACE_HEADING}\n`,
      /more than one report, which tell the same time twice/,
    ],
    [
      'NVTX Range,Style,PID,TID,NVTX Inst,Kern Inst,Total Time (ns),Avg (ns),Kernel Name\n',
      /once for each range around it/,
    ],
    [
      'Time (%),Total Time (ns),Instances,Avg (ns),Med (ns),Min (ns),Max (ns),StdDev (ns),Style,Range\n',
      /once for each range around it/,
    ],
  ])('%j: one line', async (text, message) => {
    const error = await traceFrom(text).then(
      () => new Error('read'),
      (thrown: Error) => thrown,
    );
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
  });
});
