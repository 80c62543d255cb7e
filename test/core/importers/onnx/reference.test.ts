import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { importModel } from '../../../../src/core/importers/index.js';
import type { Graph } from '../../../../src/core/ir/graph.js';
import { withModelFile } from '../../../../src/node/byte-source.js';
import { arithmeticOf, checked, maddsOf, outputShapes, paramsOf } from './import-onnx.js';

/** Models exported from torch, counted by torch (reference README). */
const FOLDER = fileURLToPath(new URL('../../../../../shared/reference/models/', import.meta.url));
const names = existsSync(FOLDER)
  ? readdirSync(FOLDER).flatMap((file) => (file.endsWith('.onnx') ? [file.slice(0, -5)] : []))
  : [];

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

describe.skipIf(names.length === 0)('models counted by torch (needs ../shared/reference)', () => {
  afterAll(() => {
    // Where batch norm and equal tensors are all that differs, the notes add up to the source's parameters.
    expect(reconciled).toBeGreaterThanOrEqual(60);
  });

  for (const name of names) {
    it(name, async () => {
      const reference = JSON.parse(readFileSync(`${FOLDER}${name}.json`, 'utf8')) as Reference;
      const graph = checked(await withModelFile(`${FOLDER}${name}.onnx`, (source) => importModel(source)));
      const recurrent = graph.nodes
        .filter(({ op }) => op === 'lstm')
        .reduce((sum, node) => sum + arithmeticOf(graph, node).madds, 0);
      expect(maddsOf(graph) - recurrent).toBe(reference.maddsOnnx ?? reference.madds);
      expect(outputShapes(graph)).toEqual([reference.output]);
      expect(graph.nodes.filter(({ op }) => op === 'opaque')).toEqual([]);
      const layers = new Map(graph.nodes.map((node) => [node.name, node]));
      for (const layer of reference.layers) {
        if (FOLDED_PRODUCTS.test(layer.name)) continue;
        const node = layers.get(layer.name);
        expect([layer.name, node?.op]).toEqual([layer.name, expect.stringMatching(/^(conv|linear)$/)]);
        expect(graph.values[node?.inputs[1] as number]?.shape).toEqual(layer.weight);
        expect(graph.values[node?.outputs[0] as number]?.shape).toEqual(layer.output);
      }
      const difference = reference.params - paramsOf(graph);
      if (difference === noted(graph)) reconciled++;
      // Whatever differs is explained.
      if (difference !== 0) expect(graph.notes.filter((note) => /exporter/.test(note))).not.toEqual([]);
    });
  }
});
