import { describe, expect, it } from 'vitest';
import { run } from '../run.js';

describe('archmeter balance', () => {
  it('says where the order of models flips, and which devices stand on either side', async () => {
    const { code, out } = await run(['balance', 'vovnet39', 'densenet121'], 80);
    expect(code).toBe(0);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(out).toMatch(/^FLOP\/byte +0 +5 +10 +20 +50 +100 +200 +500 +1,000$/m);
    expect(out).toMatch(/^vovnet39 +1\.00( +1\.00){8}$/m);
    expect(out).toMatch(/^From [\d.]+ FLOP\/byte on, vovnet39 is ahead of densenet121: of the known devices\s\d+ \(/m);
  });

  it('says so where it does not flip', async () => {
    const { out } = await run(['balance', 'resnet18', 'resnet152'], 80);
    expect(out).toContain('The order is the same from 0 to 1,000 FLOP/byte.');
  });

  it('gives bounds, overtakings and devices as JSON', async () => {
    const { out } = await run(['balance', 'vovnet39', 'densenet121', '--json']);
    const document = JSON.parse(out) as {
      models: { bounds: { balance: number; bound: number }[] }[];
      overtakings: { balance: number; above: string; below: string }[];
      devices: { device: string; balance: number }[];
    };
    expect(document.models.map(({ bounds }) => bounds.length)).toEqual([9, 9]);
    expect(document.overtakings.at(-1)).toMatchObject({ above: 'vovnet39', below: 'densenet121' });
    expect(document.devices.find(({ device }) => device === 'GeForce RTX 4090')?.balance).toBeCloseTo(
      82.58e12 / 1008e9,
      0,
    );
  });
});
