// Writes src/core/ops/op-attributes.ts: the attributes of every op as types, from the schemas in the ops' own files.
// `node .dev/op-attributes.js` writes it; with --check it fails where the file is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const file = fileURLToPath(new URL('../src/core/ops/op-attributes.ts', import.meta.url));

const isDType = (names) => names.includes('float8') && names.includes('complex128');

/** TypeScript for a JSON Schema of the kinds that ops use. */
function typeOf(schema) {
  if (schema.oneOf) return [...new Set(schema.oneOf.map(typeOf))].join(' | ');
  if (schema.enum) return isDType(schema.enum) ? 'DType' : schema.enum.map((value) => `'${value}'`).join(' | ');
  if (schema.type === 'array') {
    const item = typeOf(schema.items);
    return /[ |]/.test(item) ? `readonly (${item})[]` : `readonly ${item}[]`;
  }
  if (schema.type === 'object') {
    const fields = Object.entries(schema.properties).map(([key, part]) => `readonly ${key}: ${typeOf(part)}`);
    return `{ ${fields.join('; ')} }`;
  }
  return schema.type === 'integer' ? 'number' : schema.type;
}

function docOf({ description, default: standard }) {
  const words = [description, standard === undefined ? undefined : `Default ${JSON.stringify(standard)}.`];
  const text = words.filter((part) => part !== undefined).join(' ');
  return text === '' ? '' : `    /** ${text} */\n`;
}

function bodyOf({ properties, required = [] }) {
  const fields = Object.entries(properties).map(([key, schema]) => {
    const type = typeOf(schema);
    const line = required.includes(key) ? `readonly ${key}: ${type};` : `readonly ${key}?: ${type} | undefined;`;
    return `${docOf(schema)}    ${line}\n`;
  });
  return fields.length === 0 ? 'None' : `{\n${fields.join('')}  }`;
}

/** The text that op-attributes.ts should have, from the ops. */
export function renderAttributes(ops) {
  const first = new Map();
  const lines = [];
  const defaults = [];
  for (const { name, attributes, defaultsFrom = {} } of ops) {
    const body = bodyOf(attributes);
    const twin = body === 'None' ? undefined : first.get(body);
    if (twin === undefined) first.set(body, name);
    lines.push(`  readonly ${name}: ${twin === undefined ? body : `OpAttributes['${twin}']`};\n`);
    const filled = Object.entries(attributes.properties).filter(
      ([key, { default: standard }]) => standard !== undefined || key in defaultsFrom,
    );
    if (filled.length > 0) defaults.push(`  readonly ${name}: ${filled.map(([key]) => `'${key}'`).join(' | ')};\n`);
  }
  return `// Written by \`npm run registries\` from the schemas of the ops. Do not edit.

import type { DType } from '../ir/tensor.js';

type None = Readonly<Record<string, never>>;

/** What a layer of each op may say, by the op's name; \`undefined\` is as good as leaving it out. */
// biome-ignore format: generated
export interface OpAttributes {
${lines.join('')}}

/** The attributes with a default, which \`GraphBuilder\` fills in. */
// biome-ignore format: generated
export interface DefaultedAttributes {
${defaults.join('')}}

export type OpName = keyof OpAttributes;
`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { register } = await import('tsx/esm/api');
  register();
  const { OPS } = await import('../src/core/ops/index.ts');
  const text = renderAttributes([...OPS.values()]);
  let current = '';
  try {
    current = readFileSync(file, 'utf8');
  } catch {
    // not written yet
  }
  if (!process.argv.includes('--check')) {
    if (current !== text) writeFileSync(file, text);
  } else if (current !== text) {
    console.error(`${file} is out of date: run npm run registries`);
    process.exitCode = 1;
  }
}
