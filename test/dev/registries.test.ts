import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { staleRegistries } from '../../.dev/registries.js';
import { ARCHMETER_VERSION } from '../../src/core/version.js';

it('registries name exactly the files in their folders', () => {
  expect(staleRegistries().map(({ file }) => file)).toEqual([]);
});

it('the version in the sources is that of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(ARCHMETER_VERSION).toBe(version);
});
