import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { registry } from '../../src/cli/commands/registry.js';
import { OPS } from '../../src/core/ops/index.js';
import { TOPICS } from '../../src/node/docs.js';
import { run } from './run.js';

it.each(Object.keys(TOPICS))('help %s prints the page as it is where no terminal is', async (topic) => {
  expect(await run(['help', topic])).toEqual({ code: 0, out: readFileSync(`src/docs/${topic}.md`, 'utf8'), err: '' });
});

it('names the pages, and refuses others', async () => {
  const { code, out } = await run(['help']);
  expect(code).toBe(0);
  for (const topic of Object.keys(TOPICS)) expect(out).toContain(`archmeter help ${topic}`);
  expect((await run(['help', 'me'])).code).toBe(2);
});

it('leaves the tables of ops to the zoo on a terminal', async () => {
  const { out } = await run(['help', 'spec'], 80);
  expect(out).toContain('archmeter zoo --ops conv');
  expect(out).not.toContain('| `conv` |');
  expect(out).not.toContain('<!--');
});

it('the spec page has every op that a spec can name', async () => {
  const { out } = await run(['help', 'spec']);
  for (const name of OPS.keys()) if (name !== 'opaque') expect(out).toContain(`| \`${name}\` |`);
});

it.each([80, 120])(
  'no description of an option touches its type at %i columns, and no line is wider',
  async (columns) => {
    for (const name of [undefined, ...Object.keys(registry)]) {
      const { out } = await run([...(name === undefined ? [] : [name]), '--help'], columns);
      const lines = out.split('\n');
      const touching = lines.filter((line) =>
        /^ .*\S\[(string|number|boolean|array|count|choices|default|required)\b/.test(line),
      );
      expect(touching, name).toEqual([]);
      expect(
        lines.filter((line) => line.length > columns),
        name,
      ).toEqual([]);
    }
  },
);
