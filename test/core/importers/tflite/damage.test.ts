import fc from 'fast-check';
import { describe, it } from 'vitest';
import { importModel } from '../../../../src/core/importers/index.js';
import { memorySource } from '../../../../src/core/importers/shared/bytes.js';
import { damagedBytes, expectGraphOrError } from '../damaged.js';
import { fixtureBytes, fixtureJson } from '../fixtures.js';

const NAMES = Object.keys(fixtureJson<Record<string, unknown>>('tflite/expected.json'));

describe('damaged TensorFlow Lite files give a graph or one error', () => {
  it.each(NAMES)('%s', async (name) => {
    const file = `${name}.tflite`;
    await fc.assert(
      fc.asyncProperty(damagedBytes(fixtureBytes(`tflite/${file}`)), (bytes) =>
        expectGraphOrError(importModel(memorySource(file, bytes))),
      ),
      { numRuns: 15 },
    );
  });
});
