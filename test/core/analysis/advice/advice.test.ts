import { describe, expect, it } from 'vitest';
import { ADVICE_RULES, adviseModel } from '../../../../src/core/analysis/advice/index.js';
import { rebuild } from '../../../../src/core/analysis/advice/rebuild.js';
import { analyze } from '../../../../src/core/analysis/analyze.js';
import { findDevice } from '../../../../src/core/analysis/devices/index.js';
import { chooseProfile, type LatencyProfile, type Precision } from '../../../../src/core/analysis/latency/index.js';
import { GraphBuilder } from '../../../../src/core/graph/builder.js';
import type { Graph, Value } from '../../../../src/core/ir/graph.js';
import { buildModel } from '../../../../src/core/zoo/index.js';

function graphOf(shape: readonly number[], build: (b: GraphBuilder, x: Value) => Value) {
  const builder = new GraphBuilder('test');
  return builder.finish([build(builder, builder.input('x', shape))]);
}
const conv = (b: GraphBuilder, x: Value, outChannels: number, more: object = {}) =>
  b.add('conv', [x], { outChannels, kernel: 3, padding: 1, bias: false, ...more });

async function idsOf(graph: Graph, precision?: Precision) {
  return (await adviseModel(graph, { precision })).map(({ id }) => id);
}

/** The default device's constants, with matrix units that miss channels off the multiple of 8 by half. */
async function strict(): Promise<LatencyProfile> {
  const profile = chooseProfile(await findDevice('rtx-4090'), 'amp', 'eager');
  return { ...profile, parameters: { ...profile.parameters, misaligned: 1.5 } };
}

describe('rebuilding', () => {
  it.each(['resnet18', 'densenet121', 'swin-t', 'mobilenet-v3-small'])(
    '%s without edits costs the same',
    async (name) => {
      const graph = await buildModel(name);
      const again = rebuild(graph, new Map());
      expect(again && analyze(again).totals).toEqual(analyze(graph).totals);
    },
  );

  it('makes weights anew where a layer before them changes', () => {
    const graph = graphOf([1, 8, 4, 4], (b, x) => b.add('batchNorm', [conv(b, conv(b, x, 16), 8)]));
    const changed = rebuild(graph, new Map([[0, { attributes: { ...graph.nodes[0]?.attributes, outChannels: 24 } }]]));
    expect(changed && analyze(changed).totals.params).toBe(9 * (8 * 24 + 24 * 8) + 16);
  });

  it('gives nothing where the changed graph does not fit together', () => {
    const graph = graphOf([1, 8, 4, 4], (b, x) => b.add('reshape', [conv(b, x, 8)], { shape: [1, 128] }));
    expect(
      rebuild(graph, new Map([[0, { attributes: { ...graph.nodes[0]?.attributes, outChannels: 9 } }]])),
    ).toBeUndefined();
  });
});

