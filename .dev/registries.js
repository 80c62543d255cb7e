// Writes each folder's registry.ts from the files that lie in it: a thing is registered by being there.
// `npm run registries` writes them; `node .dev/registries.js --check` fails where one is out of date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * `lazy` registries import a member only when it is asked for. A member is a file, or a folder with an index.ts;
 * where a folder has `rooms`, its members lie in sub-folders too.
 */
const FOLDERS = [
  { folder: 'src/core/ops', lazy: false, rooms: true },
  { folder: 'src/core/zoo/blocks', lazy: true },
  { folder: 'src/core/zoo/families', lazy: true },
  { folder: 'src/core/importers', lazy: true },
  { folder: 'src/core/traces', lazy: true },
  { folder: 'src/core/report/formats', lazy: true },
  { folder: 'src/core/analysis/advice/rules', lazy: true },
  { folder: 'src/bench/runtimes', lazy: true },
  { folder: 'src/bench/power', lazy: true },
  { folder: 'src/core/reproduce/papers', lazy: true },
  { folder: 'src/cli/commands', lazy: true },
];

const camel = (name) => name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());

function candidates(folder, rooms, below = '') {
  return readdirSync(join(root, folder, below), { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) {
      if (rooms) return candidates(folder, false, `${entry.name}/`);
      return [{ name: entry.name, path: `./${entry.name}/index.js`, file: `${entry.name}/index.ts` }];
    }
    if (!entry.name.endsWith('.ts') || entry.name === 'registry.ts') return [];
    const name = entry.name.slice(0, -3);
    return [{ name, path: `./${below}${name}.js`, file: `${below}${entry.name}` }];
  });
}

function members(folder, rooms) {
  return candidates(folder, rooms)
    .filter(({ file }) => {
      try {
        return /^export default /m.test(readFileSync(join(root, folder, file), 'utf8'));
      } catch {
        return false;
      }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function render(folder, lazy, rooms) {
  const list = members(folder, rooms);
  const head = '// Written by `npm run registries` from the files in this folder. Do not edit.\n';
  if (lazy) {
    const entries = list.map(
      ({ name, path }) => `  ${/^[a-z]\w*$/i.test(name) ? name : `'${name}'`}: () => import('${path}'),`,
    );
    return `${head}\n/** Members by file name, imported when asked for. */\nexport const registry = {\n${entries.join('\n')}\n} as const;\n`;
  }
  const imports = list.map(({ name, path }) => `import ${camel(name)} from '${path}';`);
  const names = list.map(({ name }) => `  ${camel(name)},`);
  return `${head}\n${imports.join('\n')}\n\nexport const members: readonly unknown[] = [\n${names.join('\n')}\n];\n`;
}

export function staleRegistries() {
  return FOLDERS.map(({ folder, lazy, rooms = false }) => ({
    file: join(root, folder, 'registry.ts'),
    text: render(folder, lazy, rooms),
  })).filter(({ file, text }) => {
    try {
      return readFileSync(file, 'utf8') !== text;
    } catch {
      return true;
    }
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const stale = staleRegistries();
  if (process.argv.includes('--check')) {
    for (const { file } of stale) console.error(`${file} is out of date: run npm run registries`);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else for (const { file, text } of stale) writeFileSync(file, text);
}
