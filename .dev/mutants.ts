// `npm run test:mutants [-- TEXT]`: makes one line wrong at a time, in memory, and runs the tests that must notice it.
// Fails where more than one in twenty goes unnoticed. With TEXT only mutants whose file holds it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { MUTANTS } from './mutants/list.js';

const LEAST_SCORE = 0.95;

const chosen = MUTANTS.map((mutant, index) => ({ mutant, index })).filter(({ mutant }) =>
  mutant.file.includes(process.argv[2] ?? ''),
);
const run = (tests: readonly string[], mutant?: number) =>
  spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--bail', '1', '--reporter', 'dot', ...tests],
    { env: { ...process.env, ARCHMETER_MUTANT: String(mutant ?? '') }, stdio: 'ignore' },
  ).status === 0;

if (!run([...new Set(chosen.flatMap(({ mutant }) => mutant.tests))])) {
  throw new Error('the tests fail without a mutant: mend them first');
}
let killed = 0;
for (const { mutant, index } of chosen) {
  const { file, find, tests } = mutant;
  const found = readFileSync(file, 'utf8').split(find).length - 1;
  if (found !== 1) throw new Error(`${file} has ${found} times '${find}': mend .dev/mutants/list.ts`);
  const noticed = !run(tests, index);
  if (noticed) killed += 1;
  const line = readFileSync(file, 'utf8').split(find)[0]?.split('\n').length;
  console.log(`${noticed ? 'killed' : 'ALIVE '} ${file}:${line} ${find}`);
}
const score = killed / chosen.length;
console.log(`${killed} of ${chosen.length} mutants killed, ${(100 * score).toFixed(1)} %`);
process.exitCode = score < LEAST_SCORE ? 1 : 0;
