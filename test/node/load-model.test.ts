import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/node/load-model.js';

const ONNX = resolve('fixtures/onnx/test_resnet.onnx');
const workingDirectory = process.cwd();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archmeter-test-'));
  process.chdir(folder);
  mkdirSync('detector');
  for (const path of ['net.onnx', 'model.onnx', 'detector/model.onnx', 'detector/net.v2.onnx'])
    copyFileSync(ONNX, path);
});
afterAll(() => {
  process.chdir(workingDirectory);
  rmSync(folder, { recursive: true, force: true });
});

describe('models of files', () => {
  it.each([
    ['net.onnx', 'net'],
    ['model.onnx', 'model'],
    ['./model.onnx', 'model'],
    ['detector/net.v2.onnx', 'net.v2'],
    ['detector/model.onnx', 'detector/model'],
  ])('%s is named by its file, never by a folder that nobody typed: %s', async (path, name) => {
    expect((await loadModel(path)).name).toBe(name);
  });
});

describe('a batch', () => {
  const input = { '': [1, 3, 64, 64] };
  it.each(['net.onnx', 'resnet18', 'block:osa:layers=5,width=8,outChannels=16'])('%s: is given once', async (model) => {
    await expect(loadModel(model, { batch: 4, inputs: input })).rejects.toThrow(
      '--batch 4 and --input 1x3x64x64 give two batches. Leave out one of them.',
    );
    expect((await loadModel(model, { batch: 1, inputs: input })).inputs).toHaveLength(1);
  });

  it('may be the first axis of one input among several, or be a named size', async () => {
    await expect(loadModel('net.onnx', { batch: 2, inputs: { x: [1, 3, 8, 8], y: [5] } })).rejects.toThrow(
      '--batch 2 and --input x=1x3x8x8 give two batches',
    );
    await expect(loadModel('net.onnx', { batch: 2, dims: { batch: 4 } })).rejects.toThrow(
      '--batch 2 and --dim batch=4 give two batches. Leave out one of them.',
    );
  });
});
