import { describe, expect, it } from 'vitest';
import { ArchmeterError } from '../../../src/core/errors.js';
import { readSpec } from '../../../src/core/spec/read-spec.js';
import { listBlocks } from '../../../src/core/zoo/index.js';

const read = (layers: string, input = '[1, 3, 64, 64]') => readSpec(`input: ${input}\nlayers:\n${layers}`, 'm.yaml');

const error = async (text: string): Promise<string> => {
  try {
    await readSpec(text, 'm.yaml');
  } catch (caught) {
    if (caught instanceof ArchmeterError) return caught.message;
    throw caught;
  }
  throw new Error('nothing was wrong');
};
const inLayers = (layers: string, input = '[1, 3, 64, 64]') => error(`input: ${input}\nlayers:\n${layers}`);

describe('a spec file is refused', () => {
  it('without layers', async () => {
    expect(await error('input: [1, 3, 8, 8]\nlayers: []')).toBe(
      "m.yaml: 'layers' lists no layer. Write e.g. 'layers: [relu]'.",
    );
    expect(await inLayers('  - { op: relu, repeat: 0 }')).toContain("'layers' lists no layer");
  });

  it('with a layer that nobody reads', async () => {
    const fix = "Name it in the 'inputs' of a later layer or under 'outputs', or take it out.";
    const problem = 'no layer reads its output, and it is no output of the model';
    expect(await inLayers('  - { op: relu, name: left, inputs: input }\n  - { op: relu, inputs: input }')).toBe(
      `m.yaml:3, layer 'left': ${problem}. ${fix}`,
    );
    const after = 'input: [1, 8]\nlayers:\n  - { op: relu, as: y }\n  - { op: tanh, name: late }\noutputs: [y]';
    expect(await error(after)).toBe(`m.yaml:4, layer 'late': ${problem}. ${fix}`);
  });

  it('where one output of several is not read, it is not', async () => {
    const graph = await read(
      '  - { op: split, sizes: [1, 2], as: [a, b] }\n  - { op: relu, inputs: b }\n  - { op: maxPool, kernel: 2, indices: true }',
    );
    expect(graph.nodes).toHaveLength(3);
  });

  it('with a concatenation of one value', async () => {
    const fix = "Name them: 'inputs: [a, b]'; a layer's 'as' or 'name' gives it a name.";
    expect(await inLayers('  - concat')).toBe(
      `m.yaml:3:5, layer 'concat': concat joins at least 2 values, not 1. ${fix}`,
    );
    expect(await inLayers('  - { op: concat, inputs: [input] }')).toContain('concat joins at least 2 values, not 1.');
    expect((await read('  - { op: concat, inputs: [input, input] }')).nodes).toHaveLength(1);
  });

  it('with an image that has no batch axis', async () => {
    const conv = '  - { op: conv, outChannels: 8, kernel: 3 }';
    expect(await inLayers(conv, '[3, 64, 64]')).toBe(
      "m.yaml:3:5, layer 'conv': input 'input' has no batch axis: [3, 64, 64] would be 3 signals of 64 channels and 64 steps. " +
        'Write [1, 3, 64, 64] for an image; where signals are meant, write the kernel as a list, e.g. [3].',
    );
    expect(await inLayers(`  - relu\n${conv}`, '[3, 64, 48]')).toContain('has no batch axis');
    expect(await inLayers(conv, '[1, 28, 28]')).toContain('would be 1 signal of 28 channels and 28 steps');
    expect(await inLayers('  - { op: globalAvgPool }', '[3, 64, 64]')).toContain('has no batch axis');
    expect(await inLayers('  - { block: basic, outChannels: 8 }', '[3, 64, 64]')).toContain('has no batch axis');
  });

  it('but signals are taken', async () => {
    const conv = (kernel: string) => `  - { op: conv, outChannels: 8, kernel: ${kernel}, bias: false }`;
    expect((await read(conv('3'), '[1, 80, 3000]')).values.at(-1)?.shape).toEqual([1, 8, 2998]);
    expect((await read(conv('[3]'), '[3, 64, 64]')).values.at(-1)?.shape).toEqual([3, 8, 62]);
  });
});

describe('modules of a spec file', () => {
  const names = async (layers: string) => (await read(layers)).nodes.map(({ name }) => name);
  const convolutions = async (layers: string) => (await names(layers)).filter((name) => name.includes('conv'));

  it('repeated blocks are numbered', async () => {
    const block = '{ block: bottleneck, outChannels: 8, repeat: 2 }';
    const all = await convolutions(`  - ${block}\n  - ${block}`);
    expect(all).toContain('bottleneck.0.conv1');
    expect(all).toContain('bottleneck.1.conv2');
    expect(all).toContain('bottleneck_1.1.conv3');
    const graph = await read(`  - ${block}`);
    expect(new Set(graph.nodes.map(({ scope }) => scope.split('.').slice(0, 2).join('.')))).toEqual(
      new Set(['bottleneck.0', 'bottleneck.1']),
    );
  });

  it('a name that repetitions share is numbered too, one that tells them apart is kept', async () => {
    const conv = (name: string) => `  - { op: conv, name: "${name}", outChannels: 4, kernel: 1, repeat: 2 }`;
    expect(await names(conv('mix'))).toEqual(['mix.0', 'mix.1']);
    expect(await names(conv('mix${index + 1}'))).toEqual(['mix1', 'mix2']);
  });

  it('blocks and repeated lists of one kind stay apart', async () => {
    const block = '  - { block: bottleneck, outChannels: 8 }';
    expect(new Set((await convolutions(`${block}\n${block}`)).map((name) => name.split('.')[0]))).toEqual(
      new Set(['bottleneck', 'bottleneck_1']),
    );
    const list = '  - { repeat: 2, layers: [relu] }';
    expect(await names(`${list}\n${list}`)).toEqual([
      'layers.0.relu',
      'layers.1.relu',
      'layers_1.0.relu',
      'layers_1.1.relu',
    ]);
  });
});

it('no block of the zoo has a layer that nobody reads', async () => {
  for (const { name, options } of await listBlocks()) {
    const needed = Object.fromEntries((options.required ?? []).map((key) => [key, 32]));
    const layer = JSON.stringify({ block: name, ...needed });
    await readSpec(`input: [1, 32, 16, 16]\nlayers: [${layer}]`, 'm.yaml').catch((caught: Error) => {
      expect(caught.message, name).not.toContain('no layer reads');
    });
  }
});
