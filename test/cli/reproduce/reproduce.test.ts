import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Reproduction } from '../../../src/cli/reproduce/paper.js';
import { run } from '../run.js';

const papers = async (...argv: string[]): Promise<Reproduction[]> => {
  const { code, out } = await run(['reproduce', ...argv, '--format', 'json']);
  expect(code).toBe(0);
  return (JSON.parse(out) as { papers: Reproduction[] }).papers;
};

describe('reproduce vovnet', () => {
  it('agrees with the analytic figures, or says why it may not', async () => {
    const [paper] = await papers('vovnet');
    expect(paper?.figures.length).toBeGreaterThan(7);
    for (const { what, theirs, ours, note } of paper?.figures ?? []) {
      const limit = note === undefined ? 0.02 : 0.05;
      expect(Math.abs(ours / theirs - 1), what).toBeLessThan(limit);
    }
    expect(paper?.claims.map(({ claim }) => claim)).toContain('VoVNet-39 is faster than ResNet-50');
  });

  it('compares with the figures that the authors print', async () => {
    const { rows } = JSON.parse(
      readFileSync(new URL('../../../fixtures/published/vovnet-table4.json', import.meta.url), 'utf8'),
    ) as { rows: [string, ...number[]][] };
    const row = (name: string) => rows.find(([own]) => own === name) as [string, ...number[]];
    const [paper] = await papers('vovnet');
    const theirs = (what: string) => paper?.figures.find((figure) => figure.what === what)?.theirs;
    const difference = (column: number, more: string, less: string) =>
      (row(more)[column] as number) - (row(less)[column] as number);
    expect(theirs('VoVNet-57 less VoVNet-39, params')).toBeCloseTo(1e6 * difference(3, 'VoVNet-57', 'VoVNet-39'), 0);
    expect(theirs('ResNet-101 less ResNet-50, madds at 320 pixels')).toBeCloseTo(
      1e9 * difference(1, 'ResNet-101', 'ResNet-50'),
      0,
    );
    expect(theirs('DenseNet-201 FLOP/s: FLOPs times frames a second')).toBe((row('DenseNet-201')[6] as number) * 1e9);
  });
});

it('a family stands beside its published figures', async () => {
  const [paper] = await papers('densenet');
  const figure = paper?.figures.find(({ what }) => what === 'densenet121 params');
  expect(figure?.ours).toBe(figure?.theirs);
});

it('unknown papers are told', async () => {
  expect(await run(['reproduce', 'vovnt'])).toEqual({
    code: 2,
    out: '',
    err: "archmeter: no paper is known as 'vovnt'. Did you mean 'vovnet'?\n",
  });
});
