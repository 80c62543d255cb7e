import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Device } from '../../../../src/core/analysis/devices/index.js';
import { findDevice, matchDevice } from '../../../../src/core/analysis/devices/index.js';
import {
  chooseProfile,
  countKernels,
  DEFAULT_PRECISION,
  estimateLatency,
  fitLatency,
  type Kernel,
  LATENCY_PARAMETERS,
  lowerKernels,
  PROFILES,
  type Precision,
  profileValues,
  workloadSeconds,
} from '../../../../src/core/analysis/latency/index.js';
import { contiguousStrides, isContiguous, viewStrides } from '../../../../src/core/analysis/latency/strides.js';
import { GraphBuilder } from '../../../../src/core/graph/builder.js';
import type { Value } from '../../../../src/core/ir/graph.js';
import { buildModel } from '../../../../src/core/zoo/index.js';

function graphOf(shape: readonly number[], build: (b: GraphBuilder, x: Value) => Value) {
  const builder = new GraphBuilder('test');
  return builder.finish([build(builder, builder.input('x', shape))]);
}
const eager = (precision: Precision) => ({ execution: 'eager', precision }) as const;
const classes = (kernels: readonly Kernel[]) => kernels.map((kernel) => kernel.class);
const rtx4090 = matchDevice('rtx-4090') as Device;
const h100 = matchDevice('h100') as Device;

describe('kernels of torch, op by op', () => {
  it('count a convolution as a matrix product, its bias as a pass of its own', () => {
    const graph = graphOf([2, 16, 8, 8], (b, x) => b.add('conv', [x], { outChannels: 32, kernel: 3, padding: 1 }));
    const [conv, bias] = lowerKernels(graph, eager('float32'));
    expect(conv).toMatchObject({
      class: 'conv',
      rows: 2 * 8 * 8,
      depth: 16 * 9,
      width: 32,
      groups: 1,
      madds: 2 * 64 * 32 * 16 * 9,
      readBytes: 4 * 2 * 16 * 64,
      writeBytes: 4 * 2 * 32 * 64,
      weightBytes: 4 * (32 * 16 * 9 + 32),
    });
    expect(bias).toMatchObject({ class: 'broadcast', readBytes: 4 * 2 * 32 * 64, writeBytes: 4 * 2 * 32 * 64 });
  });

  it('follow autocast: products in 16 bits, normalisation in 32, casts between', () => {
    const graph = graphOf([1, 10, 64], (b, x) =>
      b.add('linear', [b.add('layerNorm', [b.add('linear', [x], { outFeatures: 64 })])], { outFeatures: 64 }),
    );
    const kernels = lowerKernels(graph, eager('amp'));
    expect(classes(kernels)).toEqual(['cast', 'linear', 'normalization', 'cast', 'linear']);
    expect(kernels[2]).toMatchObject({ readBytes: 2 * 640, writeBytes: 4 * 640 });
    expect(classes(lowerKernels(graph, eager('float16')))).toEqual(['linear', 'normalization', 'linear']);
  });

  it('copy what is out of order only where order is needed', () => {
    const heads = graphOf([2, 10, 12], (b, x) => {
      const split = b.add('transpose', [b.add('reshape', [x], { shape: [2, 10, 3, 4] })], {
        permutation: [0, 2, 1, 3],
      });
      return b.add('reshape', [b.add('relu', [split])], { shape: [2, 3, 40] });
    });
    // Transposition is free; joining heads and tokens in the other order is a copy.
    expect(classes(lowerKernels(heads, eager('float32')))).toEqual(['activation', 'copy']);
    const back = graphOf([2, 10, 12], (b, x) => {
      const there = b.add('transpose', [x], { permutation: [0, 2, 1] });
      return b.add('layerNorm', [b.add('transpose', [there], { permutation: [0, 2, 1] })]);
    });
    expect(classes(lowerKernels(back, eager('float32')))).toEqual(['normalization']);
  });

  it('take a product and sum with stored vectors as one kernel', () => {
    const graph = graphOf([1, 8, 4], (b, x) =>
      b.add('add', [b.add('mul', [x, b.parameter('scale', [4])]), b.parameter('shift', [4])]),
    );
    expect(classes(lowerKernels(graph, eager('float32')))).toEqual(['broadcast']);
  });

  it('join pointwise layers to convolutions under fused execution', () => {
    const graph = graphOf([1, 8, 4, 4], (b, x) =>
      b.add('relu', [b.add('batchNorm', [b.add('conv', [x], { outChannels: 8, kernel: 1, bias: false })])]),
    );
    const kernels = lowerKernels(graph, { execution: 'fused', precision: 'float32' });
    expect(classes(kernels)).toEqual(['pointwiseConv']);
    expect(kernels[0]).toMatchObject({ readBytes: 4 * 128, writeBytes: 4 * 128 });
  });

  it('do not grow with the batch where they only reshape weights', () => {
    const graph = graphOf([1, 4], (b, x) => b.add('add', [x, b.add('sigmoid', [b.parameter('w', [4])])]));
    expect(lowerKernels(graph, eager('float32')).map(({ batched }) => batched)).toEqual([false, true]);
  });
});

