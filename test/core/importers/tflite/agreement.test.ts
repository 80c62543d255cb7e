import { describe, expect, it } from 'vitest';
import { analyze } from '../../../../src/core/analysis/analyze.js';
import { importModel } from '../../../../src/core/importers/index.js';
import { reference } from '../../../reference.js';
import { countingSource, fixtureBytes, fixtureJson, importFixture, outputShapes, totalsOf } from '../fixtures.js';

const expected =
  fixtureJson<Record<string, { readonly outputs: readonly (readonly number[])[] }>>('tflite/expected.json');
/** Operators of TensorFlow that the converter left in as custom ones, and the input that the file leaves open. */
const CUSTOM: Readonly<Record<string, readonly string[]>> = { 'conv2d.fp32b1': ['FlexConv2DBackpropInput'] };
const OPEN: Readonly<Record<string, readonly number[]>> = { 'fcn.fp32': [1, 32, 40, 3] };

describe('TensorFlow Lite files, against its interpreter and the Keras models that they are of', () => {
  it.each(Object.entries(expected))('%s', async (name, { outputs }) => {
    const open = OPEN[name];
    const graph = await importFixture(`tflite/${name}.tflite`, open === undefined ? {} : { inputs: { '': open } });
    if (open === undefined) expect(outputShapes(graph)).toEqual(outputs);
    const { totals, unsupportedOps } = analyze(graph);
    expect(unsupportedOps.map(({ type }) => type)).toEqual(CUSTOM[name] ?? []);
    if (CUSTOM[name] !== undefined) return;
    const source = await importFixture(
      `keras/${name.split('.')[0]}.keras`,
      open === undefined ? {} : { inputs: { '': open } },
    );
    expect(totals.madds).toBe(totalsOf(source).madds);
  });

  it('keeps the element types of quantised weights', async () => {
    const bits = async (name: string) => {
      const graph = await importFixture(`tflite/${name}.tflite`);
      const { params, paramBytes } = totalsOf(graph);
      return {
        params,
        paramBytes,
        types: new Set(graph.values.filter(({ kind }) => kind === 'parameter').map(({ dtype }) => dtype)),
      };
    };
    const half = await bits('chfirst.fp16');
    expect(half.types).toEqual(new Set(['float16']));
    expect(half.paramBytes).toBe(2 * half.params);
    const whole = await bits('conv1d.int8');
    expect(whole.types).toEqual(new Set(['int8', 'int32']));
    const dynamic = await bits('sequential.dyn8');
    // Kernels as int8; biases, and kernels too small to be worth it, stay float32.
    expect(dynamic.types).toEqual(new Set(['int8', 'float32']));
    expect(dynamic.paramBytes).toBeLessThan(1.2 * dynamic.params);
  });

  it('sets another batch where the file leaves it open', async () => {
    for (const name of ['conv1d.fp32', 'attn.fp32', 'sequential.dyn8']) {
      const one = await importFixture(`tflite/${name}.tflite`);
      const three = await importFixture(`tflite/${name}.tflite`, { batch: 3 });
      expect(outputShapes(three)).toEqual(outputShapes(one).map(([, ...rest]) => [3, ...rest]));
      expect(totalsOf(three).madds).toBe(3 * totalsOf(one).madds);
      expect(totalsOf(three).params).toBe(totalsOf(one).params);
    }
  });

  it('names inputs as the author did', async () => {
    const graph = await importFixture('tflite/attn.fp32.tflite');
    const source = await importFixture('keras/attn.keras');
    const names = (of: typeof graph) => of.inputs.map((id) => of.values[id]?.name).sort();
    expect(names(graph)).toEqual(names(source));
  });

  it('says where the converter merged weights', async () => {
    const graph = await importFixture('tflite/shared.int8.tflite');
    expect(graph.notes[0]).toBe(
      'Parameters are those of the file: converters fold batch normalisation into the weights and biases of the layer before it.',
    );
    expect(graph.notes[1]).toMatch(
      /^\d+ stored tensors are read by several layers \(converters merge equal ones\) and counted once; counted for each layer there would be \d+ more parameters\.$/,
    );
  });
});

it('reads no weights: a file of 3 GB costs what its structure costs', async () => {
  const bytes = fixtureBytes('tflite/sequential.dyn8.tflite');
  const { source, counted } = countingSource('big.tflite', bytes, 3e9);
  await importModel(source);
  expect(counted.bytes).toBeLessThan(2 * bytes.length);
});

interface Reference {
  readonly madds: number;
  readonly layers: readonly { readonly type: string; readonly madds: number; readonly params: number }[];
}

describe('keras.applications, against the reference', () => {
  it.each(['MobileNetV2.dyn8', 'MobileNetV3Small.fp32'])('%s', async (name) => {
    const counted = reference.json<Reference>(`keras/${name.split('.')[0]}.json`);
    const graph = await reference.model(`keras/${name}.tflite`);
    const { totals, layers, unsupportedOps } = analyze(graph);
    expect(unsupportedOps).toEqual([]);
    expect(totals.madds).toBe(counted.madds);
    const contractions = layers.filter(({ kind }) => kind === 'convolution' || kind === 'linear');
    expect(contractions.map(({ madds }) => madds).sort()).toEqual(counted.layers.map(({ madds }) => madds).sort());
    // Weights of all layers are zero in these files, so the converter merged those of one shape.
    const extra = Number(/there would be (\d+) more/.exec(graph.notes.join(' '))?.[1]);
    const kernels = contractions.reduce((sum, { weightShapes }) => {
      const [kernel = []] = weightShapes;
      return sum + kernel.reduce((all, size) => all * size, 1);
    }, 0);
    const biases = contractions.reduce((sum, { weightShapes }) => sum + (weightShapes[1]?.[0] ?? 0), 0);
    expect(totals.params + extra).toBe(kernels + biases);
  });
});
