// Proof of the harness by simulation: `npm run bench:harness -- [--trials 600] [--output reports/harness]`, trials of each machine.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { markdown } from './report.js';
import { runTrials, type Tally } from './trials.js';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '600' },
    'time-budget': { type: 'string', default: '60' },
    output: { type: 'string', default: 'reports/harness' },
  },
});
const trials = Number(values.trials);
const timeBudgetSeconds = Number(values['time-budget']);
const began = performance.now();
const tallies: Tally[] = [];
for (const [ratio, count] of [
  [1, trials],
  [1.03, trials],
  [0.97, trials],
] as const) {
  const onTrial = (done: number): void => {
    if (done % 500 === 0) process.stderr.write(`ratio ${ratio}: ${done} trials\n`);
  };
  tallies.push(await runTrials(ratio, count, { timeBudgetSeconds, onTrial }));
}
const seconds = (performance.now() - began) / 1000;
mkdirSync(values.output, { recursive: true });
writeFileSync(join(values.output, 'simulation.md'), markdown(tallies, { timeBudgetSeconds }));
writeFileSync(
  join(values.output, 'simulation.json'),
  `${JSON.stringify({ trials, timeBudgetSeconds, tallies }, null, 2)}\n`,
);

const missed = tallies.flatMap(({ ratio, byScenario }) =>
  Object.entries(byScenario).flatMap(([name, { archmeter: counts }]) => {
    const problems: string[] = [];
    const share = (part: number, of: number): number => part / Math.max(1, of);
    if (share(counts.wrong, counts.trials) > 0.01) problems.push(`${counts.wrong} wrong of ${counts.trials}`);
    if (share(counts.covered, counts.intervals) < 0.92) problems.push('intervals hold the truth too seldom');
    if (/0\.5 %/.test(name) && counts.different > 0 && share(counts.found, counts.different) < 0.9)
      problems.push(`${counts.found} found of ${counts.different}`);
    return problems.map((problem) => `ratio ${ratio}, ${name}: ${problem}`);
  }),
);
console.log(`${seconds.toFixed(0)} s; tables in ${values.output}/simulation.md`);
for (const line of missed) console.error(line);
if (missed.length > 0) process.exitCode = 1;
