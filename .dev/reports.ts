// `npm run reports`: writes the analytic reports and the README's generated parts anew. `--check` fails instead where
// what is committed differs. What depends on this machine's clock is written by `npm start`, `npm run bench` and so on.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { writeAgreement } from './reports/agreement.js';
import { writeImported } from './reports/imported.js';
import { writeReadme } from './reports/readme.js';
import { writeTable4 } from './reports/table4.js';

const check = process.argv.includes('--check');
const target = check ? mkdtempSync(join(tmpdir(), 'archmeter-reports-')) : '.';
mkdirSync(join(target, 'reports'), { recursive: true });

await writeTable4(target);
await writeImported(target);
await writeAgreement(target);
writeReadme(target);

if (check) {
  const stale = files(target).filter((file) => !file.endsWith('.png') && !same(join(target, file), file));
  for (const file of stale) console.error(`${file} is out of date: run npm run reports`);
  rmSync(target, { recursive: true });
  process.exitCode = stale.length > 0 ? 1 : 0;
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function same(a: string, b: string): boolean {
  return existsSync(dirname(b)) && existsSync(b) && readFileSync(a, 'utf8') === readFileSync(b, 'utf8');
}
