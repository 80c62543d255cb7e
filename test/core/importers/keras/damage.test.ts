import fc from 'fast-check';
import { strFromU8, unzipSync } from 'fflate';
import { describe, it } from 'vitest';
import { importModel } from '../../../../src/core/importers/index.js';
import { memorySource } from '../../../../src/core/importers/shared/bytes.js';
import { damagedBytes, damagedJson, expectGraphOrError } from '../damaged.js';
import { fixtureBytes, fixtureJson, importText } from '../fixtures.js';

const NAMES = Object.keys(fixtureJson<Record<string, unknown>>('keras/expected.json'));

describe('damaged Keras files give a graph or one error', () => {
  it.each(NAMES)('%s.keras, its archive', async (name) => {
    const file = `${name}.keras`;
    await fc.assert(
      fc.asyncProperty(damagedBytes(fixtureBytes(`keras/${file}`)), (bytes) =>
        expectGraphOrError(importModel(memorySource(file, bytes))),
      ),
      { numRuns: 8 },
    );
  });

  it.each(NAMES)('%s.keras, its configuration', async (name) => {
    const entries = unzipSync(fixtureBytes(`keras/${name}.keras`));
    const json = JSON.parse(strFromU8(entries['config.json'] as Uint8Array));
    await fc.assert(
      fc.asyncProperty(damagedJson(json), (text) => expectGraphOrError(importText(text, 'config.json'))),
      { numRuns: 8 },
    );
  });

  it.each(['nested.h5', 'weights-only.h5'])('%s', async (name) => {
    const bytes = fixtureBytes(`keras/${name}`);
    await fc.assert(
      fc.asyncProperty(damagedBytes(bytes.subarray(0, name === 'nested.h5' ? 12_000 : bytes.length)), (damaged) =>
        expectGraphOrError(importModel(memorySource(name, damaged))),
      ),
      { numRuns: 200 },
    );
  });
});
