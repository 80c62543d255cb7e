import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { profileOf } from '../../../src/core/profile/profile.js';
import { buildModel } from '../../../src/core/zoo/index.js';
import { bytesOf, summedMs, traceFrom, traceOf } from './files.js';

const WEBGPU = 'chrome/webgpu-swiftshader.json.gz';

interface Event {
  readonly name: string;
  readonly ph: string;
  readonly dur: number;
}

const traceOfEvents = (traceEvents: readonly object[]) =>
  traceFrom(
    JSON.stringify({
      traceEvents: [{ name: 'TracingStartedInBrowser', ph: 'I', cat: 'devtools.timeline' }, ...traceEvents],
    }),
  );
const event = (name: string, cat: string, ts: number, dur: number, rest = {}) => ({
  name,
  cat,
  ph: 'X',
  pid: 1,
  tid: 2,
  ts,
  dur,
  ...rest,
});
const task = (ts: number, dur: number) => event('GPUTask', 'disabled-by-default-devtools.timeline', ts, dur);

describe('traces of Chrome', () => {
  it('of WebGPU: the time of all tasks of the GPU process, once', async () => {
    const trace = await traceOf(WEBGPU);
    const { traceEvents } = JSON.parse(gunzipSync(bytesOf(WEBGPU)).toString()) as { traceEvents: Event[] };
    const tasks = traceEvents.filter(({ name }) => name === 'GPUTask').reduce((sum, { dur }) => sum + dur, 0);
    expect(summedMs(trace) * 1000).toBeCloseTo(tasks, 6);
    expect(trace.totalMs * 1000).toBeCloseTo(tasks, 6);
    expect(trace.iterations[0]?.steps.find(({ name }) => name === 'Queue::Submit')?.kernels).toBe(5);
  });

  it('say what cannot be known of them', async () => {
    const trace = await traceOf(WEBGPU);
    expect(trace.clock).toBe('wall');
    expect(trace.notes[0]).toContain('no time of the device for WebGPU');
    expect(trace.notes[1]).toContain('nothing in it can be joined to a model or counted');
    expect(profileOf(trace, 'x', await buildModel('resnet18')).joinedFraction).toBe(0);
    expect(profileOf(trace, 'x').analysis.totals.flops).toBe(0);
  });

  it('calls of the page and polling outside of tasks are no work of the GPU process', async () => {
    const dawn = 'disabled-by-default-gpu.dawn';
    const { iterations } = await traceOfEvents([
      task(0, 100),
      event('Queue::Submit', dawn, 10, 30),
      event('Queue::Tick', dawn, 200, 50),
      event('Queue::Submit', dawn, 20, 10, { tid: 9 }),
    ]);
    expect(iterations[0]?.steps.map(({ name, deviceMs }) => [name, deviceMs])).toEqual([
      ['GPUTask', 0.07],
      ['Queue::Submit', 0.03],
    ]);
  });

  it('times of the device, where Chrome took some, are the only ones', async () => {
    const device = (ph: string, name: string, ts: number, id: string) => ({
      ph,
      name,
      cat: 'disabled-by-default-gpu.device',
      pid: 1,
      tid: 3,
      ts,
      id,
    });
    const { clock, totalMs, iterations } = await traceOfEvents([
      task(0, 100),
      device('b', 'Draw', 10, '0x1'),
      device('b', 'Draw', 12, '0x2'),
      device('e', 'Draw', 15, '0x1'),
      device('e', 'Draw', 30, '0x2'),
      device('b', 'never ended', 40, '0x3'),
    ]);
    expect(clock).toBe('device');
    expect(totalMs).toBeCloseTo(0.023, 9);
    expect(iterations[0]?.overlapMs).toBeCloseTo(0.003, 9);
    expect(iterations[0]?.steps.map(({ name, kernels }) => [name, kernels])).toEqual([['Draw', 2]]);
  });

  it('without the GPU process say how to record it', async () => {
    await expect(traceOfEvents([event('RunTask', 'devtools.timeline', 0, 5)])).rejects.toThrow(
      'trace.json: the trace of Chrome holds no work of the GPU. Record the GPU process: the Performance panel of DevTools does, in chrome://tracing the categories gpu, disabled-by-default-gpu.dawn and disabled-by-default-devtools.timeline.',
    );
  });
});
