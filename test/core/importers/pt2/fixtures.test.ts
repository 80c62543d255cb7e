import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ImportOptions } from '../../../../src/core/importers/define-importer.js';
import type { Graph } from '../../../../src/core/ir/graph.js';
import { elementsOf, maddsOf, opsOf } from './graph-costs.js';
import { readBytes } from './program-file.js';

const FOLDER = fileURLToPath(new URL('../../../../fixtures/pt2/', import.meta.url));

interface Facts {
  readonly params: number;
  readonly buffers: number;
  readonly runs: readonly { readonly input: readonly number[]; readonly madds: number }[];
}

const facts = JSON.parse(readFileSync(`${FOLDER}facts.json`, 'utf8')) as Record<string, Facts>;

const read = (name: string, options: ImportOptions = {}) =>
  readBytes(readFileSync(`${FOLDER}${name}.pt2`), options, `${name}.pt2`);

const layers = (graph: Graph) =>
  graph.nodes.filter(({ op }) => op === 'linear' || op === 'conv').map(({ name }) => name);

describe('exported programs', () => {
  const runs = Object.entries(facts).flatMap(([name, { runs }]) => runs.map((run) => ({ name, ...run })));

  it.each(runs)('$name at $input has the multiply-adds that torch counted', async ({ name, input, madds }) => {
    const graph = await read(name, { inputs: { '': input } });
    // The bound on nonzero's rows is what torch ran with: all of them.
    expect(maddsOf(graph)).toBe(madds);
    expect(graph.values[graph.inputs[0] as number]?.shape).toEqual(input);
    expect(opsOf(graph)).not.toContain('opaque');
  });

  it.each(Object.entries(facts))(
    '%s has the parameters and buffers of the module',
    async (name, { params, buffers }) => {
      const graph = await read(name);
      expect(elementsOf(graph, 'parameter')).toBe(params);
      expect(elementsOf(graph, 'buffer')).toBe(buffers);
    },
  );

  it('name their layers after modules, decomposed or not', async () => {
    const expected = ['q', 'kv', 'o', 'head'];
    expect(layers(await read('gpt'))).toEqual(expected);
    expect(layers(await read('gpt-core'))).toEqual(expected);
    expect(layers(await read('unet-core'))).toEqual(['a', 'd', 'o']);
  });

  it('count a shared table once and an unused layer all the same', async () => {
    const graph = await read('gpt');
    const names = graph.values.filter(({ kind }) => kind === 'parameter').map(({ name }) => name);
    expect(names).toContain('head.weight');
    expect(names).not.toContain('wte.weight');
    expect(names).toContain('unused.weight');
  });

  it('set an open batch to 1 and other open sizes to those of the export', async () => {
    const graph = await read('gpt');
    expect(graph.values[graph.inputs[0] as number]?.shape).toEqual([1, 12]);
    expect(graph.notes).toEqual([
      'Open sizes are those of the example that the model was exported with: s1 = 12.',
      'The file leaves the batch open: 1 is counted, where the example of the export had 2.',
    ]);
  });

  it('take a batch', async () => {
    const [one, seven] = [await read('gpt'), await read('gpt', { batch: 7 })];
    expect(maddsOf(seven)).toBe(7 * maddsOf(one));
    expect(seven.values[seven.outputs[0] as number]?.shape).toEqual([7, 12, 100]);
  });

  it('say where they come from', async () => {
    expect((await read('gpt')).source).toEqual({ format: 'pt2', file: 'gpt.pt2', producer: 'torch 2.6.0+debian' });
  });

  it('count the dearer branch of torch.cond, and say so', async () => {
    const graph = await read('cond');
    expect(opsOf(graph).slice(-4)).toEqual(['linear', 'relu', 'linear', 'linear']);
    expect(graph.notes.at(-1)).toBe(
      "torch.cond 'cond' runs one of two branches: counted is the dearer, its false branch (512 multiply-adds, 1096 flops); the other has 64 and 136.",
    );
    // Parameters of both branches are the model's.
    expect(elementsOf(graph, 'parameter')).toBe(facts.cond?.params);
  });

  it('bound what depends on the data, and say so', async () => {
    const { notes } = await read('nonzero');
    expect(notes).toEqual([
      'How many elements nonzero (aten.nonzero.default) gives depends on the data: the most there can be, 6, is counted.',
    ]);
  });

  it('refuse sizes that the export rules out', async () => {
    await expect(read('gpt', { inputs: { i: [2, 51] } })).rejects.toThrow(
      'gpt.pt2: the size s1 is 51, but the export allows 2 to 50. Give a size in that range, or export with a wider torch.export.Dim.',
    );
    await expect(read('sizes', { inputs: { x: [1, 3, 65, 64] } })).rejects.toThrow(
      "sizes.pt2: input 'x' has the sizes s0x3x8*s3x8*s4, which 1x3x65x64 does not fit. Give sizes that follow from the symbols.",
    );
    await expect(read('gpt', { inputs: { x: [1, 2] } })).rejects.toThrow(
      "gpt.pt2: the model has no input 'x'. Its inputs: i.",
    );
    await expect(read('gpt', { inputs: { i: [1, 2, 3] } })).rejects.toThrow(
      "gpt.pt2: input 'i' has 2 axes (s0xs1), not 3. Give one size for each axis.",
    );
  });
});

describe('a file with fixed sizes', () => {
  it('runs at another batch where no operator has it written in', async () => {
    const [one, four] = [await read('test_resnet'), await read('test_resnet', { batch: 4 })];
    expect(maddsOf(four)).toBe(4 * maddsOf(one));
    expect(elementsOf(four, 'activation')).toBe(4 * elementsOf(one, 'activation'));
  });

  it('names the operator that has it written in', async () => {
    await expect(read('recurrent', { batch: 5 })).rejects.toThrow(
      /^recurrent\.pt2, layer 'lstm': the file fixes the batch at 3: aten\.lstm\.input cannot run at 5\. Export the model with dynamic_shapes/,
    );
  });

  it('runs at other sizes where no operator has them written in, and says so', async () => {
    const graph = await read('test_resnet', { inputs: { x: [1, 3, 96, 64] } });
    expect(graph.values[graph.outputs[0] as number]?.shape).toEqual([1, 1000]);
    expect(graph.notes).toHaveLength(1);
    expect(graph.notes[0]).toMatch(/^The file was exported with fixed sizes/);
  });
});
