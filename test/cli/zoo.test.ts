import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { exampleOf } from '../../src/cli/tables/definition.js';
import { OPS } from '../../src/core/ops/index.js';
import { listBlocks } from '../../src/core/zoo/index.js';
import { run } from './run.js';

it('shows an op with its attributes, defaults and an example', async () => {
  const { code, out } = await run(['zoo', '--ops', 'conv'], 80);
  expect(code).toBe(0);
  expect(out).toMatch(/^conv {2}convolution\n/);
  expect(out).toMatch(/^outChannels +integer >= 1 +required$/m);
  expect(out).toMatch(/^bias +boolean +true$/m);
  expect(out).toContain('  - { op: conv, outChannels: 64, kernel: 3 }\n');
});

it('shows a block likewise', async () => {
  const { out } = await run(['zoo', '--blocks', 'OSA'], 80);
  expect(out).toMatch(/^identity +boolean +false +Adds the input to the output \(V2\)/m);
  expect(out).toContain('  - { block: osa, layers: 5, width: 64, outChannels: 64 }\n');
});

it.each([
  [['--ops', 'cnov'], "archmeter: there is no op 'cnov'. Did you mean 'conv'?\n"],
  [['--blocks', 'xyzzyxyzzy'], "archmeter: there is no block 'xyzzyxyzzy'. 'archmeter zoo --blocks' lists them.\n"],
])('%j: one message', async (argv, err) => {
  expect(await run(['zoo', ...argv])).toEqual({ code: 2, out: '', err });
});

it('gives for every op and block an example that its schema takes', async () => {
  const ajv = new Ajv({ strict: false });
  const definitions = [
    ...[...OPS.values()].map((op) => ({ name: op.name, settings: op.attributes, key: 'op' as const })),
    ...(await listBlocks()).map((block) => ({ name: block.name, settings: block.options, key: 'block' as const })),
  ];
  for (const definition of definitions) {
    const written = parse(exampleOf(definition)) as string | Record<string, unknown>;
    const { op: _op, block: _block, ...attributes } = typeof written === 'string' ? {} : written;
    const validate = ajv.compile(definition.settings);
    expect(validate(attributes), `${definition.name}: ${JSON.stringify(validate.errors)}`).toBe(true);
  }
});
