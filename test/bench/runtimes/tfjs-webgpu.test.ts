import { beforeAll, describe, expect, it } from 'vitest';
import type { RuntimeProbe, Timing } from '../../../src/bench/define-runtime.js';
import { adapterKind, describeAdapter } from '../../../src/bench/runtimes/webgpu/adapter.js';
import { parseAdapterList } from '../../../src/bench/runtimes/webgpu/adapters.js';
import type { DeviceInfo, LayerTiming } from '../../../src/core/measurement.js';
import { runOnSwiftShader, swiftShaderMissing } from '../swiftshader.js';
import { beyond, type Disagreements } from './child-report.js';

interface Report {
  readonly probe: RuntimeProbe;
  readonly refusal: string;
  readonly device: DeviceInfo;
  readonly hasDeviceClock: boolean;
  readonly models: Disagreements;
  readonly ops: Disagreements;
  readonly timing: Timing;
  readonly layers: readonly LayerTiming[];
  readonly tooLarge: string;
  readonly lost: string;
}

const missing = swiftShaderMissing();

/** SwiftShader compiles and computes hundreds of shaders on the processor. */
const CHILD_TIMEOUT_MS = 600_000;

describe.skipIf(missing !== undefined)(`tfjs-webgpu on SwiftShader${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let report: Report;
  beforeAll(async () => {
    report = (await runOnSwiftShader(new URL('./tfjs-webgpu.child.ts', import.meta.url))) as Report;
  }, CHILD_TIMEOUT_MS);

  it('finds the adapter and calls it software', () => {
    expect(report.probe.available).toBe(true);
    expect(report.probe.devices).toMatchObject([{ kind: 'software', vendor: 'google', architecture: 'swiftshader' }]);
    expect(report.device.kind).toBe('software');
  });

  it('refuses it unless software is allowed', () => {
    expect(report.refusal).toBe(
      `the only adapter is '${report.device.name}', which renders in software: its timings say nothing about a GPU. ` +
        'Pass --allow-software to time it all the same, labelled as software, or use --runtime tfjs-wasm.',
    );
  });

  it('computes the matched blocks and the networks as the reference does', () => {
    expect(Object.keys(report.models)).toHaveLength(5 + 3 + 1);
    expect(beyond(report.models, 1e-4)).toEqual([]);
  });

  it('computes every op as the reference does', () => {
    expect(Object.keys(report.ops).length).toBeGreaterThan(150);
    // WGSL promises sine and cosine, and what is made of them, to 2⁻¹¹ only.
    const coarse = /^(sin|cos|tan|asin|acos|atan|sinh|cosh|asinh|acosh|atanh) /;
    const exact = Object.fromEntries(Object.entries(report.ops).filter(([name]) => !coarse.test(name)));
    expect(beyond(exact, 1e-5)).toEqual([]);
    expect(beyond(report.ops, 2e-3)).toEqual([]);
  });

  it('reads the device clock, which runs within the wall clock', () => {
    expect(report.hasDeviceClock).toBe(true);
    expect(report.timing.deviceMs).toBeGreaterThan(0);
    expect(report.timing.deviceMs as number).toBeLessThan(report.timing.wallMs);
  });

  it('times every layer', () => {
    expect(report.layers.map(({ name }) => name)).toEqual(['conv', 'conv_1', 'conv_2', 'concat', 'conv_3']);
    expect(Math.min(...report.layers.map(({ latencyMs }) => latencyMs))).toBeGreaterThan(0);
  });

  it('fails on an error that the device raises, and on a lost device', () => {
    expect(report.tooLarge).toMatch(/^uncaptured GPU error on .*: Buffer size \(\d+\) exceeds/);
    expect(report.lost).toMatch(/^the device .* was lost: /);
  });
});

describe('adapters', () => {
  const blank = { vendor: '', architecture: '', device: '', description: '' };

  it.each([
    ['NVIDIA GeForce RTX 4090', { ...blank, vendor: 'nvidia', architecture: 'lovelace' }, 'gpu'],
    ['Apple M1', { ...blank, vendor: 'apple', architecture: 'common-3' }, 'gpu'],
    ['AMD Radeon RX 6800 (RADV NAVI21)', { ...blank, vendor: 'amd', description: 'radv: Mesa 24.0' }, 'gpu'],
    ['llvmpipe (LLVM 15.0.7, 256 bits)', { ...blank, vendor: 'mesa', architecture: 'llvmpipe' }, 'software'],
    ['Microsoft Basic Render Driver', { ...blank, vendor: 'microsoft', architecture: 'warp' }, 'software'],
    ['', { ...blank, description: 'SwiftShader driver 5.0.0' }, 'software'],
    ['Something', { ...blank, isFallbackAdapter: true }, 'software'],
    ['', blank, 'unknown'],
  ] as const)('takes %j for what it is', (name, info, kind) => {
    expect(adapterKind(name, info)).toBe(kind);
  });

  it('never calls a nameless adapter a GPU', () => {
    expect(describeAdapter('', blank)).toEqual({ kind: 'unknown', name: 'unknown' });
  });

  it('reads the list that Dawn prints', () => {
    const message = `no suitable backends found
Available adapters:
 * backend: 'vulkan', name: 'NVIDIA GeForce RTX 3090'
 * backend: 'opengl', name: 'NVIDIA GeForce RTX 3090/PCIe/SSE2'
 * backend: 'd3d12', name: 'Intel(R) UHD Graphics'
 * backend: 'null', name: 'Null backend'`;
    expect(parseAdapterList(message)).toEqual([
      { backend: 'd3d12', name: 'Intel(R) UHD Graphics' },
      { backend: 'vulkan', name: 'NVIDIA GeForce RTX 3090' },
    ]);
  });
});
