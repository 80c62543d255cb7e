import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import type { Graph } from '../../../src/core/ir/graph.js';
import { opOf } from '../../../src/core/ops/index.js';
import { graphToSpec } from '../../../src/core/spec/graph-to-spec.js';
import { readSpec } from '../../../src/core/spec/read-spec.js';
import { buildModel } from '../../../src/core/zoo/index.js';

const again = (graph: Graph) => readSpec(stringify(graphToSpec(graph)), 'again.yaml');

describe('a graph as a spec file', () => {
  it.each([
    'alexnet',
    'vovnet39',
    'densenet121',
    'mobilenetv3-large',
    'efficientnet-b0',
    'shufflenetv2-x1-0',
    'regnet-y-400mf',
  ])('%s has the same figures when read again, and no default is written', async (name) => {
    const graph = await buildModel(name);
    const read = await again(graph);
    const [before, after] = [analyze(graph), analyze(read)];
    expect(after.totals).toEqual(before.totals);
    expect(after.layers.map(({ name: layer, params, madds }) => ({ layer, params, madds }))).toEqual(
      before.layers.map(({ name: layer, params, madds }) => ({ layer, params, madds })),
    );
    for (const { op, name: _name, inputs: _inputs, as: _as, ...written } of graphToSpec(graph)['layers'] as {
      op: string;
      [key: string]: unknown;
    }[]) {
      for (const [key, value] of Object.entries(written)) {
        const { default: standard } = (opOf(op).attributes.properties[key] ?? {}) as { default?: unknown };
        expect([op, key, value]).not.toEqual([op, key, standard]);
      }
    }
  });

  it('says what input a layer has where it is not the layer before, and outputs where they are not the last', () => {
    const b = new GraphBuilder('net');
    const ids = b.input('ids', [1, 8], 'int64');
    const x = b.add('embedding', [ids], { count: 10, features: 4 }, { name: 'table' });
    const y = b.add('relu', [x], {}, { name: 'act' });
    b.add('add', [x, y], {}, { name: 'sum' });
    expect(graphToSpec(b.finish([y], { format: 'spec', file: 'net.yaml' }))).toEqual({
      schema: 'archmeter/spec@1',
      name: 'net',
      inputs: { ids: { shape: [1, 8], dtype: 'int64' } },
      layers: [
        { op: 'embedding', name: 'table', count: 10, features: 4 },
        { op: 'relu', name: 'act' },
        { op: 'add', name: 'sum', inputs: ['table', 'act'] },
      ],
      outputs: ['act'],
    });
  });

  it('refuses tensors that spec files cannot name, or would count otherwise', async () => {
    await expect(buildModel('swin-t').then(graphToSpec)).rejects.toThrow(
      "layer 'features.1.0.attn.bias_lookup': a layer takes a tensor that spec files cannot name.",
    );
    await expect(buildModel('googlenet').then(graphToSpec)).rejects.toThrow(
      "weights that no layer reads have no place in a spec file: 'aux1.conv.conv.weight'.",
    );
    const shared = await buildModel('alexnet');
    const [first, second] = shared.nodes.filter(({ op }) => op === 'relu');
    const weight = shared.nodes[0]?.inputs[1] as number;
    const nodes = shared.nodes.map((node) =>
      node === first || node === second ? { ...node, inputs: [...node.inputs, weight] } : node,
    );
    expect(() => graphToSpec({ ...shared, nodes })).toThrow(
      "layer 'features.1': shared weights have no place in a spec file.",
    );
  });
});
