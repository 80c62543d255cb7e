import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RuntimeSession } from '../../../src/bench/define-runtime.js';
import { kernelRuns, layerTimings, strayContractions } from '../../../src/bench/runtimes/onnx/profile.js';
import runtime from '../../../src/bench/runtimes/onnxruntime.js';
import { exportOnnx } from '../../../src/core/export/onnx/index.js';
import { buildModel } from '../../../src/core/zoo/index.js';
import { disagreement } from '../agreement.js';
import { denseBlock, osaBlock, residualBlocks, smallClassifier } from '../models.js';
import { joinedShare } from './onnx-join.js';

const TOLERANCE = 1e-5;

describe('onnxruntime on the processor', () => {
  let session: RuntimeSession;
  const folder = mkdtempSync(join(tmpdir(), 'archmeter-onnx-'));
  beforeAll(async () => {
    session = await runtime.open({ dtype: 'float32', allowSoftware: false, threads: 1 });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await session.close();
  });

  it.each([
    osaBlock(14, 64, 32),
    denseBlock(14, 32, 16, 4),
    residualBlocks(14, 64, 16, 4),
    smallClassifier(),
    smallClassifier(32, 3),
  ])('computes $name as the reference does', async (graph) => {
    expect(await disagreement(session, graph)).toBeLessThan(TOLERANCE);
  });

  it('times layers by the names of the graph, fused ones under the first', async () => {
    const graph = osaBlock(14, 64, 32);
    const executable = await session.prepare(graph, 1);
    const layers = (await executable.timeLayers?.()) ?? [];
    await executable.dispose();
    const names = new Set(layers.map(({ name }) => name));
    for (const name of ['conv', 'conv_1', 'conv_4', 'concat', 'conv_5']) expect(names).toContain(name);
    expect([...names].filter((name) => name.startsWith('relu') || name.startsWith('batchNorm'))).toEqual([]);
  });

  it.each(['resnet18', 'densenet121', 'mobilenetv2', 'vovnet39', 'vit-small'])(
    'joins the kernel time of %s as an ONNX file to its layers',
    async (name) => {
      const path = join(folder, `${name}.onnx`);
      writeFileSync(path, exportOnnx(await buildModel(name), { weights: 'random' }));
      const { share } = await joinedShare(session, path);
      expect(share).toBeGreaterThanOrEqual(0.95);
    },
  );

  it('says what it ran with', () => {
    expect(session.device.kind).toBe('cpu');
    expect(session.runtime.details).toMatchObject({ provider: 'cpu', threads: '1', 'onnxruntime-node': '1.30.0' });
  });

  it('refuses what it does not have', async () => {
    const open = (options: object) => runtime.open({ dtype: 'float32', allowSoftware: false, ...options });
    await expect(open({ device: 'tpu' })).rejects.toThrow(/^onnxruntime has no device 'tpu'. Devices: 'cpu'/);
    await expect(open({ dtype: 'float16' })).rejects.toThrow(
      'onnxruntime cannot run float16 on the processor: its kernels convert to float32 and back. ' +
        'Use --dtype float32, or --device webgpu or cuda.',
    );
  });
});

describe('a profile', () => {
  const kernel = (name: string, op: string, dur: number, provider = 'CUDAExecutionProvider') => ({
    cat: 'Node',
    name: `${name}_kernel_time`,
    dur,
    args: { op_name: op, provider },
  });
  const run = { cat: 'Session', name: 'model_run', dur: 9 };

  it('is cut into runs', () => {
    const events = [kernel('conv', 'Conv', 1), run, kernel('conv', 'Conv', 2), kernel('concat', 'Concat', 1), run];
    expect(kernelRuns(events).map(({ length }) => length)).toEqual([1, 2]);
  });

  it('is added up by layer', () => {
    const graph = osaBlock(4, 4, 4, 1);
    const kernels = [
      kernel('relu_nchwc', 'Conv', 1500),
      kernel('ReorderOutput_token_3', 'ReorderOutput', 250),
      kernel('concat', 'Concat', 500),
      kernel('conv_1/Pad_2', 'Pad', 100),
      kernel('relu_1', 'FusedConv', 900),
    ];
    expect(layerTimings(graph, kernels)).toEqual([
      { name: 'conv', latencyMs: 1.5 },
      { name: 'ReorderOutput', latencyMs: 0.25, unjoined: true },
      { name: 'concat', latencyMs: 0.5 },
      { name: 'conv_1', latencyMs: 1 },
    ]);
  });

  it('shows what ran on the processor instead', () => {
    const kernels = [
      kernel('conv', 'Conv', 1),
      kernel('conv_1', 'Conv', 1, 'CPUExecutionProvider'),
      kernel('shape', 'Shape', 1, 'CPUExecutionProvider'),
    ];
    expect(strayContractions(kernels)).toEqual(['conv_1']);
  });
});
