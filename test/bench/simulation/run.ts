// Proof of the harness by simulation: `npm run bench:harness -- [--trials 10000] [--output reports/harness]`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { markdown, right, wrong } from './report.js';
import { runTrials, type Tally, total, trialsOf } from './trials.js';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '10000' },
    'time-budget': { type: 'string', default: '30' },
    output: { type: 'string', default: 'reports/harness' },
  },
});
const trials = Number(values.trials);
const timeBudgetSeconds = Number(values['time-budget']);
const began = performance.now();
const tallies: Tally[] = [];
for (const [ratio, count] of [
  [1, trials],
  [1.03, Math.ceil(trials / 5)],
  [0.97, Math.ceil(trials / 5)],
] as const) {
  const onTrial = (done: number): void => {
    if (done % 500 === 0) process.stderr.write(`ratio ${ratio}: ${done} of ${count} trials\n`);
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

let failed = false;
for (const tally of tallies) {
  const counts = total(tally, 'archmeter');
  const [of, falseShare] = [trialsOf(counts), wrong(counts, tally.ratio) / trialsOf(counts)];
  const found = right(counts, tally.ratio) / of;
  failed ||= tally.ratio === 1 ? falseShare > 0.01 : found < 0.95;
  console.log(
    `ratio ${tally.ratio}: ${(100 * found).toFixed(2)} % right, ${(100 * falseShare).toFixed(2)} % wrong of ${of} trials`,
  );
}
console.log(`${seconds.toFixed(0)} s; tables in ${values.output}/simulation.md`);
if (failed) {
  console.error(
    'The harness misses what it promises: at most 1 % false verdicts, at least 95 % of 3 % differences found.',
  );
  process.exitCode = 1;
}
