import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RuntimeSession } from '../../../src/bench/define-runtime.js';
import { lower } from '../../../src/bench/lowering/lower.js';
import { disposeProgram } from '../../../src/bench/lowering/program.js';
import runtime from '../../../src/bench/runtimes/tfjs-wasm.js';
import { randomInputs } from '../../../src/bench/weights.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import type { Graph } from '../../../src/core/ir/graph.js';
import { disagreement } from '../agreement.js';
import { denseBlock, osaBlock, residualBlocks, smallClassifier } from '../models.js';

let session: RuntimeSession;
beforeAll(async () => {
  session = await runtime.open({ dtype: 'float32', allowSoftware: false });
});
afterAll(() => session.close());

/** Names of the steps that a graph becomes. */
function steps(graph: Graph): string[] {
  const program = lower(tf, graph, 1);
  const names = program.steps.map(({ name }) => name);
  disposeProgram(program);
  return names;
}

describe('lowering', () => {
  it('folds batch norm and relu into the convolution before them, and transposes nothing', () => {
    expect(steps(osaBlock(8, 8, 4, 3))).toEqual(['conv', 'conv_1', 'conv_2', 'concat', 'conv_3']);
  });

  it('keeps batch norm that stands before its convolution', () => {
    const names = ['batchNorm', 'relu', 'conv', 'conv_1', 'concat', 'batchNorm_2', 'relu_2', 'conv_2'];
    expect(steps(denseBlock(8, 8, 4, 1))).toEqual(names);
  });

  it('transposes no input of a residual sum', () => {
    expect(steps(residualBlocks(8, 8, 4, 1))).toEqual(['conv', 'conv_1', 'conv_2', 'add', 'relu_2']);
  });

  it('folds nothing that something else reads', () => {
    const b = new GraphBuilder('shared');
    const x = b.input('x', [1, 4, 5, 5]);
    const y = b.add('conv', [x], { outChannels: 4, kernel: 1, bias: false });
    const z = b.add('add', [b.add('relu', [b.add('batchNorm', [y])]), y]);
    expect(steps(b.finish([z]))).toEqual(['conv', 'batchNorm', 'relu', 'add']);
  });

  it('does not fold an output of the graph away', async () => {
    const b = new GraphBuilder('outputs');
    const x = b.input('x', [1, 4, 5, 5]);
    const y = b.add('conv', [x], { outChannels: 4, kernel: 3, padding: 1, bias: false });
    const graph = b.finish([y, b.add('relu', [y])]);
    expect(steps(graph)).toEqual(['conv', 'relu']);
    expect(await disagreement(session, graph)).toBeLessThan(1e-5);
  });

  it('takes a permutation to channels last for what it is: nothing', async () => {
    const b = new GraphBuilder('permuted');
    const x = b.input('x', [1, 4, 5, 6]);
    const y = b.add('conv', [x], { outChannels: 8, kernel: 3, padding: 1 });
    const last = b.add('transpose', [y], { permutation: [0, 2, 3, 1] });
    const normal = b.add('layerNorm', [last]);
    const first = b.add('transpose', [normal], { permutation: [0, 3, 1, 2] });
    const graph = b.finish([b.add('conv', [first], { outChannels: 4, kernel: 1 })]);
    expect(steps(graph)).toEqual(['conv', 'layerNorm', 'conv_1']);
    expect(await disagreement(session, graph)).toBeLessThan(1e-5);
  });

  it('transposes once for several readers', () => {
    const b = new GraphBuilder('readers');
    const x = b.input('x', [1, 4, 5, 6]);
    const y = b.add('conv', [x], { outChannels: 8, kernel: 1 });
    const flat = b.add('flatten', [y]);
    const graph = b.finish([b.add('linear', [flat], { outFeatures: 3 }), b.add('reshape', [y], { shape: [8, -1] })]);
    expect(steps(graph)).toEqual(['conv', 'flatten', 'flatten', 'linear', 'reshape']);
  });

  it('reads channels last where the graph lies so', async () => {
    const b = new GraphBuilder('keras');
    const layout = { layout: 'channelsLast' } as const;
    const x = b.input('x', [2, 8, 8, 3]);
    const y = b.add('conv', [x], { outChannels: 8, kernel: 3, padding: 'same', bias: false, ...layout });
    const z = b.add('relu', [b.add('batchNorm', [y], layout)]);
    const pooled = b.add('maxPool', [z], { kernel: 2, ...layout });
    const graph = b.finish([b.add('globalAvgPool', [pooled], { keepDims: false, ...layout })]);
    expect(steps(graph)).toEqual(['conv', 'maxPool', 'globalAvgPool']);
    expect(await disagreement(session, graph)).toBeLessThan(1e-5);
  });

  it('multiplies computed weights too', async () => {
    const b = new GraphBuilder('dynamic');
    const x = b.input('x', [1, 4, 6, 6]);
    const w = b.add('tanh', [b.input('w', [8, 4, 3, 3])]);
    const graph = b.finish([b.add('conv', [x, w], { outChannels: 8, kernel: 3, bias: false })]);
    expect(await disagreement(session, graph)).toBeLessThan(1e-5);
  });

  it('names the layer in what tfjs throws', async () => {
    const b = new GraphBuilder('refused');
    const x = b.input('x', [1, 4, 6, 6, 6]);
    const y = b.add('conv', [x], { outChannels: 4, kernel: 1, groups: 2 }, { name: 'deep' });
    await expect(session.prepare(b.finish([y]), 1)).rejects.toThrow(
      "layer 'deep': conv cannot run on TensorFlow.js: grouped convolution over three axes. Try the onnxruntime runtime, or leave the op out of the timed graph.",
    );
  });
});

describe('a lowered graph', () => {
  it.each([osaBlock(8, 8, 4), residualBlocks(8, 8, 4, 2), smallClassifier(16)])(
    'of $name leaves no tensor behind',
    async (graph) => {
      const before = tf.memory().numTensors;
      const executable = await session.prepare(graph, 1);
      await executable.run(randomInputs(graph, 1));
      await executable.time(3);
      await executable.timeLayers?.();
      const held = tf.memory().numTensors;
      await executable.time(3);
      expect(tf.memory().numTensors).toBe(held);
      await executable.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('leaves none behind when it fails', async () => {
    const b = new GraphBuilder('lacking');
    const x = b.input('x', [1, 4, 6, 6]);
    const y = b.add('conv', [x], { outChannels: 4, kernel: 1 });
    const before = tf.memory().numTensors;
    const graph = b.finish([b.add('bitNot', [b.add('cast', [y], { to: 'int32' })])]);
    await expect(session.prepare(graph, 1)).rejects.toThrow(/bitNot/);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives the same outputs at every run', async () => {
    const graph = smallClassifier(16);
    const executable = await session.prepare(graph, 1);
    const inputs = randomInputs(graph, 1);
    const first = await executable.run(inputs);
    await executable.time(2);
    expect(await executable.run(inputs)).toEqual(first);
    await executable.dispose();
  });

  it('times every step once', async () => {
    const executable = await session.prepare(osaBlock(8, 8, 4, 2), 1);
    const layers = (await executable.timeLayers?.()) ?? [];
    expect(layers.map(({ name }) => name)).toEqual(['conv', 'conv_1', 'concat', 'conv_2']);
    await executable.dispose();
  });

  it('refuses inputs of another size', async () => {
    const executable = await session.prepare(smallClassifier(16), 1);
    await expect(executable.run([new Float32Array(5)])).rejects.toThrow(
      'an input of shape [1, 3, 16, 16] got 5 elements',
    );
    await executable.dispose();
  });
});
