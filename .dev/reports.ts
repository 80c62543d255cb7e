// `npm run reports`: writes the analytic reports and the README's generated parts anew. `--check` fails instead where
// what is committed differs. What depends on this machine's clock is written by `npm start`, `npm run bench` and so on.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { writeAgreement } from './reports/agreement.js';
import { writeCompare } from './reports/compare.js';
import { writeCoverage } from './reports/coverage.js';
import { writeDocs } from './reports/docs.js';
import { writeEfficiency } from './reports/efficiency.js';
import { writeImported } from './reports/imported.js';
import { writeOsaSearch } from './reports/osa-search.js';
import { writeReadme } from './reports/readme.js';
import { writeReproduce } from './reports/reproduce.js';
import { writeTable4 } from './reports/table4.js';
import { writeZooFigures } from './reports/zoo-figures.js';
import { writeZooPage } from './reports/zoo-list.js';

const check = process.argv.includes('--check');
const target = check ? mkdtempSync(join(tmpdir(), 'archmeter-reports-')) : '.';
mkdirSync(join(target, 'reports'), { recursive: true });

await writeZooFigures(target);
await writeTable4(target);
await writeImported(target);
await writeAgreement(target);
writeEfficiency(target);
writeCoverage(target);
await writeCompare(target);
await writeDocs(target);
await writeOsaSearch(target);
await writeReproduce(target);
await writeZooPage(target);
await writeReadme(target);

if (check) {
  // Pictures are left out: their pixels depend on the processor that draws them.
  const stale = files(target)
    .filter((file) => !file.endsWith('.png'))
    .flatMap((file) => difference(join(target, file), file));
  for (const line of stale) console.error(line);
  if (stale.length > 0) console.error('Run npm run reports, look at what changed, and commit it.');
  rmSync(target, { recursive: true });
  process.exitCode = stale.length > 0 ? 1 : 0;
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** Where a committed file first differs from what is written now. */
function difference(fresh: string, committed: string): string[] {
  if (!existsSync(committed)) return [`${committed} is missing`];
  const [expected, actual] = [readFileSync(fresh, 'utf8'), readFileSync(committed, 'utf8')];
  if (expected === actual) return [];
  let at = 0;
  while (expected[at] === actual[at]) at += 1;
  const line = expected.slice(0, at).split('\n').length;
  const excerpt = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 30), at + 50));
  return [`${committed}:${line} is out of date: it has ${excerpt(actual)}, now written is ${excerpt(expected)}`];
}
