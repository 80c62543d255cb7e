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
import { joinedReference, joinedShare } from './onnx-join.js';

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

  it.each([
    'models/ghostnetv2_100',
    'models/tv_shufflenet_v2_x1_0',
    'models/xcit_nano_12_p16_224',
    'exports/efficientformerv2_s0',
  ])('joins the kernel time of %s, conversions by the layer that reads them', async (name) => {
    const { share, conversions, timings } = await joinedReference(session, `${name}.onnx`);
    expect(share).toBeGreaterThanOrEqual(0.95);
    expect(conversions).toBeGreaterThan(0);
    expect(timings.some((timing) => timing.name.startsWith('Reorder') || timing.name === 'Transpose')).toBe(false);
  });

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

  it('gives conversions to the layer that reads them, where the rewritten model is known', () => {
    const graph = osaBlock(4, 4, 4, 1);
    const node = (name: string, operator: string, inputs: string[], outputs: string[]) => ({
      name,
      operator,
      inputs,
      outputs,
    });
    const optimized = [
      node('ReorderInput', 'ReorderInput', ['input'], ['blocked']),
      node('relu_nchwc', 'Conv', ['blocked'], ['a']),
      node('ReorderOutput', 'ReorderOutput', ['a'], ['relu']),
      node('Reshape_token_1', 'Reshape', ['relu'], ['b']),
      node('concat', 'Concat', ['b', 'input'], ['c']),
      node('Transpose_token_2', 'Transpose', ['c'], ['output']),
      node('own', 'Resize', ['x'], ['y']),
    ];
    const kernels = optimized.map(({ name, operator }) => kernel(name, operator, 1000));
    expect(layerTimings(graph, kernels, optimized)).toEqual([
      { name: 'conv', latencyMs: 2, conversionMs: 1 },
      { name: 'concat', latencyMs: 4, conversionMs: 3 },
      { name: 'Resize', latencyMs: 1, unjoined: true },
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
