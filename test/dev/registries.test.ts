import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderAttributes } from '../../.dev/op-attributes.js';
import { staleRegistries } from '../../.dev/registries.js';
import { OPS } from '../../src/core/ops/index.js';
import { ARCHMETER_VERSION } from '../../src/core/version.js';

it('registries name exactly the files in their folders', () => {
  expect(staleRegistries().map(({ file }) => file)).toEqual([]);
});

it('the types of attributes are those of the schemas', () => {
  const file = new URL('../../src/core/ops/op-attributes.ts', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(renderAttributes([...OPS.values()]));
});

it('the version in the sources is that of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(ARCHMETER_VERSION).toBe(version);
});
