// `node .dev/keep-blocks.js FOLDER NAME`: keeps what a run of `archmeter blocks --output FOLDER` timed as
// reports/blocks-NAME, from which `npm run reports` writes reports/efficiency.md and README's part.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

const [from, name] = process.argv.slice(2);
if (name === undefined) throw new Error('usage: node .dev/keep-blocks.js FOLDER NAME');
const to = join('reports', `blocks-${name}`);
mkdirSync(to, { recursive: true });
copyFileSync(join(from, 'report.md'), join(to, 'report.md'));
writeFileSync(join(to, 'measurement.json.br'), brotliCompressSync(readFileSync(join(from, 'measurement.json'))));
