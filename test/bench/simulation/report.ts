import { type Counts, HARNESSES, type Harness, type Tally, total, trialsOf } from './trials.js';

const percent = (count: number, of: number): string => `${((100 * count) / of).toFixed(2)} %`;

/** Share of verdicts that are wrong: a difference where none is, the wrong direction, equivalence of what differs. */
export function wrong(counts: Counts, ratio: number): number {
  if (ratio === 1) return counts.faster + counts.slower;
  return (ratio < 1 ? counts.slower : counts.faster) + counts.equivalent;
}

/** Verdicts that say what is true. */
export function right(counts: Counts, ratio: number): number {
  return ratio === 1 ? counts.equivalent : ratio < 1 ? counts.faster : counts.slower;
}

/** The tallies as Markdown tables. */
export function markdown(tallies: readonly Tally[], options: { timeBudgetSeconds: number }): string {
  const lines = [
    '# The harness on synthetic machines',
    '',
    `Pairs of arms whose true ratio is known, timed on a virtual clock by archmeter's harness (defaults, --time-budget ${options.timeBudgetSeconds}) and, for as long, by one that runs arm after arm and compares means: by the same tolerance of 1 %, and by Welch's t-test at 1 % on top. Written by \`npm run bench:harness\`.`,
    '',
  ];
  for (const tally of tallies) {
    const { ratio } = tally;
    lines.push(
      `## ${ratio === 1 ? 'Identical arms' : `True difference of ${((ratio - 1) * 100).toFixed(0)} %`}`,
      '',
      '| machine | trials | harness | right | wrong | inconclusive |',
      '|---|---:|---|---:|---:|---:|',
    );
    const row = (name: string, harness: Harness, counts: Counts): string => {
      const trials = trialsOf(counts);
      const cells = [right(counts, ratio), wrong(counts, ratio), counts.inconclusive].map((n) => percent(n, trials));
      return `| ${name} | ${trials} | ${harness} | ${cells.join(' | ')} |`;
    };
    for (const harness of HARNESSES) lines.push(row('**all**', harness, total(tally, harness)));
    for (const [name, byHarness] of Object.entries(tally.byScenario))
      for (const harness of HARNESSES) lines.push(row(name, harness, byHarness[harness]));
    lines.push('');
  }
  lines.push(
    'Right is `equivalent` for identical arms, else `faster` or `slower` as is true; wrong is `faster` or `slower` for identical arms, else `equivalent` or the wrong direction.',
    '',
  );
  return lines.join('\n');
}
