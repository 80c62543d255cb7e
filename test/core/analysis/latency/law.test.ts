import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEVICES, type Device, matchDevice, sustainedFraction } from '../../../../src/core/analysis/devices/index.js';
import { type LatencyProfile, PROFILES, profileValues } from '../../../../src/core/analysis/latency/index.js';
import { isComputeClass, type Kernel } from '../../../../src/core/analysis/latency/kernel.js';
import { bindKernel, kernelTime } from '../../../../src/core/analysis/latency/kernel-time.js';
import { LATENCY_PARAMETERS } from '../../../../src/core/analysis/latency/parameters.js';
import { cacheBandwidth, cacheBytes, peakRate } from '../../../../src/core/analysis/latency/rates.js';
import { COMPUTE_CLASSES, type KernelClass, MEMORY_CLASSES } from '../../../../src/core/ops/execution.js';

const size = (max: number) => fc.integer({ min: 1, max });
const kernels: fc.Arbitrary<Kernel> = fc
  .record({
    class: fc.constantFrom<KernelClass>(...COMPUTE_CLASSES, ...MEMORY_CLASSES),
    arithmetic: fc.constantFrom('float32', 'tf32', 'float16', 'float8', 'int8'),
    rows: size(20_000),
    depth: size(20_000),
    width: size(20_000),
    groups: size(64),
    channelsLast: fc.boolean(),
    batched: fc.boolean(),
  } as const)
  .map((shape) => {
    const bytes = shape.arithmetic === 'float32' || shape.arithmetic === 'tf32' ? 4 : 2;
    const compute = isComputeClass(shape.class);
    return {
      ...shape,
      node: 0,
      madds: compute ? shape.rows * shape.depth * shape.width * shape.groups : 0,
      readBytes: bytes * shape.rows * shape.depth * shape.groups,
      writeBytes: bytes * shape.rows * shape.width * shape.groups,
      weightBytes: compute ? bytes * shape.width * shape.depth : 0,
      steps: 1,
      serialLoads: 0,
      threads: 0,
    };
  });

const devices = fc.constantFrom(...DEVICES);
const batches = fc.integer({ min: 1, max: 512 });
const reuses = fc.constantFrom(0, 1e6, 1e9, Number.POSITIVE_INFINITY);

/** Computing at the sustained peak, and moving what cannot lie in a cache at the memory's bandwidth, the rest at the cache's. */
function leastSeconds(kernel: Kernel, device: Device, batch: number): number {
  const factor = kernel.batched ? batch : 1;
  const operations = 2 * kernel.madds * factor;
  // Thin groups and depthwise convolutions run on vector units where those are faster.
  const sustained = (arithmetic: Kernel['arithmetic']) =>
    peakRate(device, arithmetic).flopsPerSecond * sustainedFraction(device);
  const rate = Math.max(sustained(kernel.arithmetic), sustained('float32'));
  const bytes = (kernel.readBytes + kernel.writeBytes) * factor + kernel.weightBytes;
  return Math.max(operations / rate, bytes / cacheBandwidth(device));
}

