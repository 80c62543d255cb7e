import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArchmeterError } from '../../../src/core/errors.js';
import { registry } from '../../../src/core/zoo/blocks/registry.js';
import { buildBlock, buildBlocks, findBlock, listBlocks } from '../../../src/core/zoo/index.js';
import type { OptionSchema } from '../../../src/core/zoo/options.js';
import { count } from './count.js';

const SIDE = 14;

async function build(name: string, options: object, channels = 64) {
  const graph = await buildBlock(name, options as Record<string, unknown>, [2, channels, SIDE, SIDE]);
  return { ...count(graph), output: graph.values[graph.outputs[0] as number]?.shape };
}

const bn = (channels: number) => 2 * channels;

describe('blocks', () => {
  it('are registered under their own names, with papers and schemas', async () => {
    const blocks = await listBlocks();
    expect(blocks.map(({ name }) => name)).toEqual(Object.keys(registry));
    for (const block of blocks) {
      expect(block.paper.url, block.name).toMatch(/^https:\/\/arxiv\.org\/abs\/\d{4}\.\d{5}$/);
      for (const [option, schema] of Object.entries(block.options.properties)) {
        expect(schema.description, `${block.name} ${option}`).toMatch(/\.$|default|: none/);
      }
    }
  });

  it.each([
    ['osa', { layers: 5, width: 20, outChannels: 96 }, 9 * 64 * 20 + 4 * 9 * 400 + 164 * 96 + bn(5 * 20 + 96)],
    [
      'osa',
      { layers: 3, width: 64, outChannels: 64, identity: true, ese: true },
      3 * 9 * 64 * 64 + 4 * 64 * 64 + bn(4 * 64) + 64 * 64 + 64,
    ],
    [
      'osa',
      { layers: 2, width: 32, outChannels: 48, depthwise: true },
      64 * 32 + 2 * (9 * 32 + 32 * 32) + (64 + 64) * 48 + bn(32 + 2 * 32 + 48),
    ],
    [
      'osa',
      { layers: 2, width: 32, outChannels: 48, bottleneck: 0.5 },
      64 * 32 + 9 * 32 * 32 + 32 * 16 + 9 * 16 * 32 + 128 * 48 + bn(32 + 32 + 16 + 32 + 48),
    ],
    ['ese', {}, 64 * 64 + 64],
    ['eca', {}, 3],
    ['dense-layer', { growth: 12 }, bn(64) + 64 * 48 + bn(48) + 9 * 48 * 12],
    ['dense-layer', { growth: 12, bottleneck: 0 }, bn(64) + 9 * 64 * 12],
    ['dense', { layers: 2, growth: 8, bottleneck: 0 }, bn(64) + 9 * 64 * 8 + bn(72) + 9 * 72 * 8],
    ['transition', { outChannels: 32 }, bn(64) + 64 * 32],
    ['basic', { outChannels: 64 }, 2 * 9 * 64 * 64 + bn(128)],
    ['basic', { outChannels: 96, stride: 2 }, 9 * 64 * 96 + 9 * 96 * 96 + 64 * 96 + bn(3 * 96)],
    ['bottleneck', { outChannels: 64 }, 2 * 64 * 16 + 9 * 16 * 16 + bn(16 + 16 + 64)],
    [
      'bottleneck',
      { outChannels: 128, width: 32, groups: 8 },
      64 * 32 + (9 * 32 * 32) / 8 + 32 * 128 + 64 * 128 + bn(32 + 32 + 128 + 128),
    ],
    ['inverted-residual', { outChannels: 64 }, 2 * 64 * 384 + 9 * 384 + bn(2 * 384 + 64)],
    [
      'inverted-residual',
      { outChannels: 24, expandedChannels: 64, kernel: 5, stride: 2, squeeze: 16 },
      25 * 64 + 64 * 24 + bn(64 + 24) + 2 * 64 * 16 + 16 + 64,
    ],
    ['fused-inverted-residual', { outChannels: 64 }, 9 * 64 * 256 + 256 * 64 + bn(256 + 64)],
    ['squeeze-excitation', {}, 2 * 64 * 16 + 16 + 64],
    ['shufflenet-v2-unit', { outChannels: 64 }, 2 * 32 * 32 + 9 * 32 + bn(3 * 32)],
    [
      'shufflenet-v2-unit',
      { outChannels: 96, stride: 2 },
      9 * 64 + 64 * 48 + bn(64 + 48) + 64 * 48 + 9 * 48 + 48 * 48 + bn(3 * 48),
    ],
    [
      'hardnet',
      { layers: 4, growth: 10, multiplier: 1.6 },
      // Layers 1 to 4 have 1, 2, 1, 3 links and 10, 16, 10, 26 channels.
      9 * (64 * 10 + (10 + 64) * 16 + 16 * 10 + (10 + 16 + 64) * 26) + bn(10 + 16 + 10 + 26),
    ],
    ['repvgg', { outChannels: 64 }, 10 * 64 * 64 + bn(3 * 64)],
    ['repvgg', { outChannels: 64, stride: 2 }, 10 * 64 * 64 + bn(2 * 64)],
    ['repvgg', { outChannels: 64, deploy: true }, 9 * 64 * 64 + 64],
    ['ghost-module', { outChannels: 64 }, 64 * 32 + 9 * 32 + bn(64)],
    [
      'ghost-bottleneck',
      { outChannels: 64, expandedChannels: 96 },
      64 * 48 + 9 * 48 + bn(96) + 96 * 32 + 9 * 32 + bn(64),
    ],
    ['convnext', {}, 49 * 64 + 64 + bn(64) + 2 * 4 * 64 * 64 + 4 * 64 + 64 + 64],
    ['vit-encoder', {}, 12 * 64 * 64 + 2 * bn(64) + (3 + 1 + 4 + 1) * 64],
    ['swin', {}, 12 * 64 * 64 + 2 * bn(64) + (3 + 1 + 4 + 1) * 64 + 169 * 2],
    ['conv-norm-act', { outChannels: 32, groups: 4 }, (9 * 64 * 32) / 4 + bn(32)],
    [
      'csp-stage',
      { outChannels: 32, depth: 1 },
      64 * 64 + bn(64) + 32 * 16 + 9 * 16 * 16 + 16 * 32 + bn(16 + 16 + 32) + 32 * 32 + bn(32) + 64 * 32 + bn(32),
    ],
  ])('%s %j has %i parameters', async (name, options, params) => {
    expect((await build(name, options)).params).toBe(params);
  });

  it('OSA: parameters, multiply-adds and channels for any size', async () => {
    const natural = fc.integer({ min: 1, max: 40 });
    await fc.assert(
      fc.asyncProperty(
        natural,
        natural,
        natural,
        fc.integer({ min: 1, max: 6 }),
        async (channels, width, out, layers) => {
          const { params, madds, output, ops } = await build('osa', { layers, width, outChannels: out }, channels);
          const weights = 9 * width * (channels + (layers - 1) * width) + (channels + layers * width) * out;
          expect(params).toBe(weights + bn(layers * width + out));
          expect(madds).toBe(2 * SIDE * SIDE * weights);
          expect(output).toEqual([2, out, SIDE, SIDE]);
          expect(ops.concat).toBe(1);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('dense block: each layer reads all before it', async () => {
    const natural = fc.integer({ min: 1, max: 24 });
    await fc.assert(
      fc.asyncProperty(natural, natural, fc.integer({ min: 1, max: 8 }), async (channels, growth, layers) => {
        const { layers: convolutions, output } = await build('dense', { layers, growth, bottleneck: 0 }, channels);
        expect(convolutions.map(({ input }) => input[1])).toEqual(
          Array.from({ length: layers }, (_, i) => channels + i * growth),
        );
        expect(output?.[1]).toBe(channels + layers * growth);
      }),
      { numRuns: 40 },
    );
  });

  it('a sized block gives the asked channels, and grows with its width', async () => {
    const keeping = new Set(['convnext', 'vit-encoder', 'swin']);
    for (const block of await listBlocks()) {
      if (block.sizing === undefined) continue;
      const outChannels = keeping.has(block.name) ? 64 : 96;
      let last = { params: 0, madds: 0 };
      for (const width of [1, 2, 3, 7, 8, 16, 40, 64, 100]) {
        const built = await build(block.name, block.sizing.options(64, outChannels, width));
        expect(built.output, `${block.name} ${width}`).toEqual([2, outChannels, SIDE, SIDE]);
        expect(built.params, `${block.name} ${width}`).toBeGreaterThanOrEqual(last.params);
        expect(built.madds, `${block.name} ${width}`).toBeGreaterThanOrEqual(last.madds);
        last = built;
      }
    }
  });

  it('shifted windows are rolled, padded and masked only where they have to be', async () => {
    const ops = async (side: number, shift: boolean) =>
      count(await buildBlock('swin', { shift }, [1, 32, side, side])).ops;
    expect(await ops(14, false)).not.toHaveProperty('roll');
    expect(await ops(14, true)).toMatchObject({ roll: 2 });
    expect(await ops(7, true)).not.toHaveProperty('roll');
    expect(await ops(14, true)).not.toHaveProperty('pad');
    expect(await ops(10, true)).toMatchObject({ roll: 2, pad: 1, slice: 1 });
  });

  it('never gives a count that is no number, whatever options the schema allows', async () => {
    const blocks = await listBlocks();
    const value = (schema: OptionSchema): fc.Arbitrary<unknown> => {
      if (schema.enum) return fc.constantFrom(...schema.enum);
      if (schema.type === 'boolean') return fc.boolean();
      const minimum = schema.minimum ?? 0.001;
      const numbers = schema.type === 'number' ? fc.double({ min: minimum, max: 8, noNaN: true }) : null;
      return numbers ?? fc.integer({ min: minimum, max: 12 });
    };
    const call = fc.constantFrom(...blocks).chain((block) =>
      fc.record({
        block: fc.constant(block),
        options: fc.record(
          Object.fromEntries(Object.entries(block.options.properties).map(([name, schema]) => [name, value(schema)])),
          { requiredKeys: [...(block.options.required ?? [])] },
        ),
        shape: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
      }),
    );
    let built = 0;
    await fc.assert(
      fc.asyncProperty(call, async ({ block, options, shape }) => {
        try {
          const { params, madds } = count(await buildBlock(block.name, options, shape));
          expect(Number.isSafeInteger(params) && params >= 0, `${params} parameters`).toBe(true);
          expect(Number.isSafeInteger(madds) && madds >= 0, `${madds} multiply-adds`).toBe(true);
          built++;
        } catch (error) {
          if (!(error instanceof ArchmeterError)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
    expect(built).toBeGreaterThan(300);
  });

  it('stacks of blocks carry their position as scope', async () => {
    const graph = await buildBlocks(
      'stack',
      [
        { block: 'basic', options: { outChannels: 32 } },
        { block: 'basic', options: { outChannels: 32 }, repeat: 2 },
      ],
      [1, 16, 8, 8],
    );
    expect(graph.nodes.filter(({ op }) => op === 'conv').map(({ name }) => name)).toEqual([
      '0.conv1',
      '0.conv2',
      '0.downsample.0',
      '1.conv1',
      '1.conv2',
      '2.conv1',
      '2.conv2',
    ]);
  });

  it.each([
    ['osaa', {}, /^no block is named 'osaa'. Did you mean osa/],
    ['osa', { layers: 5, width: 8 }, /^block 'osa' needs the option 'outChannels'. It is: output channels of the 1x1/],
    [
      'osa',
      { layers: 5, width: 8, outChannel: 8 },
      /^block 'osa' has no option 'outChannel'. Did you mean 'outChannels'\? Its options: layers, width/,
    ],
    ['osa', { layers: 0, width: 8, outChannels: 8 }, /^option 'layers' of block 'osa' must be at least 1, not 0.$/],
    ['osa', { layers: '5', width: 8, outChannels: 8 }, /must be a whole number, not "5".$/],
    ['osa', { layers: 5, width: 8, outChannels: 8, bottleneck: 0 }, /must be greater than 0, not 0.$/],
    ['ese', { channels: 3 }, /^block 'ese' has no option 'channels'. It takes no options.$/],
    ['shufflenet-v2-unit', { outChannels: 33 }, /cannot halve 33 channels. Give an even number.$/],
    ['vit-encoder', { heads: 5 }, /5 attention heads do not divide 64 features. Choose a divisor.$/],
    [
      'osa',
      { layers: 2, width: 8, outChannels: 8, identity: true },
      /cannot go from 64 to 8 channels. Make them equal/,
    ],
    [
      'conv-norm-act',
      { outChannels: 8, activation: 'rellu' },
      /^option 'activation' of block 'conv-norm-act' must be "relu" or/,
    ],
    ['swin', { heads: 5 }, /5 attention heads do not divide 64 features. Choose a divisor.$/],
  ])('%s %j: %s', async (name, options, message) => {
    await expect(build(name, options)).rejects.toThrow(message);
  });

  it('takes images alone', async () => {
    await expect(buildBlock('osa', { layers: 2, width: 8, outChannels: 8 }, [1, 64])).rejects.toThrow(
      "block 'osa' takes an input of rank 4, not shape 1x64. Images are batch x channels x height x width.",
    );
    const tokens = await buildBlock('vit-encoder', {}, [1, 50, 64]);
    expect(tokens.values[tokens.outputs[0] as number]?.shape).toEqual([1, 50, 64]);
  });

  it('finds blocks whatever the separators', async () => {
    expect((await findBlock('ShuffleNet_V2_unit')).name).toBe('shufflenet-v2-unit');
  });
});
