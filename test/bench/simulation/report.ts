import { type Counts, coverageError, HARNESSES, type Harness, type Tally, total } from './trials.js';

const percent = (count: number, of: number): string => (of === 0 ? '' : `${((100 * count) / of).toFixed(2)} %`);

/** The tallies as Markdown tables. */
export function markdown(tallies: readonly Tally[], options: { timeBudgetSeconds: number }): string {
  const lines = [
    '# The harness on synthetic machines',
    '',
    `Arms whose true ratio is known, timed on a virtual clock by archmeter's harness (defaults, --time-budget ${options.timeBudgetSeconds}) and, for as long, by one that runs arm after arm and compares means: by the same tolerance of 1 %, and by Welch's t-test at 1 % on top. Written by \`npm run bench:harness\`.`,
    '',
  ];
  for (const tally of tallies) {
    const { ratio } = tally;
    const identical = ratio === 1;
    lines.push(
      `## ${identical ? 'Identical arms' : `True difference of ${((ratio - 1) * 100).toFixed(0)} %`}`,
      '',
      `| machine | trials | harness | wrong | ${identical ? 'equivalent' : 'found'} | inconclusive | intervals hold the truth |`,
      '|---|---:|---|---:|---:|---:|---:|',
    );
    const row = (name: string, harness: Harness, counts: Counts): string => {
      const good = identical ? percent(counts.right, counts.comparisons) : percent(counts.found, counts.different);
      const cells = [
        percent(counts.wrong, counts.trials),
        good,
        percent(counts.inconclusive, counts.comparisons),
        counts.intervals === 0
          ? ''
          : `${percent(counts.covered, counts.intervals)} ± ${(100 * coverageError(counts)).toFixed(2)}`,
      ];
      return `| ${name} | ${counts.trials} | ${harness} | ${cells.join(' | ')} |`;
    };
    for (const harness of HARNESSES) lines.push(row('**all**', harness, total(tally, harness)));
    for (const [name, byHarness] of Object.entries(tally.byScenario))
      for (const harness of HARNESSES) lines.push(row(name, harness, byHarness[harness]));
    lines.push('');
  }
  lines.push(
    'Wrong is the share of trials in which any arm got `faster` or `slower` although it is identical to the first, the wrong direction, or `equivalent` although it differs. Of several arms every other one differs. Intervals are of 95 %; how often they hold the truth is stated with its own 95 % interval.',
    '',
  );
  return lines.join('\n');
}
