import { describe, expect, it } from 'vitest';
import { registry } from '../../src/cli/commands/registry.js';
import { jsonOptions } from '../../src/cli/options/json.js';
import { run } from './run.js';

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

describe('options that would change nothing', () => {
  it.each([
    [['compare', 'alexnet', '--runtime', 'onnxruntime'], '--runtime means nothing without timing. Add --time.'],
    [['check', '--seed=2'], '--seed means nothing without timing. Add --time.'],
    [['blocks', '--no-time', '--no-cold'], '--cold means nothing without timing. Leave out --no-time.'],
    [
      ['compare', 'alexnet', '--sweep', 'batch=1,2'],
      '--sweep is shown by reports alone. Add e.g. --report report.html.',
    ],
    [['analyze', 'alexnet', '--png-charts'], '--png-charts goes with a .png report. Add e.g. --report report.png.'],
  ])('%j are told', async (argv, message) => {
    expect(await run(argv)).toEqual({ code: 2, out: '', err: `archmeter: ${message}\n` });
  });

  it.each([[['analyze', 'alexnet']], [['compare', 'alexnet', 'resnet18']]])(
    '%j shows what --on estimates',
    async (argv) => {
      const { out } = await run([...argv, '--on', 'rtx-4090']);
      expect(out).toMatch(/Model +Device +Est\. latency +90 % interval/);
      expect(out).toMatch(/\nalexnet +GeForce RTX 4090 +[\d.]+ .s +/);
    },
  );
});
