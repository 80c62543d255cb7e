import { describe, expect, it } from 'vitest';
import { markdown } from './report.js';
import { runTrials, type Tally, total } from './trials.js';

// `npm run bench:harness` runs hundreds of trials on each machine; here are enough to see it break.
const TRIALS = 6;

describe('the harness on synthetic machines', () => {
  const tallies: Tally[] = [];
  const tally = async (ratio: number, trials: number): Promise<Tally> => {
    const found = await runTrials(ratio, trials, { seed: 12_345 });
    tallies.push(found);
    return found;
  };

  it('hardly ever calls identical arms different, where comparing means in sequence often does', async () => {
    const found = await tally(1, TRIALS);
    const ours = total(found, 'archmeter');
    expect(ours.trials).toBe(15 * TRIALS + 3 * 2);
    expect(ours.wrong).toBeLessThanOrEqual(1);
    expect(ours.covered / ours.intervals).toBeGreaterThan(0.92);
    const sequential = total(found, 'sequential means');
    expect(sequential.wrong / sequential.trials).toBeGreaterThan(0.15);
  });

  it.each([1.03, 0.97])('finds a true ratio of %f where copies differ by no more than 0.5 %%', async (ratio) => {
    const { byScenario } = await tally(ratio, TRIALS / 2);
    const seen = { found: 0, different: 0 };
    for (const [name, { archmeter }] of Object.entries(byScenario)) {
      expect([name, archmeter.wrong]).toEqual([name, 0]);
      if (!/0\.5 %|quiet|drift/.test(name)) continue;
      seen.found += archmeter.found;
      seen.different += archmeter.different;
    }
    expect(seen.found / seen.different).toBeGreaterThan(0.8);
  });

  it('is written up in tables', () => {
    const text = markdown(tallies, { timeBudgetSeconds: 60 });
    expect(text).toContain('## Identical arms');
    expect(text).toContain('## True difference of -3 %');
    expect(text).toMatch(
      /\| \*\*all\*\* \| 96 \| archmeter \| \d+\.\d\d % \| \d+\.\d\d % \| \d+\.\d\d % \| \d+\.\d\d % ± \d+\.\d\d \|/,
    );
  });
});
