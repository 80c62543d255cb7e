import fc from 'fast-check';
import { describe, it } from 'vitest';
import { importModel } from '../../../../src/core/importers/index.js';
import { memorySource } from '../../../../src/core/importers/shared/bytes.js';
import { damagedBytes, damagedJson, expectGraphOrError } from '../damaged.js';
import { fixtureBytes, fixtureJson } from '../fixtures.js';

const SHARDS: Readonly<Record<string, string>> = {
  conv1d: 'group1-shard1of1.bin',
  dictio: 'group1-shard1of1.bin',
  embed: 'group1-shard1of1.bin',
  norms: 'group1-shard1of1.bin',
  reshapes: 'group1-shard1of1.bin',
  loop: 's.bin',
  layers: 'weights.bin',
  'layers-sequential': 'weights.bin',
};

describe('damaged TensorFlow.js files give a graph or one error', () => {
  it.each(Object.entries(SHARDS))('%s', async (name, shard) => {
    const model = fixtureBytes(`tfjs/${name}/model.json`);
    const json = fixtureJson(`tfjs/${name}/model.json`);
    const weights = fixtureBytes(`tfjs/${name}/${shard}`);
    const read = (bytes: Uint8Array, shards: Uint8Array) =>
      expectGraphOrError(importModel(memorySource('model.json', bytes, { [shard]: shards })));
    await fc.assert(
      fc.asyncProperty(damagedJson(json), (text) => read(new TextEncoder().encode(text), weights)),
      { numRuns: 15 },
    );
    await fc.assert(
      fc.asyncProperty(damagedBytes(model), (bytes) => read(bytes, weights)),
      { numRuns: 15 },
    );
    await fc.assert(
      fc.asyncProperty(damagedBytes(weights), (bytes) => read(model, bytes)),
      { numRuns: 6 },
    );
  });
});
