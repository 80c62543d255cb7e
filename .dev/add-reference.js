// `node .dev/add-reference.js FILE… FOLDER`: copies files into fixtures/reference/FOLDER, compressed with Brotli where
// that makes them smaller. Each belongs into the README there, with its source and licence.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

/** Archives are compressed already, and can be given to the command line as they are. */
const ARCHIVE = /\.(pt2|keras|zip|npz)$/;

const files = process.argv.slice(2);
const folder = files.pop();
if (folder === undefined || files.length === 0) throw new Error('usage: node .dev/add-reference.js FILE… FOLDER');
const target = fileURLToPath(new URL(`../fixtures/reference/${folder}`, import.meta.url));
mkdirSync(target, { recursive: true });
for (const file of files) {
  const bytes = readFileSync(file);
  const compressed = ARCHIVE.test(file)
    ? undefined
    : brotliCompressSync(bytes, {
        params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
      });
  writeFileSync(join(target, basename(file) + (compressed ? '.br' : '')), compressed ?? bytes);
}
