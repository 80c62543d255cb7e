import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importModel } from '../../../src/core/importers/index.js';
import { memorySource } from '../../../src/core/importers/shared/bytes.js';
import { profileOf } from '../../../src/core/profile/profile.js';
import { buildModel } from '../../../src/core/zoo/index.js';
import { bytesOf, summedMs, traceFrom, traceOf } from './files.js';

const JAX = 'xla/jax-cpu.json.gz';

describe('trace viewer files of XLA', () => {
  it('made by JAX: executions of the module are iterations, and every operation is in one step', async () => {
    const trace = await traceOf(JAX);
    const { traceEvents } = JSON.parse(gunzipSync(bytesOf(JAX)).toString()) as {
      traceEvents: { ph?: string; dur: number; args?: { hlo_op?: string } }[];
    };
    const all = traceEvents.filter(({ ph, args }) => ph === 'X' && args?.hlo_op !== undefined);
    expect(trace.iterations.length + trace.warmUpIterations).toBe(6);
    expect(summedMs(trace) + trace.leftOutMs).toBeCloseTo(trace.totalMs, 9);
    expect(trace.totalMs * 1000).toBeLessThanOrEqual(all.reduce((sum, { dur }) => sum + dur, 0) + 1e-6);
    expect(trace.iterations[0]?.steps.map(({ name }) => name)).toContain('ynn_fusion.1');
    expect(trace.notes[0]).toContain('timed, not counted');
  });

  it('are joined to no layer but by name', async () => {
    const trace = await traceOf(JAX);
    expect(profileOf(trace, 'x', await buildModel('resnet18')).joinedFraction).toBe(0);
    const { analysis, joinedFraction } = profileOf(trace, 'x');
    expect(joinedFraction).toBe(1);
    expect(analysis.totals.flops).toBe(0);
    expect(analysis.unsupportedOps.length).toBeGreaterThan(0);
  });

  it('of a device are its streams alone: lines that tell the same time again are left out', async () => {
    const line = (tid: number, name: string) => ({ ph: 'M', pid: 1, tid, name: 'thread_name', args: { name } });
    const work = (tid: number, name: string, ts: number, dur: number, args = {}) => ({
      ph: 'X',
      pid: 1,
      tid,
      name,
      ts,
      dur,
      args,
    });
    const trace = await traceFrom(
      JSON.stringify({
        traceEvents: [
          { ph: 'M', pid: 1, name: 'process_name', args: { name: '/device:GPU:0' } },
          line(1, 'Stream #14(Compute,MemcpyH2D)'),
          line(2, 'XLA Ops'),
          line(3, 'XLA Modules'),
          work(3, 'jit_f', 0, 100),
          work(2, 'conv', 0, 60, { hlo_op: 'conv' }),
          work(1, 'cudnn_conv', 0, 60, { hlo_op: 'conv', tf_op: 'model/conv1/Conv2D:Conv2D' }),
          work(1, 'MemcpyH2D', 80, 20),
        ],
      }),
    );
    expect(trace.totalMs).toBeCloseTo(0.08, 9);
    expect(trace.iterations[0]?.steps.map(({ name, nodes, other }) => [name, nodes?.[0]?.name, other])).toEqual([
      ['conv', 'model/conv1/Conv2D', undefined],
      ['MemcpyH2D', 'MemcpyH2D', 'copy'],
    ]);
  });

  it.each([
    ['{"traceEvents":[{"ph":"M","pid":1,"name":"process_name","args":{"name":"/host:CPU"}}]}', /no operation that XLA/],
    ['{"traceEvents":[{"ph":"X","args":{"hlo_op":"a"},"ts":1,', /it was cut short/],
    [
      '\u0001\u0002/host:CPU\u0000',
      /^trace\.json: an XPlane file \(\.xplane\.pb\) is not read\. Give the trace viewer file/,
    ],
  ])('%j: one line', async (text, message) => {
    const error = await traceFrom(text).then(
      () => new Error('read'),
      (thrown: Error) => thrown,
    );
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
  });

  it('of TensorFlow: marked steps are iterations, operations are joined to layers by the scopes that they ran in', async () => {
    const path = 'xla/tensorflow-cpu.json.gz';
    const trace = await traceOf(path);
    const { traceEvents } = JSON.parse(gunzipSync(bytesOf(path)).toString()) as {
      traceEvents: { ph?: string; dur: number; args?: { long_name?: string } }[];
    };
    const all = traceEvents.filter(({ ph, args }) => ph === 'X' && args?.long_name !== undefined);
    expect(trace.totalMs * 1000).toBeCloseTo(
      all.reduce((sum, { dur }) => sum + dur, 0),
      6,
    );
    expect(trace.iterations.length + trace.warmUpIterations).toBe(5);
    expect(summedMs(trace) + trace.leftOutMs).toBeCloseTo(trace.totalMs, 9);
    const model = await importModel(memorySource('tensorflow-net.json', bytesOf('xla/tensorflow-net.json')), {});
    const { joinedFraction, rows } = profileOf(trace, 'net', model);
    expect(joinedFraction).toBe(1);
    expect(rows.map(({ name }) => name)).toEqual(['conv_a', 'bn_a', 'conv_b', 'pool', 'head']);
  });

  it("of a session of TensorFlow 1: its timeline's operations", async () => {
    const op = (name: string, op: string, ts: number) => ({
      ph: 'X',
      cat: 'Op',
      name: op,
      pid: 1,
      tid: 0,
      ts,
      dur: 5,
      args: { name, op },
    });
    const trace = await traceFrom(
      JSON.stringify({
        traceEvents: [
          {
            ph: 'M',
            pid: 1,
            name: 'process_name',
            args: { name: '/job:localhost/replica:0/task:0/device:CPU:0 Compute' },
          },
          op('conv1/Conv2D', 'Conv2D', 0),
          op('conv1/Relu', 'Relu', 5),
        ],
      }),
    );
    expect(trace.iterations[0]?.steps.map(({ name, nodes }) => [name, nodes?.[0]?.name])).toEqual([
      ['Conv2D', 'conv1/Conv2D'],
      ['Relu', 'conv1/Relu'],
    ]);
    expect(trace.totalMs).toBeCloseTo(0.01, 9);
  });
});
