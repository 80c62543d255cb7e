import { describe, expect, it } from 'vitest';
import { checkTimed, needsConfirmation } from '../../../src/core/compare/check-timed.js';
import type { Energy, Measurement } from '../../../src/core/measurement.js';
import { timedMeasurement } from './timed-measurement.js';

const MODEL = { name: 'net', head: 'head', base: 'base', control: 'again' };
const OPTIONS = { today: '2026-11-24', fromRevision: true };
const RULES = { measuredLatencyMs: {} };

const timed = (ratio: number, options: Parameters<typeof timedMeasurement>[2] & { width?: number } = {}): Measurement =>
  timedMeasurement(
    [
      { name: 'base', medianMs: 10 },
      { name: 'head', medianMs: 10 * ratio },
    ],
    [{ name: 'head', baseline: 'base', ratio, width: options.width ?? 0.005 }],
    { floor: 1.004, ...options },
  );

const verdict = (runs: readonly [Measurement, Measurement?], rules: Parameters<typeof checkTimed>[1] = RULES) =>
  checkTimed(MODEL, rules, runs, undefined, OPTIONS).map((row) => [row.verdict, row.detail]);

describe('checkTimed', () => {
  it('fails what is slower beyond tolerance and floor, twice', () => {
    expect(needsConfirmation(MODEL, RULES, timed(1.05))).toBe(true);
    expect(verdict([timed(1.05), timed(1.04)])).toEqual([
      ['fail', '+4.48 % to +5.53 %; tolerance +1.00 %, A/A floor +0.400 %; confirmed by a second measurement'],
    ]);
    const [row] = checkTimed(MODEL, RULES, [timed(1.05), timed(1.05)], undefined, OPTIONS);
    expect(row).toMatchObject({ expected: 10, actual: 10.5 });
    expect(row?.accept).toBe('archmeter accept net measuredLatencyMs --reason "…" --until 2026-12-24');
  });

  it('is inconclusive where a second measurement does not confirm it, or there is none', () => {
    expect(verdict([timed(1.05), timed(1)])[0]?.[0]).toBe('inconclusive');
    expect(verdict([timed(1.05), timed(1)])[0]?.[1]).toMatch(/a second measurement did not confirm it$/);
    expect(verdict([timed(1.05)])[0]?.[1]).toMatch(/not timed again$/);
  });

  it('claims nothing within the A/A floor, and passes nothing whose interval reaches beyond the tolerance', () => {
    expect(verdict([timed(1.05, { floor: 1.06 })])[0]?.[0]).toBe('inconclusive');
    expect(verdict([timed(1.008, { width: 0.005 })])[0]?.[0]).toBe('inconclusive');
    expect(verdict([timed(1.002, { width: 0.005 })])[0]?.[0]).toBe('pass');
    expect(verdict([timed(0.9)])[0]?.[0]).toBe('improved');
  });

  it('claims nothing that other programs on the machine may account for', () => {
    const loaded = { ...timed(1.05), environment: { processorWaitingShare: 0.08 } };
    expect(verdict([loaded, loaded])).toEqual([
      ['inconclusive', '+4.48 % to +5.53 %; tolerance +1.00 %, A/A floor +0.400 %, other load +8.70 %'],
    ]);
    const hardly = { ...loaded, environment: { processorWaitingShare: 0.008 } };
    expect(verdict([hardly, hardly])[0]?.[0]).toBe('fail');
  });

  it('claims nothing without a control', () => {
    const { control: _control, ...without } = timed(1.5);
    expect(verdict([without, without])[0]?.[0]).toBe('inconclusive');
  });

  it('heeds both tolerances, the level and an acceptance', () => {
    const twice = [timed(1.05), timed(1.05)] as const;
    expect(verdict(twice, { measuredLatencyMs: { relative: 0.1 } })[0]?.[0]).toBe('pass');
    expect(verdict(twice, { measuredLatencyMs: { absolute: 2 } })[0]?.[0]).toBe('pass');
    expect(verdict(twice, { measuredLatencyMs: { absolute: 0.2, relative: 0.02 } })[0]?.[0]).toBe('fail');
    expect(verdict(twice, { measuredLatencyMs: { level: 'warn' } })[0]?.[0]).toBe('warn');
    expect(verdict(twice, { measuredLatencyMs: { level: 'off' } })).toEqual([]);
    const entry = {
      setup: '',
      metrics: {},
      accepted: { measuredLatencyMs: { reason: 'new head', until: '2026-12-01' } },
    };
    expect(checkTimed(MODEL, RULES, twice, entry, OPTIONS)[0]).toMatchObject({
      verdict: 'accepted',
      detail: 'new head (until 2026-12-01)',
    });
    expect(checkTimed(MODEL, RULES, twice, entry, { ...OPTIONS, today: '2026-12-02' })[0]?.verdict).toBe('fail');
  });

  it('judges efficiency by the multiply-adds of each side', () => {
    const run = timedMeasurement(
      [
        { name: 'base', medianMs: 10, madds: 1e6 },
        { name: 'head', medianMs: 10, madds: 2e6 },
      ],
      [{ name: 'head', baseline: 'base', ratio: 1 }],
      { floor: 1.004 },
    );
    const [row] = checkTimed(MODEL, { measuredMaddsPerSecond: {} }, [run], undefined, OPTIONS);
    expect(row).toMatchObject({ verdict: 'improved', expected: 1e8, actual: 2e8 });
    const slower = timed(1.05);
    expect(verdict([slower, slower], { measuredMaddsPerSecond: {} })[0]?.[0]).toBe('fail');
    expect(verdict([slower, slower], { measuredMaddsPerSecond: { direction: 'either' } })[0]?.[0]).toBe('fail');
  });

  it('holds a latency to its budget with its whole interval', () => {
    const rules = (max: number) => ({ measuredLatencyMs: { max } });
    expect(verdict([timed(1), timed(1)], rules(9))[0]).toEqual([
      'fail',
      'above its budget of 9; confirmed by a second measurement',
    ]);
    expect(verdict([timed(1)], rules(10))[0]).toEqual(['inconclusive', 'its interval holds the budget of 10']);
    expect(verdict([timed(1)], rules(11))[0]?.[0]).toBe('pass');
  });

  it('says why there is no verdict', () => {
    const failed = timedMeasurement(
      [
        { name: 'base', medianMs: 10 },
        { name: 'head', medianMs: 10, status: 'failed', message: 'out of memory' },
      ],
      [],
      { floor: 1.004 },
    );
    expect(verdict([failed])).toEqual([['inconclusive', 'the head failed: out of memory']]);
    expect(verdict([timedMeasurement([], [])])).toEqual([['inconclusive', 'it was not timed on both sides']]);
    expect(verdict([timed(1)], { measuredEnergyJoules: {} })).toEqual([
      ['not-comparable', 'energy is unavailable: no meter'],
    ]);
  });

  it('judges energy by how far two runs of the base differ', () => {
    const rest = { powerWatts: 0, flat: true };
    const energy = (grossEnergyJoules: number): Energy => ({
      status: 'measured',
      meter: 'stub',
      grossEnergyJoules,
      powerWatts: 1,
      idle: { before: rest, after: rest },
      repetitions: 3,
      seconds: 1,
    });
    const run = (head: number, again: number) =>
      timedMeasurement(
        [
          { name: 'base', medianMs: 10, energy: energy(1) },
          { name: 'head', medianMs: 10, energy: energy(head) },
          { name: 'again', medianMs: 10, energy: energy(again) },
        ],
        [{ name: 'head', baseline: 'base', ratio: 1 }],
        { floor: 1.004 },
      );
    const rules = { measuredEnergyJoules: { relative: 0.02 } };
    expect(verdict([run(1.2, 1.01), run(1.2, 0.99)], rules)[0]?.[0]).toBe('fail');
    expect(verdict([run(1.2, 1.15)], rules)[0]?.[0]).toBe('inconclusive');
    expect(verdict([run(1, 1.001)], rules)[0]?.[0]).toBe('pass');
  });
});
