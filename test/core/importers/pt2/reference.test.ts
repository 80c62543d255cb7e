import { describe, expect, it } from 'vitest';
import type { Graph, Value } from '../../../../src/core/ir/graph.js';
import { reference } from '../../../reference.js';
import { elementsOf, maddsOf } from './graph-costs.js';

/** What torch counted, of the same model. */
interface Reference {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly params: number;
  readonly buffers: number;
  readonly madds: number;
  readonly layers: readonly {
    readonly name: string;
    readonly type: string;
    readonly weight: readonly number[];
    readonly groups: number;
    readonly input: readonly number[];
    readonly output: readonly number[];
  }[];
}

/** Convolution and linear layers as torch's modules have them: a call for each row. */
function layersOf(graph: Graph): Reference['layers'] {
  return graph.nodes.flatMap((node) => {
    if (node.op !== 'conv' && node.op !== 'linear') return [];
    const [input, weight] = node.inputs.map((id) => graph.values[id] as Value) as [Value, Value];
    return [
      {
        name: node.name,
        type: node.op === 'linear' ? 'Linear' : 'Conv',
        weight: weight.shape,
        groups: (node.attributes.groups as number | undefined) ?? 1,
        input: input.shape,
        output: (graph.values[node.outputs[0] as number] as Value).shape,
      },
    ];
  });
}

/** A second call of a layer is `name_1`. Modules that pad by themselves are given the input before: channels alone. */
function row({ name, type, weight, groups, input, output }: Reference['layers'][number], padding: boolean): string {
  const kind = type.includes('Linear') ? 'Linear' : 'Conv';
  const given = kind === 'Linear' ? input.join('x') : padding ? input[1] : input.slice(1).join('x');
  return `${name.replace(/_\d+$/, '')} ${kind} [${weight}] groups ${groups}: ${given} -> [${output}]`;
}

describe('exported models', () => {
  it.each(reference.names('models', '.pt2'))(
    '%s has the parameters, multiply-adds and layers that torch counted',
    async (name) => {
      const counted = reference.json<Reference>(`models/${name}.json`);
      const graph = await reference.model(`models/${name}.pt2`);
      expect(graph.nodes.filter(({ op }) => op === 'opaque').map(({ attributes }) => attributes.type)).toEqual([]);
      expect(elementsOf(graph, 'parameter')).toBe(counted.params);
      expect(elementsOf(graph, 'buffer')).toBe(counted.buffers);
      // torch's FlopCounterMode has no count for recurrent cells: theirs is held against the formula below.
      expect(maddsOf(graph) - maddsOf(graph, 'lstm')).toBe(counted.madds);
      expect(graph.values[graph.inputs[0] as number]?.shape).toEqual(counted.input);
      expect(graph.values[graph.outputs[0] as number]?.shape).toEqual(counted.output);

      // torch lists the modules that were called; ours are calls, those of functions among them.
      const padding = counted.layers.some(({ type }) => /Same|Std/.test(type));
      const theirs = new Set(counted.layers.map((layer) => row(layer, padding)));
      const ours = layersOf(graph);
      const rows = new Set(ours.map((layer) => row(layer, padding)));
      expect([...theirs].filter((layer) => !rows.has(layer))).toEqual([]);
      const modules = new Set(counted.layers.map((layer) => layer.name));
      const named = ours.filter((layer) => modules.has(layer.name));
      expect(named.map((layer) => row(layer, padding)).filter((layer) => !theirs.has(layer))).toEqual([]);
    },
  );

  it('sequencer2d_s has 36 LSTMs of two directions, counted by the formula', async () => {
    const graph = await reference.model('models/sequencer2d_s.pt2');
    const cells = graph.nodes.filter(({ op }) => op === 'lstm');
    expect(cells).toHaveLength(36);
    const expected = cells.reduce((sum, node) => {
      const [sequences = 0, steps = 0, features = 0] = (graph.values[node.inputs[0] as number] as Value).shape;
      const hidden = node.attributes.hiddenSize as number;
      // 4 gates, each a product with the input and with the state, in both directions.
      return sum + 2 * sequences * steps * 4 * hidden * (features + hidden);
    }, 0);
    expect(maddsOf(graph, 'lstm')).toBe(expected);
    expect(expected).toBe(3_397_386_240);
  });
});
