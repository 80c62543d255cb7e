import { describe, expect, it } from 'vitest';
import { markdown, right, wrong } from './report.js';
import { runTrials, type Tally, total, trialsOf } from './trials.js';

// `npm run bench:harness` runs 10,000 trials; here are enough to see it break.
const TRIALS = 80;

describe('the harness on synthetic machines', () => {
  const tallies: Tally[] = [];
  const tally = async (ratio: number, trials: number): Promise<Tally> => {
    const found = await runTrials(ratio, trials, { timeBudgetSeconds: 20, seed: 12_345 });
    tallies.push(found);
    return found;
  };

  it('hardly ever calls identical arms different, where comparing means in sequence often does', async () => {
    const found = await tally(1, TRIALS);
    const ours = total(found, 'archmeter');
    expect(trialsOf(ours)).toBe(TRIALS);
    expect(wrong(ours, 1) / TRIALS).toBeLessThanOrEqual(0.01);
    expect(right(ours, 1) / TRIALS).toBeGreaterThan(0.85);
    expect(wrong(total(found, 'sequential means'), 1) / TRIALS).toBeGreaterThan(0.1);
  });

  it.each([1.03, 0.97])('finds a true ratio of %f', async (ratio) => {
    const ours = total(await tally(ratio, TRIALS / 2), 'archmeter');
    expect(right(ours, ratio) / trialsOf(ours)).toBeGreaterThanOrEqual(0.95);
    expect(wrong(ours, ratio)).toBe(0);
  });

  it('is written up in tables', () => {
    const text = markdown(tallies, { timeBudgetSeconds: 20 });
    expect(text).toContain('## Identical arms');
    expect(text).toContain('## True difference of -3 %');
    expect(text).toMatch(/\| \*\*all\*\* \| 80 \| archmeter \| \d+\.\d\d % \| \d+\.\d\d % \| \d+\.\d\d % \|/);
  });
});
