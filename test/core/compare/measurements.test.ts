import { beforeAll, describe, expect, it } from 'vitest';
import { compareMeasurements } from '../../../src/core/compare/measurements.js';
import type { Measurement } from '../../../src/core/measurement.js';
import { measure } from '../../bench/harness/helpers.js';

let before: Measurement;
let same: Measurement;
let changed: Measurement;
beforeAll(async () => {
  before = await measure({ seed: 1 });
  same = await measure({ seed: 2 });
  changed = await measure({ seed: 3, arms: { a: 5.25, b: 5.2, c: 3 } });
});

const verdicts = (...args: Parameters<typeof compareMeasurements>) =>
  compareMeasurements(...args).arms.map(({ name, verdict }) => `${name} ${verdict}`);

describe('measurements taken apart', () => {
  it('of the same are equivalent', () => {
    expect(verdicts(before, same)).toEqual(['a equivalent', 'b equivalent']);
  });

  it('show what became slower and faster, with the interval of the ratio', () => {
    const { arms, added, removed, comparable } = compareMeasurements(before, changed);
    expect(comparable).toBe(true);
    expect(arms.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual(['a slower', 'b faster']);
    expect(arms[0]?.low).toBeLessThan(1.05);
    expect(arms[0]?.high).toBeGreaterThan(1.05);
    expect(arms[0]?.medianMs?.before).toBeCloseTo(5, 1);
    expect(arms[0]?.medianMs?.after).toBeCloseTo(5.25, 1);
    expect([added, removed]).toEqual([['c'], []]);
    expect(compareMeasurements(changed, before).removed).toEqual(['c']);
  });

  it('are not told apart within the tolerance or the floors of their controls', () => {
    expect(verdicts(before, changed, { tolerance: 0.1 })).toEqual(['a equivalent', 'b equivalent']);
    const loose = { ...changed, control: { floor: 1.12, deviation: 0.1, copies: 8, confidence: 0.95 } };
    expect(verdicts(before, loose)).toEqual(['a inconclusive', 'b inconclusive']);
    const { control: _, ...without } = changed;
    expect(verdicts(before, without)).toEqual(['a inconclusive', 'b inconclusive']);
  });

  it('are not comparable across devices, drivers and runtimes', () => {
    const rig = (change: Partial<Measurement>): Measurement => ({ ...same, ...change });
    const reasons = (after: Measurement) => compareMeasurements(before, after).differences;
    const other = rig({ device: { ...same.device, name: 'RTX 4090', driver: '570' } });
    expect(reasons(other)).toEqual([
      'device name: virtual before, RTX 4090 after',
      'driver: unknown before, 570 after',
    ]);
    expect(compareMeasurements(before, other)).toMatchObject({
      comparable: false,
      arms: [
        { name: 'a', verdict: 'not comparable', reason: reasons(other).join('; ') },
        { name: 'b', verdict: 'not comparable' },
      ],
    });
    expect(reasons(rig({ runtime: { name: 'onnxruntime', details: {} } }))).toEqual([
      'runtime: synthetic before, onnxruntime after',
    ]);
    expect(reasons(rig({ runtime: { name: 'synthetic', details: { threads: '4' } } }))).toEqual([
      'runtime threads: unknown before, 4 after',
    ]);
    expect(reasons(rig({ environment: { gpuDriver: '570.1' } }))).toEqual(['GPU driver: unknown before, 570.1 after']);
    expect(reasons(rig({ dtype: 'float16' }))).toEqual(['precision: float32 before, float16 after']);
  });

  it('are compared across devices where asked, with what differs', () => {
    const other = { ...changed, device: { ...changed.device, name: 'RTX 4090' } };
    const comparison = compareMeasurements(before, other, { acrossDevices: true });
    expect(comparison.comparable).toBe(true);
    expect(comparison.differences).toEqual(['device name: virtual before, RTX 4090 after']);
    expect(comparison.arms.map(({ verdict }) => verdict)).toEqual(['slower', 'faster']);
  });

  it('leave out arms that failed or were not timed, with the reason', () => {
    const [a, b] = same.arms;
    if (a === undefined || b === undefined) throw new Error('two arms are expected');
    const { wall: _, ...untimed } = b;
    const after: Measurement = { ...same, arms: [{ ...a, status: 'failed', message: 'lost' }, untimed] };
    expect(compareMeasurements(before, after).arms.map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ['not comparable', 'it failed: lost'],
      ['not comparable', 'it was not timed in both'],
    ]);
  });

  it('take arms of another batch for others', () => {
    const after = { ...same, arms: same.arms.map((arm) => ({ ...arm, batch: 8 })) };
    const { arms, added, removed } = compareMeasurements(before, after);
    expect([arms, added, removed]).toEqual([[], ['a', 'b'], ['a', 'b']]);
  });
});