describe('no estimate is beyond the hardware', () => {
  it('with the parameters of any profile, on any device, of any kernel', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PROFILES),
        devices,
        kernels,
        batches,
        reuses,
        (profile, device, kernel, batch, reuse) => {
          const { seconds } = kernelTime(bindKernel(kernel, { device, batch, reuse }), profileValues(profile));
          expect(seconds).toBeGreaterThanOrEqual(leastSeconds(kernel, device, batch) * (1 - 1e-9));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('with parameters that no fit would give', () => {
    const absurd = Float64Array.from(LATENCY_PARAMETERS, ({ name }) => (name.startsWith('efficiency') ? 50 : 0.01));
    fc.assert(
      fc.property(devices, kernels, batches, reuses, (device, kernel, batch, reuse) => {
        const { seconds } = kernelTime(bindKernel(kernel, { device, batch, reuse }), absurd);
        expect(seconds).toBeGreaterThanOrEqual(leastSeconds(kernel, device, batch) * (1 - 1e-9));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(DEVICES.map((device) => [device.id, device] as const))(
    '%s: tensors far larger than its caches come from memory',
    (_, device) => {
      const bytes = 1000 * Math.max(2 ** 20, cacheBytes(device));
      for (const profile of PROFILES) {
        for (const name of MEMORY_CLASSES) {
          const kernel: Kernel = {
            class: name,
            node: 0,
            madds: 0,
            readBytes: bytes,
            writeBytes: bytes,
            weightBytes: 0,
            rows: 0,
            depth: 1024,
            width: 0,
            groups: 0,
            steps: 1,
            serialLoads: 0,
            threads: 0,
            arithmetic: 'float32',
            channelsLast: false,
            batched: true,
          };
          const { seconds } = kernelTime(bindKernel(kernel, { device }), profileValues(profile));
          expect(seconds).toBeGreaterThanOrEqual(((2 * bytes) / (device.memoryBandwidthGbs * 1e9)) * 0.995);
        }
      }
    },
  );

  it.each(DEVICES.map((device) => [device.id, device] as const))(
    '%s: a product of 8192 x 8192 x 8192 stays below its data sheet',
    (_, device) => {
      for (const [arithmetic, tera] of [
        ['float32', device.matrixFloat32Tflops ?? device.float32Tflops],
        ['float16', device.tensorFloat16Tflops ?? Math.max(device.float16Tflops ?? 0, device.float32Tflops)],
      ] as const) {
        const kernel: Kernel = {
          class: 'linear',
          node: 0,
          madds: 8192 ** 3,
          readBytes: 4 * 8192 ** 2,
          writeBytes: 4 * 8192 ** 2,
          weightBytes: 4 * 8192 ** 2,
          rows: 8192,
          depth: 8192,
          width: 8192,
          groups: 1,
          steps: 1,
          serialLoads: 0,
          threads: 0,
          arithmetic,
          channelsLast: false,
          batched: false,
        };
        for (const profile of PROFILES) {
          const { seconds } = kernelTime(bindKernel(kernel, { device }), profileValues(profile));
          expect((2 * 8192 ** 3) / seconds / 1e12).toBeLessThanOrEqual(tera * sustainedFraction(device) * (1 + 1e-9));
        }
      }
    },
  );
});

describe('sustained clocks', () => {
  it('are those of boost where a board has power, and near base where it has not', () => {
    const fraction = (id: string) => sustainedFraction(DEVICES.find((device) => device.id === id) as Device);
    expect(fraction('a100-sxm-80')).toBe(1);
    expect(fraction('l4')).toBeCloseTo(795 / 2040, 9);
    expect(fraction('t4')).toBeGreaterThan(585 / 1590);
    expect(fraction('t4')).toBeLessThan(0.5);
    for (const device of DEVICES) expect(sustainedFraction(device)).toBeLessThanOrEqual(1);
  });
});

describe('16-bit products on cards of full rate', () => {
  const product: Kernel = {
    class: 'linear',
    node: 0,
    madds: 8192 ** 3,
    readBytes: 2 * 8192 ** 2,
    writeBytes: 2 * 8192 ** 2,
    weightBytes: 2 * 8192 ** 2,
    rows: 8192,
    depth: 8192,
    width: 8192,
    groups: 1,
    steps: 1,
    serialLoads: 0,
    threads: 0,
    arithmetic: 'float16',
    channelsLast: false,
    batched: false,
  };
  const shareOfPeak = (id: string, profile: LatencyProfile) => {
    const device = matchDevice(id) as Device;
    const { compute } = kernelTime(bindKernel(product, { device }), profileValues(profile));
    return (2 * 8192 ** 3) / compute / ((device.tensorFloat16Tflops as number) * 1e12);
  };

  it.each(PROFILES.filter(({ device, part }) => device === null && part === 'desktop'))(
    '$id reaches no more of it than GeForce cards of half rate, nor all of it',
    (profile) => {
      expect(shareOfPeak('rtx-4090', profile)).toBeGreaterThan(0.9);
      expect(shareOfPeak('rtx-a6000', profile)).toBeLessThan(0.9);
      const share = profile.parameters['fullRate'] as number;
      expect(shareOfPeak('rtx-a6000', profile) / share).toBeGreaterThan(0.9);
      expect(shareOfPeak('rtx-a6000', profile) / share).toBeLessThanOrEqual(1 + 1e-9);
    },
  );
});