describe('strides', () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });

  it('of a contiguous tensor allow every shape of as many elements', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, seed) => {
        const target = [...shape].sort(() => ((seed >> 1) % 2 === 0 ? 1 : -1));
        const view = viewStrides(shape, contiguousStrides(shape), target);
        return view !== undefined && isContiguous(target, view);
      }),
    );
  });

  it('forbid to join two axes that lie in the other order', () => {
    expect(viewStrides([3, 2], [1, 3], [6])).toBeUndefined();
    expect(viewStrides([2, 3, 4], [12, 1, 3], [2, 3, 2, 2])).toEqual([12, 1, 6, 3]);
  });
});

describe('estimates', () => {
  it('add up over layers and rise with the batch', async () => {
    const graph = await buildModel('resnet18', { batch: 8 });
    const one = estimateLatency(graph, { device: rtx4090 });
    const sum = one.layers.reduce((total, { latencyMs }) => total + latencyMs, 0);
    expect(sum).toBeCloseTo(one.kernelsMs, 9);
    expect(one.latencyMs).toBe(Math.max(one.kernelsMs, one.hostMs));
    expect(one.layers.reduce((total, { fraction }) => total + fraction, 0)).toBeCloseTo(1, 9);
    expect(estimateLatency(graph, { device: rtx4090, batch: 64 }).latencyMs).toBeGreaterThan(one.latencyMs);
    expect(one.latencyLowMs).toBeLessThan(one.latencyMs);
    expect(one.latencyHighMs).toBeGreaterThan(one.latencyMs);
  });

  it('say what they stand on', async () => {
    const graph = await buildModel('squeezenet1-1', { batch: 256 });
    expect(estimateLatency(graph, { device: rtx4090, precision: 'amp' })).toMatchObject({
      mode: 'calibrated',
      unverified: ['computeUnits'],
      notes: [],
    });
    expect(estimateLatency(graph, { device: rtx4090 }).precision).toBe(DEFAULT_PRECISION);
    const unseen = estimateLatency(graph, { device: await findDevice('rtx-5090'), precision: 'amp' });
    expect(unseen.mode).toBe('specification');
    expect(unseen.unverified).toContain('memoryBandwidthGbs');
    expect(unseen.notes).toEqual([
      'From the specification: neither the GeForce RTX 5090 nor another Blackwell device was timed.',
    ]);
  });

  it('tell the kernels from the host: eager PyTorch waits for it at batch 1, a graph does not', async () => {
    const graph = await buildModel('vit-b-16', { batch: 4 });
    const device = await findDevice('h100');
    const eager = estimateLatency(graph, { device, precision: 'bfloat16' });
    expect(eager).toMatchObject({ binds: 'host', latencyMs: eager.hostMs });
    // A run of it took 7.6 ms on the wall, its kernels 1.2.
    expect(eager.latencyHighMs).toBeGreaterThan(7.6 * 0.8);
    expect(eager.kernelsMs).toBeLessThan(7.6 / 3);
    expect(eager.latencyLowMs).toBeLessThan(eager.latencyMs);
    expect(eager.notes.join(' ')).toContain('The host starts kernels more slowly');
    const replayed = estimateLatency(graph, { device, precision: 'bfloat16', launch: 'graph' });
    expect(replayed).toMatchObject({ binds: 'device', hostMs: 0, kernelsMs: eager.kernelsMs });
    expect(replayed.latencyMs).toBe(replayed.kernelsMs);
    expect(estimateLatency(graph, { device: await findDevice('generic-cpu') }).hostMs).toBe(0);
    expect(estimateLatency(graph, { device, precision: 'bfloat16', batch: 256 }).binds).toBe('device');
  });

  it('run each precision on its units: none slower than a wider one where products bind', async () => {
    const linear = graphOf([8192, 4096], (b, x) => b.add('linear', [x], { outFeatures: 4096 }));
    const time = (precision: Precision) => estimateLatency(linear, { device: h100, precision }).kernelsMs;
    expect(time('tf32')).toBeLessThan(time('float32'));
    expect(time('bfloat16')).toBeLessThan(time('tf32'));
    expect(time('float16')).toBe(time('bfloat16'));
    expect(time('float8')).toBeLessThan(time('bfloat16'));
    expect(lowerKernels(linear, eager('float8')).map(({ class: name, arithmetic }) => [name, arithmetic])).toEqual([
      ['cast', 'float8'],
      ['linear', 'float8'],
    ]);
  });

  it('name what bounds a layer', async () => {
    const large = graphOf([64, 512, 28, 28], (b, x) =>
      b.add('relu', [b.add('conv', [x], { outChannels: 512, kernel: 3, padding: 1, bias: false })]),
    );
    expect(estimateLatency(large, { device: rtx4090 }).layers.map(({ bound }) => bound)).toEqual(['compute', 'memory']);
    const tiny = graphOf([1, 8, 4, 4], (b, x) => b.add('relu', [x]));
    expect(estimateLatency(tiny, { device: rtx4090 }).layers[0]?.bound).toBe('launch');
  });

  it('put DenseNet-121 behind VoVNet-39 and both behind ResNet-18, as every published table does', async () => {
    const times = await Promise.all(
      ['resnet18', 'vovnet39', 'densenet121'].map(
        async (name) => estimateLatency(await buildModel(name, { batch: 256 }), { device: rtx4090 }).latencyMs,
      ),
    );
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('choose the profile of the device, else that of its kind', async () => {
    expect(chooseProfile(rtx4090).device).toBe('rtx-4090');
    expect(chooseProfile(await findDevice('t4')).device).toBe('t4');
    expect(chooseProfile(await findDevice('l4'))).toMatchObject({ device: null, part: 'server' });
    expect(chooseProfile(await findDevice('rtx-5090'))).toMatchObject({ device: null, part: 'desktop' });
    expect(chooseProfile(await findDevice('generic-cpu')).kind).toBe('cpu');
    for (const profile of PROFILES) expect(profile.heldOut.observations).toBeGreaterThan(0);
  });
});

describe('fit', () => {
  it('gives back times that the model itself made', async () => {
    const names = ['resnet18', 'mobilenet-v2', 'squeezenet1-1', 'densenet121', 'vovnet27-slim', 'regnet-x-400mf'];
    const profile = chooseProfile(rtx4090);
    const truth = profileValues(profile).map(Math.log);
    const observations = await Promise.all(
      names.map(async (name) => {
        const kernels = countKernels(lowerKernels(await buildModel(name), eager('amp')));
        return {
          kernels,
          batch: 256,
          device: rtx4090,
          seconds: workloadSeconds({ kernels, batch: 256 }, rtx4090, truth),
        };
      }),
    );
    const theta = fitLatency(observations).byDevice.get('rtx-4090') as Float64Array;
    expect(theta).toHaveLength(LATENCY_PARAMETERS.length);
    for (const observation of observations) {
      expect(workloadSeconds(observation, rtx4090, theta) / observation.seconds).toBeCloseTo(1, 1);
    }
  });
});
