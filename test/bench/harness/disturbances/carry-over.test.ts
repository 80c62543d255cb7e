import { describe, expect, it } from 'vitest';
import type { BenchmarkOptions } from '../../../../src/bench/harness/options.js';
import { runBenchmark } from '../../../../src/bench/harness/run-benchmark.js';
import { type Noise, syntheticArm, syntheticMachine } from '../../simulation/synthetic-runtime.js';
import { CALM, schemaErrors } from '../helpers.js';

/** Two arms, the second of which does to the first what the noise says of marked ones. */
async function time(noise: Partial<Noise>, [a, b]: readonly [number, number], options: BenchmarkOptions = {}) {
  const machine = syntheticMachine({ ...CALM, ...noise }, 5);
  return runBenchmark(
    machine.session,
    [syntheticArm('a', a), syntheticArm('b', b, true)],
    { cold: false, timeBudgetSeconds: 60, ...options },
    { now: machine.now },
  );
}

describe('an arm that slows the next', () => {
  it.each([100, 'next call'] as const)('is found and washed out (%s ms), and the ratio is true', async (carryMs) => {
    const { settings, carryOver, comparisons, warnings } = await time({ carrySlowdown: 0.05, carryMs }, [5, 5]);
    expect(settings.washoutMs).toBe(250);
    const slowdown = (of: string) => carryOver?.find(({ name }) => name === of)?.ratio;
    expect(slowdown('b')).toBeCloseTo(1.05, 1);
    expect(slowdown('a')).toBeCloseTo(1, 1);
    expect(comparisons[0]?.verdict).toBe('equivalent');
    expect(comparisons[0]?.low).toBeLessThan(1);
    expect(comparisons[0]?.high).toBeGreaterThan(1);
    expect(warnings.map(({ id }) => id)).toContain('carry-over');
  });

  it('withholds verdicts on differences no larger, where a washout would take too long', async () => {
    const slow = { carrySlowdown: 0.05, carryMs: 'next call' } as const;
    // Runs of a second: visits that let an arm settle do not fit into the budget, the orders alone show it.
    const seen = await time(slow, [1000, 1030], { timeBudgetSeconds: 150 });
    expect(seen.settings.washoutMs).toBeUndefined();
    expect(seen.comparisons[0]).toMatchObject({ verdict: 'inconclusive', withheldFor: 'carry-over' });
    expect(schemaErrors(seen)).toEqual([]);
    expect(seen.warnings.find(({ id }) => id === 'carry-over')?.text).toBe(
      'b: what one arm leaves to the next may be all that it and a differ by. Letting each run by itself before it is timed would take too long, so no verdict is given. Time with --sustained, or give more time (--time-budget).',
    );
    // Shorter runs, at which more rounds would call 3 % nothing.
    const shorter = await time(slow, [300, 309]);
    expect(shorter.comparisons[0]).toMatchObject({ verdict: 'inconclusive', withheldFor: 'carry-over' });
    const larger = await time(slow, [1000, 1300], { timeBudgetSeconds: 150 });
    expect(larger.comparisons[0]?.verdict).toBe('slower');
    expect(larger.comparisons[0]).not.toHaveProperty('withheldFor');
  });

  it('is not seen where there is none', async () => {
    const { settings, warnings } = await time({}, [5, 5]);
    expect(settings.washoutMs).toBeUndefined();
    expect(warnings.map(({ id }) => id)).not.toContain('carry-over');
  });
});

describe('--sustained', () => {
  it('times each arm alone, one after the other within a copy, once it has settled', async () => {
    const { settings, arms, comparisons } = await time({ carrySlowdown: 0.05, carryMs: 100 }, [5, 5.5], {
      sustained: true,
    });
    expect(settings).toMatchObject({ sustained: true });
    expect(settings.washoutMs).toBeUndefined();
    const rounds = arms.map(({ raw = [] }) => raw.filter(({ phase }) => phase === 'hot').length);
    expect(Math.min(...rounds)).toBeGreaterThan(20);
    // What one leaves to the other is gone before samples are taken.
    const [{ ratio, low, high, verdict } = { ratio: 0, low: 0, high: 0, verdict: '' }] = comparisons;
    expect(ratio).toBeCloseTo(1.1, 1);
    expect([(low ?? 2) <= 1.1, (high ?? 0) >= 1.1]).toEqual([true, true]);
    expect(verdict).toBe('slower');
  });
});
