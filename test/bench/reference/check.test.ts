import { describe, expect, it } from 'vitest';
import { referenceOutputs } from '../../../src/bench/reference/check.js';
import { runReference } from '../../../src/bench/reference/interpret.js';
import { randomInputs } from '../../../src/bench/weights.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import { smallClassifier } from '../models.js';

describe('referenceOutputs', () => {
  it('computes the first image of a batch alone', async () => {
    const graph = smallClassifier(16, 3);
    const inputs = randomInputs(graph, 5);
    const [first] = (await referenceOutputs(graph, 1, inputs)) as [Float64Array];
    const [whole] = await runReference(graph, 1, [{ shape: [3, 3, 16, 16], data: inputs[0] as Float32Array }]);
    expect(first).toHaveLength(10);
    expect([...first]).toEqual([...(whole?.data ?? [])].slice(0, 10));
  });

  it('computes the whole batch where the batch size is written into a shape', async () => {
    const b = new GraphBuilder('fixed');
    const x = b.input('x', [2, 6]);
    const graph = b.finish([b.add('linear', [b.add('reshape', [x], { shape: [2, 6] })], { outFeatures: 4 })]);
    const [outputs] = (await referenceOutputs(graph, 1, randomInputs(graph, 2))) as [Float64Array];
    expect(outputs).toHaveLength(8);
  });

  it('leaves out what would take too long', async () => {
    const b = new GraphBuilder('huge');
    const x = b.input('x', [1, 64, 1024, 1024]);
    const graph = b.finish([b.add('conv', [x], { outChannels: 64, kernel: 3, padding: 1, groups: 1 })]);
    const twice = { ...graph, nodes: Array.from({ length: 2 }, () => graph.nodes).flat() };
    expect(await referenceOutputs(twice, 1, [new Float32Array(0)])).toBeUndefined();
  });
});
