import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../run.js';

interface Row {
  readonly name: string;
  readonly params: number;
  readonly top1?: number;
  readonly latency?: number;
  readonly latencyLow?: number;
  readonly latencyHigh?: number;
}

const rows = async (...argv: string[]): Promise<Row[]> => {
  const { code, out, err } = await run(['zoo', ...argv, '--format', 'json']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Row[];
};

describe('zoo', () => {
  it('--where keeps models that meet every condition, --sort puts the best first', async () => {
    const found = await rows('fasternet', '--where', 'params<20M,top1>=75', '--sort', 'params');
    expect(found.map(({ name }) => name)).toEqual(['fasternet-t1', 'fasternet-t2']);
  });

  it('--pareto keeps what no other beats in both, with intervals of estimates', async () => {
    const all = await rows('resnet', '--on', 'rtx-4090');
    const front = await rows('resnet', '--pareto', 'top1,latency', '--on', 'rtx-4090');
    expect(front.length).toBeGreaterThan(2);
    for (const one of front) {
      const beaten = all.some(
        (other) =>
          (other.top1 ?? 0) >= (one.top1 as number) &&
          (other.latency as number) <= (one.latency as number) &&
          other.name !== one.name &&
          other.top1 !== one.top1,
      );
      expect(beaten, one.name).toBe(false);
      expect(one.latencyLow).toBeLessThan(one.latency as number);
      expect(one.latencyHigh).toBeGreaterThan(one.latency as number);
    }
  });

  it('--dtype without a device is told', async () => {
    expect((await run(['zoo', '--sort', 'madds', '--dtype', 'amp'])).err).toBe(
      'archmeter: --dtype is that of the estimated latency. Name its device with --on, e.g. --on rtx-4090.\n',
    );
  });

  it('draws the front as a page and a picture', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'archmeter-zoo-'));
    try {
      const [page, picture] = [join(folder, 'z.html'), join(folder, 'z.png')];
      const { code } = await run(['zoo', 'repvgg', '--pareto', 'top1,madds', '--report', page, '--report', picture]);
      expect(code).toBe(0);
      expect(readFileSync(page, 'utf8')).toContain('repvgg-a0');
      expect(readFileSync(picture).subarray(1, 4).toString()).toBe('PNG');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.each([
    [
      ['--where', 'params<<3'],
      "archmeter: --where: 'params<<3' is no condition. Write a figure, one of < <= > >= = and a number, e.g. params<10M or top1>=78.\n",
    ],
    [['--sort', 'latency'], 'archmeter: latency stands for a device. Name it with --on, e.g. --on rtx-4090.\n'],
    [['--pareto', 'top1'], 'archmeter: --pareto takes two figures. Write for example --pareto top1,latency.\n'],
    [
      ['--report', 'x.html'],
      'archmeter: --report draws the figures that --pareto names. Add for example --pareto top1,madds.\n',
    ],
    [
      ['--sort', 'param'],
      "archmeter: --sort: there is no figure 'param'. Did you mean 'params'? Figures: params, madds, memoryAccessCost, top1, top1V2, top1Real, latency, measured, resolution, year.\n",
    ],
  ])('%j: one message', async (argv, err) => {
    expect(await run(['zoo', 'resnet', ...argv])).toEqual({ code: 2, out: '', err });
  });
});
