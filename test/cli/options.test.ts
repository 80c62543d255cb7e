import { expect, it } from 'vitest';
import { registry } from '../../src/cli/commands/registry.js';
import { jsonOptions } from '../../src/cli/options/json.js';

it('gives an option of one name one kind of value in every command', async () => {
  const kinds = new Map<string, Map<string, string[]>>();
  for (const [name, load] of Object.entries(registry)) {
    const { default: command } = await load();
    for (const [option, settings] of Object.entries({ ...command.options, ...jsonOptions(command) })) {
      const kind = settings.choices === undefined ? String(settings.type) : 'string';
      const commands = kinds.get(option) ?? new Map<string, string[]>();
      commands.set(kind, [...(commands.get(kind) ?? []), name]);
      kinds.set(option, commands);
    }
  }
  const several = [...kinds].filter(([, byKind]) => byKind.size > 1).map(([option, byKind]) => [option, [...byKind]]);
  expect(several).toEqual([]);
  // What names the elements' type and how sure a timing is were both called precision once.
  expect([...kinds.keys()]).not.toContain('precision');
  expect([...(kinds.get('json') ?? new Map()).keys()]).toEqual(['boolean']);
});

it('counts and estimates at fp32 in every command unless told otherwise', async () => {
  for (const [name, load] of Object.entries(registry)) {
    const { dtype } = (await load()).default.options;
    if (dtype === undefined) continue;
    const said = dtype.default ?? /Default: (\w+)/.exec(String(dtype.describe))?.[1];
    expect(said, name).toBe('fp32');
  }
});
