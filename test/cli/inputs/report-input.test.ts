import { describe, expect, it } from 'vitest';
import { reportInput } from '../../../src/cli/inputs/report-input.js';
import { analyzeModel } from '../../../src/cli/options/model.js';

async function inputOf(reference: string, args: Record<string, unknown>) {
  const options = { $0: 'archmeter', _: [], ...args };
  return reportInput([{ reference, ...(await analyzeModel(reference, options)) }], options);
}

describe('what a report of models holds', () => {
  it('estimates for each device of --on, with its ceilings and findings', async () => {
    const { devices, estimates, findings } = await inputOf('squeezenet1-1', { on: ['rtx-4090', 't4'] });
    expect(devices?.map(({ name, dtype }) => `${name} ${dtype}`)).toEqual([
      'GeForce RTX 4090 float32',
      'Tesla T4 float32',
    ]);
    expect(estimates?.map(({ device, energyMode }) => [device, energyMode])).toEqual([
      ['GeForce RTX 4090', 'literature'],
      ['Tesla T4', 'literature'],
    ]);
    expect(estimates?.[0]?.layers?.length).toBeGreaterThan(20);
    expect(findings?.every(({ model }) => model === 'squeezenet1-1')).toBe(true);
    expect(findings).not.toEqual([]);
  });

  it('sweeps estimates where there is one device to estimate for', async () => {
    const swept = await inputOf('squeezenet1-1', { on: ['t4'], sweep: ['batch=1,8'] });
    const [one, eight] = swept.sweeps?.[0]?.points ?? [];
    expect(eight?.metrics.estimatedLatencyMs).toBeGreaterThan(one?.metrics.estimatedLatencyMs ?? Number.NaN);
    const counted = await inputOf('squeezenet1-1', { sweep: ['batch=1'] });
    expect(counted.sweeps?.[0]?.points[0]?.metrics).not.toHaveProperty('estimatedLatencyMs');
    expect(counted.estimates).toBeUndefined();
  });

  it('prints published figures of the model as published, none of a changed one', async () => {
    const { published } = await inputOf('squeezenet1-1', {});
    expect(published?.[0]?.figures?.map(({ label }) => label)).toEqual(['Parameters', 'Multiply-adds of an image']);
    expect((await inputOf('squeezenet1-1', { batch: 4 })).published?.[0]?.figures?.[1]?.ours?.scale).toBe(1e-9 / 4);
    expect((await inputOf('squeezenet1-1', { resolution: 128 })).published?.[0]?.figures).toHaveLength(1);
    expect((await inputOf('squeezenet1-1', { set: ['classes=10'] })).published).toBeUndefined();
  });

  it('refuses a device for element types of which it knows no rate', async () => {
    await expect(inputOf('squeezenet1-1', { on: ['t4'], dtype: 'int8' })).rejects.toThrow(/not by that of int8/);
  });
});
