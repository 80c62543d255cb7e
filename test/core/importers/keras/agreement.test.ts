import { describe, expect, it } from 'vitest';
import { analyze } from '../../../../src/core/analysis/analyze.js';
import { reference } from '../../../reference.js';
import { fixtureJson, importFixture, outputShapes, totalsOf } from '../fixtures.js';

interface Expected {
  /** As Keras itself counts them. */
  readonly trainable: number;
  readonly total: number;
  readonly madds?: number;
  /** Open axes null. */
  readonly outputs?: readonly (readonly (number | null)[])[];
}

const expected = fixtureJson<Record<string, Expected>>('keras/expected.json');

/** Keras does not count these as trainable: frozen, quantised, or fixed beside a low-rank update. */
const NOT_TRAINED = new Set(['frozen', 'quant', 'lora']);
/** Keras records query length in place of key length for attention scores. */
const WRONG_SHAPE = new Set(['attn']);

describe('Keras files, against what Keras counts', () => {
  it.each(Object.entries(expected))('%s', async (name, { trainable, total, madds, outputs }) => {
    const graph = await importFixture(`keras/${name}.keras`, name === 'fcn' ? { inputs: { '': [1, 32, 40, 3] } } : {});
    const totals = totalsOf(graph);
    expect(totals.params + totals.buffers).toBe(total);
    if (!NOT_TRAINED.has(name)) expect(totals.params).toBe(trainable);
    if (madds !== undefined) expect(totals.madds).toBe(madds);
    if (outputs === undefined || WRONG_SHAPE.has(name)) return;
    const shapes = outputShapes(graph);
    expect(shapes.length).toBe(outputs.length);
    shapes.forEach((shape, i) => {
      const open = outputs[i] as readonly (number | null)[];
      expect(shape).toEqual(open.map((size, axis) => size ?? shape[axis]));
    });
  });

  it('reads the same model from HDF5', async () => {
    const [archive, hdf5] = await Promise.all([importFixture('keras/nested.keras'), importFixture('keras/nested.h5')]);
    expect(totalsOf(hdf5)).toEqual(totalsOf(archive));
    expect(hdf5.source).toEqual({ format: 'keras', file: 'keras/nested.h5', producer: 'Keras 3.15.1 (tensorflow)' });
  });

  it('counts the weights of a layer that is called twice once, its work twice', async () => {
    const graph = await importFixture('keras/shared.keras');
    const convolutions = graph.nodes.filter(({ op }) => op === 'conv');
    expect(convolutions.map(({ inputs }) => inputs[1])).toEqual(new Array(2).fill(convolutions[0]?.inputs[1]));
    // Twice: 6·6 positions of 3·3·3 weights for 4 channels, 144 to 5 features, 5 to 2.
    expect(totalsOf(graph).madds).toBe(2 * (6 * 6 * 27 * 4 + 144 * 5 + 5 * 2));
  });

  it('sets another batch', async () => {
    const [one, four] = await Promise.all([
      importFixture('keras/attn.keras'),
      importFixture('keras/attn.keras', { batch: 4 }),
    ]);
    expect(totalsOf(four).madds).toBe(4 * totalsOf(one).madds);
    expect(totalsOf(four).params).toBe(totalsOf(one).params);
  });
});

interface Reference {
  readonly trainable: number;
  readonly params: number;
  readonly madds: number;
  readonly layers: readonly { readonly name: string; readonly params: number; readonly madds: number }[];
}

describe('keras.applications, against the reference', () => {
  const NAMES = [
    'DenseNet121',
    'EfficientNetB0',
    'InceptionV3',
    'MobileNetV2',
    'MobileNetV3Small',
    'ResNet50',
    'Xception',
  ];

  it.each(NAMES.flatMap((name) => ['keras', 'topology.json'].map((extension) => [name, extension] as const)))(
    '%s.%s, in total and layer by layer',
    async (name, extension) => {
      const counted = reference.json<Reference>(`keras/${name}.json`);
      const { totals, layers, unsupportedOps } = analyze(await reference.model(`keras/${name}.${extension}`));
      expect(unsupportedOps).toEqual([]);
      expect(totals.params).toBe(counted.trainable);
      expect(totals.params + totals.buffers).toBe(counted.params);
      expect(totals.madds).toBe(counted.madds);
      for (const layer of counted.layers) {
        // A separable convolution is two layers in a scope of its name.
        const parts = layers.filter(({ name: part, scope }) => part === layer.name || scope === layer.name);
        expect(
          parts.reduce((sum, { params }) => sum + params, 0),
          layer.name,
        ).toBe(layer.params);
        expect(
          parts.reduce((sum, { madds }) => sum + madds, 0),
          layer.name,
        ).toBe(layer.madds);
      }
    },
  );
});
