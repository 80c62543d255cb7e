import { describe, expect, it } from 'vitest';
import { elementCount } from '../../../src/core/ir/tensor.js';
import { buildModel, listModels } from '../../../src/core/zoo/index.js';
import { reference } from '../../reference.js';
import { count, sum } from './count.js';

describe('published figures', () => {
  it('agree with what is built', async () => {
    let exact = 0;
    for (const { name, published } of await listModels()) {
      if (published === undefined) continue;
      const { params, madds } = count(await buildModel(name === 'googlenet' ? 'googlenet:aux=none' : name));
      // Rounded figures end in zeros: half a unit of the last printed digit, or 3 % where a paper rounds otherwise.
      const rounded = published.params % 1000 === 0;
      if (rounded) expect(Math.abs(params / published.params - 1), `${name} params`).toBeLessThan(0.06);
      else expect(params, `${name} params`).toBe(published.params);
      if (!rounded) exact++;
      if (published.madds) expect(Math.abs(madds / published.madds - 1), `${name} madds`).toBeLessThan(0.035);
      if (published.top1) expect(published.top1).toSatisfy((top1: number) => top1 > 50 && top1 < 90);
      expect(published.source.length).toBeGreaterThan(3);
    }
    expect(exact).toBeGreaterThan(90);
  });

  it('of timm stand in its own results', async () => {
    const rows = new Set(
      reference
        .text('timm-benchmarks/imagenet-accuracy.csv')
        .split('\n')
        .map((line) => line.split(',').slice(0, 3))
        .map(([model, size, top1]) => `${model} ${size} ${Number(top1)}`),
    );
    const listed = (await listModels()).flatMap(({ resolution, published }) => {
      const tag = published?.top1Source?.match(/^timm (.*)/)?.[1];
      return tag === undefined ? [] : [`${tag} ${resolution} ${published?.top1}`];
    });
    expect(listed.length).toBeGreaterThan(30);
    expect(listed.filter((line) => !rows.has(line))).toEqual([]);
  });
});

interface ZooRow {
  readonly model: string;
  readonly params: number;
  readonly gmacs: number;
  readonly macts: number;
  readonly mac_mem_M: number;
  readonly nconv: number;
}

/** Layers that timm writes as convolutions of one pixel, torchvision (whose layers the zoo follows) as linear ones. */
const LINEAR_HERE: Readonly<Record<string, number>> = { mobilenetv3_large_100: 1, vgg16: 2 };

describe('zoo rows of paper-facts.json', () => {
  const rows = reference.json<{ zoo: { rows: ZooRow[] } }>('paper-facts.json').zoo.rows;

  it.each(rows)('$model', async (row) => {
    const { params, madds, layers } = count(await buildModel(row.model, { resolution: 224 }));
    expect({
      params,
      gmacs: madds / 1e9,
      macts: sum(layers.map(({ output }) => elementCount(output))) / 1e6,
      mac_mem_M: sum(layers.map((layer) => layer.memoryAccessCost)) / 1e6,
      nconv: layers.filter(({ op }) => op === 'conv').length,
    }).toEqual({
      params: row.params,
      gmacs: row.gmacs,
      macts: row.macts,
      mac_mem_M: row.mac_mem_M,
      nconv: row.nconv - (LINEAR_HERE[row.model] ?? 0),
    });
  });
});

describe('HarDNet', () => {
  it('gives the figures computed from the authors’ code', async () => {
    const { computed } = reference.json<{
      hardnet: { computed: Record<string, { params: number; madds: number; cio: number }> };
    }>('paper-facts.json').hardnet;
    for (const [name, expected] of Object.entries(computed)) {
      const { params, madds, layers } = count(await buildModel(`hardnet${name}`));
      const cio = sum(
        layers.filter(({ op }) => op === 'conv').map(({ input, output }) => elementCount(input) + elementCount(output)),
      );
      const toTenThousand = (value: number) => Math.round(value / 1e4) * 1e4;
      expect({ params, madds: toTenThousand(madds), cio: toTenThousand(cio) }, name).toEqual(expected);
    }
  });
});