describe('advice', () => {
  it('has the nine rules', () => {
    expect(ADVICE_RULES).toEqual([
      'bottleneck',
      'channel-multiple',
      'dense-concatenation',
      'elementwise-share',
      'fragmentation',
      'group-convolution',
      'late-downsampling',
      'memory-peak',
      'unequal-channels',
    ]);
  });

  it('tries one-shot aggregation on DenseNet and not on VoVNet', async () => {
    const graph = await buildModel('densenet121', { batch: 64 });
    const found = (await adviseModel(graph)).find(({ id }) => id === 'dense-concatenation');
    expect(found?.saving?.metric).toBe('estimatedLatencyMs');
    expect(found?.saving?.value).toBeGreaterThan(0);
    expect(found?.cost?.madds).toBeLessThanOrEqual(1);
    expect(found?.layers.length).toBe(6 + 12 + 24 + 16 + 4);
    expect(found?.source).toContain('1904.09730');
    expect(await idsOf(await buildModel('vovnet39', { batch: 64 }))).not.toContain('dense-concatenation');
  });

  it('finds thin groups, and none in a dense network', async () => {
    const grouped = graphOf([64, 64, 56, 56], (b, x) => conv(b, conv(b, x, 64, { groups: 8 }), 64, { groups: 8 }));
    expect(await idsOf(grouped, 'amp')).toContain('group-convolution');
    expect(await idsOf(await buildModel('resnet18', { batch: 64 }))).not.toContain('group-convolution');
  });

  it('finds channels off the multiple of matrix units, for 16 bits alone', async () => {
    const odd = graphOf([64, 61, 28, 28], (b, x) => conv(b, conv(b, x, 125), 125));
    const half = await adviseModel(odd, { precision: 'amp', profile: await strict() });
    expect(half.map(({ id }) => id)).toContain('channel-multiple');
    const found = await adviseModel(odd, { precision: 'float32', profile: await strict() });
    expect(found.map(({ id }) => id)).not.toContain('channel-multiple');
  });

  it('finds unequal widths', async () => {
    const graph = graphOf([64, 32, 56, 56], (b, x) => conv(b, x, 512, { kernel: 1, padding: 0 }));
    const found = (await adviseModel(graph)).find(({ id }) => id === 'unequal-channels');
    // 544 / (2·√(32·512)) = 2.125, but for the weights.
    expect(found?.figure.value).toBeCloseTo(2.125, 2);
  });

  it('finds late downsampling in VGG, and keeps the later shapes', async () => {
    const found = (await adviseModel(await buildModel('vgg16', { batch: 16 }))).find(
      ({ id }) => id === 'late-downsampling',
    );
    expect(found?.saving?.fraction).toBeGreaterThan(0.05);
  });

  it('takes channels-last layers for what they are: ConvNeXt downsamples at once', async () => {
    expect(await idsOf(await buildModel('convnext-tiny', { batch: 64 }))).not.toContain('late-downsampling');
  });

  it('leaves classifiers, colours and squeezed maps alone', async () => {
    const graph = graphOf([64, 3, 56, 56], (b, x) => {
      const map = b.add('relu', [conv(b, x, 64)]);
      const gate = b.add('conv', [b.add('globalAvgPool', [map])], { outChannels: 5, kernel: 1 });
      const wide = b.add('conv', [gate], { outChannels: 64, kernel: 1 });
      const head = b.add('conv', [b.add('mul', [map, wide])], { outChannels: 1001, kernel: 1 });
      return b.add('flatten', [b.add('globalAvgPool', [head])]);
    });
    const ids = await idsOf(graph);
    expect(ids).not.toContain('unequal-channels');
    expect(ids).not.toContain('channel-multiple');
  });

  it('judges channel counts on the whole model, its costs included', async () => {
    const graph = await buildModel('hrnet-w30', { batch: 64 });
    const found = (await adviseModel(graph, { precision: 'amp', profile: await strict() })).find(
      ({ id }) => id === 'channel-multiple',
    );
    expect(found?.cost?.params).toBeGreaterThan(1);
    expect(found?.cost?.madds).toBeGreaterThan(1);
  });

  it('keeps the multiply-adds where groups become dense', async () => {
    const found = (await adviseModel(await buildModel('resnext50-32x4d', { batch: 64 }))).find(
      ({ id }) => id === 'group-convolution',
    );
    expect(found?.cost?.madds).toBeLessThanOrEqual(1);
    expect(found?.cost?.madds).toBeGreaterThan(0.85);
  });

  it('does not count idle weights of auxiliary classifiers as saved', async () => {
    const found = (await adviseModel(await buildModel('googlenet', { batch: 64 }))).find(
      ({ id }) => id === 'elementwise-share',
    );
    expect(found?.cost?.params).toBeGreaterThan(0.98);
  });

  it('names a larger batch where nothing is left to fuse', async () => {
    const graph = await buildModel('mobilenet-v2');
    const found = (await adviseModel(graph, { execution: 'fused' })).find(({ id }) => id === 'fragmentation');
    expect(found?.detail).toContain('in a batch of 8');
    expect(found?.saving?.fraction).toBeGreaterThan(0.1);
  });

  it('sorts by saving', async () => {
    const fractions = (await adviseModel(await buildModel('densenet121'))).map(({ saving }) => saving?.fraction ?? 0);
    expect(fractions).toEqual([...fractions].sort((a, b) => b - a));
  });
});
