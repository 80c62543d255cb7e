import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportOnnx } from '../../../src/core/export/onnx/export.js';
import type { Measurement } from '../../../src/core/measurement.js';
import { smallClassifier } from '../../bench/models.js';
import { run } from '../run.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archmeter-timed-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function time(file: string, runtime: string, ...more: string[]) {
  const json = join(folder, 'measurement.json');
  const options = ['--runtime', runtime, '--no-cold', '--time-budget', '0.5', '--save-measurement', json];
  const { code, err, out } = await run(['bench', file, ...options, ...more]);
  expect(code, err).toBe(0);
  const { arms } = JSON.parse(readFileSync(json, 'utf8')) as Measurement;
  return { arm: arms[0], out };
}

describe('TensorFlow.js models', () => {
  it.each(['reshapes', 'norms'])('are timed as they are: %s', async (name) => {
    const { arm, out } = await time(`fixtures/tfjs/${name}/model.json`, 'tfjs-wasm');
    expect(arm).toMatchObject({
      status: 'ok',
      source: 'file as it is',
      check: { against: "float64 reference with the file's weights" },
    });
    expect(arm?.check?.after).toBeLessThan(1e-5);
    expect(out).toContain(`${name}/model: the file as it is; outputs checked against the float64 reference`);
  });

  it('are rebuilt, and say so, where they cannot be run or are not wanted', async () => {
    const layers = await time('fixtures/tfjs/layers-sequential/model.json', 'tfjs-wasm');
    expect(layers.arm).toMatchObject({
      source: 'rebuilt',
      rebuiltBecause: 'it is a layers-model, which needs @tensorflow/tfjs-layers to run',
    });
    const unknown = await time('fixtures/tfjs/conv1d/model.json', 'tfjs-wasm');
    expect(unknown.arm).toMatchObject({ rebuiltBecause: "tfjs-converter does not run it: Unknown op 'Erfc'" });
    const random = await time('fixtures/tfjs/norms/model.json', 'tfjs-wasm', '--weights', 'random');
    expect(random.arm).toMatchObject({ source: 'rebuilt', rebuiltBecause: '--weights random' });
  });

  it('need their weights', async () => {
    const copy = join(folder, 'model.json');
    cpSync('fixtures/tfjs/dictio/model.json', copy);
    const { code, err } = await run(['bench', copy, '--runtime', 'tfjs-wasm', '--time-budget', '0.5']);
    expect(code).toBe(2);
    expect(err).toContain('group1-shard1of1.bin');
    expect(err).toContain('Use --weights random to time its graph with random weights');
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

describe('ONNX files', () => {
  it('are timed as they are on ONNX Runtime, and rebuilt on others', async () => {
    const file = join(folder, 'small.onnx');
    writeFileSync(file, exportOnnx(smallClassifier(), { weights: 'random' }));
    const { arm } = await time(file, 'onnxruntime');
    expect(arm).toMatchObject({ status: 'ok', source: 'file as it is' });
    expect(arm?.check?.after).toBeLessThan(1e-5);
    expect((await time(file, 'tfjs-wasm')).arm).toMatchObject({ source: 'rebuilt' });
  });
});
