import { describe, expect, it } from 'vitest';
import { loadRuntimes, openRuntime, probeRuntimes, RUNTIME_NAMES } from '../../../src/bench/runtimes/index.js';

const options = { dtype: 'float32', allowSoftware: false } as const;

describe('runtimes', () => {
  it('are named as their files', async () => {
    expect([...RUNTIME_NAMES].sort()).toEqual([
      'onnxruntime',
      'tfjs-node',
      'tfjs-node-gpu',
      'tfjs-wasm',
      'tfjs-webgpu',
    ]);
    expect((await loadRuntimes()).map(({ name }) => name)).toEqual([
      'tfjs-webgpu',
      'tfjs-node-gpu',
      'tfjs-wasm',
      'onnxruntime',
      'tfjs-node',
    ]);
  });

  it('tell what is there, or what is missing and what adds it', async () => {
    const probed = await probeRuntimes();
    expect(probed).toHaveLength(RUNTIME_NAMES.length);
    for (const { runtime, probe } of probed) {
      if (probe.available) expect(probe.devices.length, runtime.name).toBeGreaterThan(0);
      else expect(`${probe.reason}: ${probe.remedy}`, runtime.name).toMatch(/\S+: \S+/);
    }
    expect(probed.find(({ runtime }) => runtime.name === 'tfjs-wasm')?.probe.available).toBe(true);
  });

  it('open a real GPU where there is one, else WebAssembly', async () => {
    const probed = await probeRuntimes();
    const gpu = probed.find(
      ({ runtime, probe }) => runtime.name !== 'onnxruntime' && probe.devices.some(({ kind }) => kind === 'gpu'),
    );
    const session = await openRuntime('auto', options);
    expect(session.runtime.name).toBe(gpu?.runtime.name ?? 'tfjs-wasm');
    await session.close();
  });

  it('suggest the nearest name for a wrong one', async () => {
    await expect(openRuntime('tfjs-wsam', options)).rejects.toThrow(
      "there is no runtime 'tfjs-wsam'. Did you mean 'tfjs-wasm'? Runtimes: onnxruntime, tfjs-node, tfjs-node-gpu, tfjs-wasm, tfjs-webgpu.",
    );
  });

  it('refuse element types and settings that they do not have', async () => {
    await expect(openRuntime('tfjs-wasm', { ...options, dtype: 'float16' })).rejects.toThrow(
      'tfjs-wasm cannot run float16: its kernels compute in float32. Use --dtype float32.',
    );
    await expect(openRuntime('tfjs-wasm', { ...options, device: 'gpu' })).rejects.toThrow(
      "tfjs-wasm has no device 'gpu'. Devices: 'cpu'.",
    );
    await expect(openRuntime('tfjs-wasm', { ...options, threads: 4 })).rejects.toThrow(
      'tfjs-wasm cannot use 4 threads: TensorFlow.js has threads in browsers only, not in Node. ' +
        'Leave --threads out, or use the onnxruntime runtime.',
    );
    await expect(openRuntime('tfjs-webgpu', { ...options, dtype: 'float16' })).rejects.toThrow(
      'tfjs-webgpu cannot run float16: its shaders compute in float32 only. Use --dtype float32.',
    );
  });
});
