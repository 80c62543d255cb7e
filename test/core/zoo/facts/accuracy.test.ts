import { describe, expect, it } from 'vitest';
import { factsOf } from '../../../../src/core/zoo/facts/accuracy.js';
import { ACCURACY_FACTS } from '../../../../src/core/zoo/facts/accuracy-facts.js';
import { listModels } from '../../../../src/core/zoo/index.js';
import { reference } from '../../../reference.js';

const lines = ACCURACY_FACTS.trim()
  .split('\n')
  .map((line) => line.split('|'));

describe('published accuracies', () => {
  it('stand beside models of the zoo, each once', async () => {
    const names = (await listModels()).map(({ name }) => name);
    const own = lines.map(([name]) => name as string);
    expect(own.filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(own).size).toBe(own.length);
  });

  it('equal timm’s results at the model’s own image size', async () => {
    const rows = new Map(
      reference
        .text('timm-benchmarks/imagenet-accuracy.csv')
        .split('\n')
        .map((line) => line.split(','))
        .map(([model, size, top1]) => [`${model} ${size}`, Number(top1)]),
    );
    let compared = 0;
    for (const entry of await listModels()) {
      const { weights, top1 } = factsOf(entry);
      const known = rows.get(`${weights?.replace(/^timm /, '')} ${entry.resolution}`);
      if (known === undefined) continue;
      expect(top1, entry.name).toBe(known);
      compared++;
    }
    expect(compared).toBeGreaterThan(200);
  });

  it('give images a second of timm’s RTX 4090 table', () => {
    // The reference holds a part of the table.
    const rows = reference
      .text('timm-benchmarks/benchmark-infer-amp-nchw-pt240-cu124-rtx4090.csv')
      .split('\n')
      .map((line) => line.split(','));
    let compared = 0;
    for (const [name, weights, , , , images] of lines as string[][]) {
      const own = rows.filter(([model]) => model === weights?.split('.')[0]).map((row) => Number(row[2]));
      if (weights === '' || images === '' || own.length === 0) continue;
      expect(own, name).toContain(Number(images));
      compared++;
    }
    expect(compared).toBeGreaterThan(50);
  });
});
