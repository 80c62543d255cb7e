import { expect, it } from 'vitest';
import { run } from './run.js';

it('shows in ten lines what one can do where nothing is asked', async () => {
  const { code, out, err } = await run([], 80);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.trimEnd().split('\n')).toHaveLength(10);
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

it.each([
  [['an'], ['analyze']],
  [['analyze', 'vovnet3'], ['vovnet39']],
  [['estimate', 'vovnet39', '--on', 'rtx-409'], ['rtx-4090']],
  [['zoo', '--ops', 'convT'], ['convTranspose']],
  [['zoo', '--blocks', 'os'], ['osa']],
  [['check', '--sar'], ['--sarif']],
  [['check', 'x'], []],
])('completes %j', async (words, expected) => {
  const { code, out } = await run(['--get-yargs-completions', 'archmeter', ...words]);
  expect({ code, found: out.split('\n').filter(Boolean) }).toEqual({ code: 0, found: expected });
});
