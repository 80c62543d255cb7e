import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../../src/core/analysis/analyze.js';
import { importModel } from '../../../../src/core/importers/index.js';
import { memorySource } from '../../../../src/core/importers/shared/bytes.js';
import { fixtureJson, importFixture, importJson, outputShapes, totalsOf } from '../fixtures.js';

type Open = readonly (number | null)[];

describe('graph-models, against TensorFlow and the Keras models that they are of', () => {
  const expected = fixtureJson<Record<string, { readonly outputs: readonly Open[] }>>('tfjs/expected.json');

  it.each(Object.entries(expected))('%s', async (name, { outputs }) => {
    const graph = await importFixture(`tfjs/${name}/model.json`);
    const sorted = (shapes: readonly Open[]) => shapes.map((shape) => shape.slice(1).join('x')).sort();
    expect(sorted(outputShapes(graph))).toEqual(sorted(outputs));
    expect(analyze(graph).unsupportedOps).toEqual([]);
    // The frozen LSTM works out one cell more than the layer, to learn the shape of its state.
    const source = await importFixture(`keras/${name}.keras`);
    expect(totalsOf(graph).madds).toBe(totalsOf(source).madds + (name === 'embed' ? 4 * 8 * (16 + 8) : 0));
  });

  it('unrolls a loop whose number of turns is known', async () => {
    const graph = await importFixture('tfjs/embed/model.json');
    expect(graph.notes).toEqual([]);
    // Twelve steps of two matrix products, and the cell before the loop.
    expect(graph.nodes.filter(({ op }) => op === 'linear').length).toBe(2 * 12 + 2);
  });

  it('unrolls a loop of TensorFlow 1 with its arrays, and takes the branch of a constant condition', async () => {
    const graph = await importFixture('tfjs/loop/model.json');
    expect(graph.notes).toEqual([]);
    expect(totalsOf(graph)).toMatchObject({ params: 9 * 4, madds: 6 * 9 * 4 });
    expect(graph.nodes.filter(({ op }) => op === 'relu' || op === 'exp').map(({ op }) => op)).toEqual(['relu']);
    expect(outputShapes(graph)).toEqual([
      [1, 6, 4],
      [1, 4],
    ]);
  });

  it('sets another batch', async () => {
    const one = totalsOf(await importFixture('tfjs/conv1d/model.json'));
    const five = totalsOf(await importFixture('tfjs/conv1d/model.json', { batch: 5 }));
    expect(five.madds).toBe(5 * one.madds);
    expect(five.params).toBe(one.params);
  });
});

describe('layers-models', () => {
  // Parameters by model.countParams() of tfjs-layers.
  it.each([
    ['layers', 1208, 1216, [1, 10]],
    ['layers-sequential', 541, 541, [1, 2]],
  ] as const)('%s', async (name, trainable, total, shape) => {
    const graph = await importFixture(`tfjs/${name}/model.json`);
    const totals = totalsOf(graph);
    expect(totals.params).toBe(trainable);
    expect(totals.params + totals.buffers).toBe(total);
    expect(outputShapes(graph)).toEqual([shape]);
    expect(graph.notes).toEqual([]);
    expect(graph.source?.format).toBe('tfjs');
  });

  it('remark on a manifest that lists other weights', async () => {
    const json = fixtureJson<{ weightsManifest: { weights: { shape: number[] }[] }[] }>('tfjs/layers/model.json');
    json.weightsManifest[0]?.weights.pop();
    const graph = await importJson(json);
    expect(graph.notes).toEqual([
      'The weights manifest lists 1212 elements, the topology makes 1216 parameters and buffers.',
    ]);
  });
});

/** Real models as the npm package nsfwjs bundles them: the topology and its shards as modules. */
function nsfwjsModel(name: string) {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve('nsfwjs')), 'models', name);
  const files = readdirSync(folder);
  const load = (file: string) => {
    const loaded = require(join(folder, file));
    return loaded.default ?? loaded;
  };
  const shards = Object.fromEntries(
    files
      .filter((file) => file.startsWith('group'))
      .map((file) => [file.replace('.min.js', ''), new Uint8Array(Buffer.from(load(file), 'base64'))]),
  );
  const json = load(files.find((file) => file.startsWith('model')) as string);
  return { source: memorySource('model.json', new TextEncoder().encode(JSON.stringify(json)), shards), json };
}

describe('models inside nsfwjs', () => {
  it.each([
    // Published for 224x224: MobileNetV2 300 M (here with 5 classes), 1.4x wide 582 M, InceptionV3 5.7 G.
    ['mobilenet_v2', 299_855_360, 2_585_349],
    ['mobilenet_v2_mid', 580_412_784, 4_300_773],
    ['inception_v3', 5_711_725_792, 22_326_437],
  ])('%s', async (name, madds, params) => {
    const { source, json } = nsfwjsModel(name);
    const graph = await importModel(source);
    const { totals, unsupportedOps } = analyze(graph);
    expect(unsupportedOps).toEqual([]);
    expect(totals.madds).toBe(madds);
    expect(totals.params).toBe(params);
    const stored = json.weightsManifest
      .flatMap((group: { weights: { shape: number[]; dtype: string }[] }) => group.weights)
      .filter((weight: { dtype: string }) => weight.dtype === 'float32')
      .reduce((sum: number, weight: { shape: number[] }) => sum + weight.shape.reduce((all, size) => all * size, 1), 0);
    const scalars = graph.values.filter(
      ({ kind, dtype, shape }) => kind === 'constant' && dtype === 'float32' && shape.length === 0,
    );
    expect(totals.params + totals.buffers + scalars.length).toBe(stored);
    expect(graph.notes).toContain('Weights are stored as uint8 and widened to float32 when they are loaded.');
  });
});
