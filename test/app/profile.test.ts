import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { Analyst } from '../../src/app/worker/analyst.js';

const H100 = 'vit-b-16-h100.json.gz';

async function opened(...references: string[]) {
  const analyst = new Analyst();
  analyst.give([{ path: H100, file: new Blob([await readFile(`fixtures/profiles/pytorch/${H100}`)]) }]);
  return analyst.analyse({ references, settings: { execution: 'eager', on: [] } });
}
const timingsOf = async (...references: string[]) => {
  const { input, problems } = await opened(...references);
  const [arm] = input.measurements[0]?.arms ?? [];
  return { input, problems, arm, names: new Set(arm?.layers?.timings.map(({ name }) => name)) };
};

describe('a profile in the page', () => {
  it('is joined to the one model beside it, whichever was opened first, under the roof of its own device', async () => {
    for (const references of [
      ['vit_b_16', H100],
      [H100, 'vit_b_16'],
    ]) {
      const { input, problems, arm, names } = await timingsOf(...references);
      expect(problems).toEqual([]);
      expect(names).toContain('conv_proj');
      expect(arm?.batch).toBe(4);
      expect(arm?.trace?.joinedFraction).toBeGreaterThan(0.99);
      expect(arm?.trace?.boundsOf?.name).toBe('H100 SXM5 80GB');
      expect(input.devices?.map(({ timedAs }) => timedAs)).toEqual(['NVIDIA H100 80GB HBM3']);
      expect(input.measurements[0]?.arms).toHaveLength(1);
    }
  });

  it('stands by its own operators without a model, and beside several', async () => {
    for (const references of [[H100], [H100, 'vit_b_16', 'resnet50']]) {
      const { problems, arm, names } = await timingsOf(...references);
      expect(problems).toEqual([]);
      expect(names).not.toContain('conv_proj');
      expect(arm?.trace?.boundsOf?.name).toBe('H100 SXM5 80GB');
    }
  });

  it('says so where it is of another model than the one beside it', async () => {
    const { problems, names } = await timingsOf(H100, 'vgg16');
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^vit-b-16-h100.json.gz: only [\d.]+ % of its time belongs to layers of .*own operators/),
    ]);
    expect(names.size).toBeGreaterThan(5);
  });
});
