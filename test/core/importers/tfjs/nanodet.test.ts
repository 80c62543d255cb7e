import { expect, it } from 'vitest';
import { reference } from '../../../reference.js';
import { importJson, outputShapes, totalsOf } from '../fixtures.js';

// Convolutions and shapes as TensorFlow.js ran the model on 416x416; its weights are 941,818 elements.
it('a detector whose paddings and shapes are SparseToDense of constants', async () => {
  const graph = await importJson(reference.json('exports/nanodet_m.json'), 'nanodet-m.json');
  const { params, madds } = totalsOf(graph);
  expect({ params, madds }).toEqual({ params: 941_818, madds: 578_357_208 });
  expect(graph.nodes.filter(({ op }) => op === 'opaque')).toEqual([]);
  expect(outputShapes(graph)).toEqual([
    [1, 676, 80],
    [1, 169, 80],
    [1, 2704, 32],
    [1, 169, 32],
    [1, 2704, 80],
    [1, 676, 32],
  ]);
});
