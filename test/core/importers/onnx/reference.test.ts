import { afterAll, describe, expect, it } from 'vitest';
import type { Graph } from '../../../../src/core/ir/graph.js';
import { reference } from '../../../reference.js';
import { arithmeticOf, checked, maddsOf, outputShapes, paramsOf } from './import-onnx.js';

interface Reference {
  readonly output: readonly number[];
  readonly params: number;
  readonly madds: number;
  readonly maddsOnnx?: number;
  readonly layers: readonly {
    readonly name: string;
    readonly weight: readonly number[];
    readonly output: readonly number[];
  }[];
}

/** Parameters that the graph's notes say the source has beside those of the file. */
function noted(graph: Graph): number {
  const more = graph.notes.map((note) => /has ([\d,]+) more parameters/.exec(note)?.[1]?.replaceAll(',', '') ?? '0');
  return more.reduce((sum, count) => sum + Number(count), 0);
}

/** Layers whose weights the exporter multiplied with constants, so that no product is left. */
const FOLDED_PRODUCTS = /attn\.(cpb_mlp\.0|rel_pos\.mlp\.fc1)$/;

let reconciled = 0;

describe('models exported from torch, counted by torch', () => {
  afterAll(() => {
    // Where batch norm and equal tensors are all that differs, the notes add up to the source's parameters.
    expect(reconciled).toBeGreaterThanOrEqual(60);
  });

  for (const name of reference.names('models', '.onnx')) {
    it(name, async () => {
      const counted = reference.json<Reference>(`models/${name}.json`);
      const graph = checked(await reference.model(`models/${name}.onnx`));
      const recurrent = graph.nodes
        .filter(({ op }) => op === 'lstm')
        .reduce((sum, node) => sum + arithmeticOf(graph, node).madds, 0);
      expect(maddsOf(graph) - recurrent).toBe(counted.maddsOnnx ?? counted.madds);
      expect(outputShapes(graph)).toEqual([counted.output]);
      expect(graph.nodes.filter(({ op }) => op === 'opaque')).toEqual([]);
      const layers = new Map(graph.nodes.map((node) => [node.name, node]));
      for (const layer of counted.layers) {
        if (FOLDED_PRODUCTS.test(layer.name)) continue;
        const node = layers.get(layer.name);
        expect([layer.name, node?.op]).toEqual([layer.name, expect.stringMatching(/^(conv|linear)$/)]);
        expect(graph.values[node?.inputs[1] as number]?.shape).toEqual(layer.weight);
        expect(graph.values[node?.outputs[0] as number]?.shape).toEqual(layer.output);
      }
      const difference = counted.params - paramsOf(graph);
      if (difference === noted(graph)) reconciled++;
      // Whatever differs is explained.
      if (difference !== 0) expect(graph.notes.filter((note) => /exporter/.test(note))).not.toEqual([]);
    });
  }
});
