import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importModel } from '../../../src/core/importers/index.js';
import { memorySource } from '../../../src/core/importers/shared/bytes.js';
import { profileOf } from '../../../src/core/profile/profile.js';
import { exclusiveDurations } from '../../../src/core/traces/shared/exclusive.js';
import { bytesOf, summedMs, traceFrom, traceOf } from './files.js';

const FILE = 'onnxruntime/test_resnet.json.gz';

describe('profiles of ONNX Runtime', () => {
  it('are cut into runs, warm-up left out; every node is in one step', async () => {
    const trace = await traceOf(FILE);
    const events = JSON.parse(gunzipSync(bytesOf(FILE)).toString()) as { cat: string; name: string; dur: number }[];
    const all = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
    expect(trace.totalMs * 1000).toBeCloseTo(
      all.reduce((sum, { dur }) => sum + dur, 0),
      6,
    );
    expect(summedMs(trace) + trace.leftOutMs).toBeCloseTo(trace.totalMs, 9);
    expect(trace.iterations.length + trace.warmUpIterations).toBe(
      events.filter(({ name }) => name === 'model_run').length,
    );
    expect(trace.device.kind).toBe('cpu');
  });

  it('are joined to the layers of the file that ran, re-laid and fused nodes too', async () => {
    const path = 'fixtures/onnx/test_resnet.onnx';
    const model = await importModel(memorySource(path, readFileSync(path)));
    const { rows, joinedFraction } = profileOf(await traceOf(FILE), 'test_resnet', model);
    expect(joinedFraction).toBe(1);
    expect(rows.filter(({ layers }) => layers.length === 0).map(({ name }) => name)).toEqual(['layout conversions']);
    expect(rows[0]?.name).toBe('conv1.0');
  });

  it('count the body of a loop once', async () => {
    const node = (name: string, ts: number, dur: number, op: string) => ({
      cat: 'Node',
      ph: 'X',
      pid: 1,
      tid: 1,
      ts,
      dur,
      name: `${name}_kernel_time`,
      args: { op_name: op, provider: 'CPUExecutionProvider' },
    });
    const run = { cat: 'Session', ph: 'X', pid: 1, tid: 1, ts: 0, dur: 100, name: 'model_run', args: {} };
    const trace = await traceFrom(
      JSON.stringify([node('body', 15, 20, 'MatMul'), node('loop', 10, 60, 'Loop'), node('out', 75, 5, 'Add'), run]),
    );
    expect(trace.iterations[0]?.steps.map(({ name, deviceMs }) => [name, deviceMs])).toEqual([
      ['Loop loop', 0.04],
      ['MatMul body', 0.02],
      ['Add out', 0.005],
    ]);
    expect(trace.iterations[0]?.idleMs).toBeCloseTo(0.035, 9);
  });

  it('of a GPU: kernels belong to the node and run that launched them, whenever they ran', async () => {
    const node = (name: string, ts: number, op: string) => ({
      cat: 'Node',
      ph: 'X',
      pid: 1,
      tid: 1,
      ts,
      dur: 5,
      name: `${name}_kernel_time`,
      args: { op_name: op, provider: 'CUDAExecutionProvider', input_type_shape: [{ float: [1, 3] }] },
    });
    const kernel = (name: string, ts: number, dur: number, parent: string) => ({
      cat: 'Kernel',
      ph: 'X',
      pid: -1,
      tid: -1,
      ts,
      dur,
      name,
      args: { parent_name: parent, stream: '7' },
    });
    const run = (ts: number) => ({ cat: 'Session', ph: 'X', pid: 1, tid: 1, ts, dur: 40, name: 'model_run', args: {} });
    const trace = await traceFrom(
      JSON.stringify(
        [0, 100].flatMap((at) => [
          node('conv', at + 1, 'Conv'),
          kernel('cudnn_a', at + 20, 10, 'conv_kernel_time'),
          // After the end of its run.
          kernel('cudnn_b', at + 50, 7, 'conv_kernel_time'),
          run(at),
        ]),
      ),
    );
    expect(trace.clock).toBe('device');
    expect(trace.device.kind).toBe('gpu');
    expect(
      trace.iterations.map(({ steps, spanMs }) => [
        spanMs,
        steps.map(({ name, kernels, deviceMs }) => [name, kernels, deviceMs]),
      ]),
    ).toEqual(Array(2).fill([0.037, [['Conv conv', 2, 0.017]]]));
    expect(trace.leftOutMs).toBe(0);
  });

  it('name transposes that the runtime moved as layout conversions', async () => {
    const trace = await traceFrom(
      JSON.stringify([
        {
          cat: 'Node',
          ph: 'X',
          pid: 1,
          tid: 1,
          ts: 0,
          dur: 5,
          name: 'Transpose_token_12_kernel_time',
          args: { op_name: 'Transpose', provider: 'CPUExecutionProvider' },
        },
      ]),
    );
    expect(trace.iterations[0]?.steps[0]?.other).toBe('layout');
    expect(trace.notes.join()).toContain('they are layout conversions');
  });

  it('what a stretch took itself is never negative, and sums to no more than all', () => {
    const stretches = fc.array(
      fc.record({
        thread: fc.constantFrom(0, 1),
        start: fc.integer({ min: 0, max: 50 }),
        duration: fc.integer({ min: 0, max: 30 }),
      }),
    );
    fc.assert(
      fc.property(stretches, (list) => {
        const at = (row: number) => list[row] as (typeof list)[number];
        const own = [
          ...exclusiveDurations({
            length: list.length,
            thread: (row) => at(row).thread,
            start: (row) => at(row).start,
            duration: (row) => at(row).duration,
          }),
        ];
        own.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(list[i]?.duration ?? 0);
        });
      }),
    );
  });

  it.each([
    [
      '[{"cat":"Session","ph":"X","ts":0,"dur":5,"name":"model_loading_uri","args":{}}]',
      /the profile holds no node that ran/,
    ],
    ['[{"cat":"Session","ph":"X","ts":0,"dur":5,"name":"model_loading_uri","args":{', /it was cut short/],
  ])('%s: one line', async (text, message) => {
    await expect(traceFrom(text)).rejects.toThrow(message);
  });
});
