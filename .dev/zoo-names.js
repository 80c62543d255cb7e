// Writes src/core/zoo/names.ts: which family holds which names, so that a look-up imports that family alone.
// `node .dev/zoo-names.js` writes it; with --check it fails where the file is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const file = fileURLToPath(new URL('../src/core/zoo/names.ts', import.meta.url));

/** The text that names.ts should have, from a registry of families (`{name: () => import(…)}`). */
export async function renderNames(registry) {
  const lines = await Promise.all(
    Object.entries(registry).map(async ([key, load]) => {
      const { variants } = (await load()).default;
      const names = variants.map(({ name, aliases = [] }) =>
        [name, ...aliases.map((alias) => (typeof alias === 'string' ? alias : alias.name))].join(' '),
      );
      const property = /^[a-z]\w*$/i.test(key) ? key : `'${key}'`;
      return `  ${property}: [\n${names.map((line) => `    '${line}',`).join('\n')}\n  ],`;
    }),
  );
  return `// Written by \`node .dev/zoo-names.js\` from the families. Do not edit.\n\n/** By family: each model's name and its aliases, in the order of the family's variants. */\n// biome-ignore format: one model a line\nexport const MODEL_NAMES = {\n${lines.join('\n')}\n} as const;\n`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { register } = await import('tsx/esm/api');
  register();
  const { registry } = await import('../src/core/zoo/families/registry.ts');
  const text = await renderNames(registry);
  let current = '';
  try {
    current = readFileSync(file, 'utf8');
  } catch {
    // not written yet
  }
  if (!process.argv.includes('--check')) {
    if (current !== text) writeFileSync(file, text);
  } else if (current !== text) {
    console.error(`${file} is out of date: run node .dev/zoo-names.js`);
    process.exitCode = 1;
  }
}
