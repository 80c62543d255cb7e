import * as ort from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { withReducedOutputs } from '../../../src/bench/runtimes/onnx/reduced-outputs.js';
import { exportOnnx } from '../../../src/core/export/onnx/index.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';

it('of a feature map the maximum alone is fetched, of a small output all', async () => {
  const b = new GraphBuilder('two outputs');
  const x = b.input('x', [1, 8, 64, 64]);
  const map = b.add('relu', [x]);
  const small = b.add('reduceMean', [map], { axes: [2, 3] });
  const plain = b.finish([map, small]);
  const { graph, fetches } = withReducedOutputs(plain);
  expect(graph.outputs.slice(0, 2)).toEqual(plain.outputs);
  expect(fetches).toEqual([2, 1]);
  const session = await ort.InferenceSession.create(exportOnnx(graph, { weights: 'random', seed: 1 }));
  const data = Float32Array.from({ length: 8 * 64 * 64 }, (_, i) => Math.sin(i) * 3);
  const results = await session.run(
    { x: new ort.Tensor('float32', data, [1, 8, 64, 64]) },
    fetches.map((place) => session.outputNames[place] as string),
  );
  const [maximum, means] = fetches.map((place) => results[session.outputNames[place] as string]);
  expect(maximum?.dims).toEqual([]);
  expect(maximum?.data).toEqual(Float32Array.of(Math.max(...data)));
  expect(means?.data).toHaveLength(8);
  await session.release();
});
