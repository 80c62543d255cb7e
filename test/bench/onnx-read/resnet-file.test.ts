import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importModel } from '../../../src/core/importers/index.js';
import { opOf } from '../../../src/core/ops/index.js';
import { withModelFile } from '../../../src/node/byte-source.js';
import { writeResnetFile } from './resnet-file.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archmeter-resnet-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function figures(width: number) {
  const path = join(folder, `${width}.onnx`);
  const bytes = writeResnetFile(path, width);
  expect(statSync(path).size).toBe(bytes);
  const graph = await withModelFile(path, (source) => importModel(source));
  let madds = 0;
  for (const { op, inputs, outputs, attributes } of graph.nodes) {
    madds += opOf(op).arithmetic({
      inputs: inputs.map((id) => graph.values[id]),
      outputs: outputs.map((id) => graph.values[id] as (typeof graph.values)[number]),
      attributes,
    }).madds;
  }
  const parameters = graph.values.filter(({ kind }) => kind === 'parameter');
  return { bytes, madds, params: parameters.reduce((sum, { shape }) => sum + shape.reduce((p, n) => p * n, 1), 0) };
}

describe('the files of the reading benchmark', () => {
  it('are ResNet-50 with batch norm folded, with their weights inside', async () => {
    const { bytes, madds, params } = await figures(1);
    expect(madds).toBe(4_089_184_256);
    // 25,557,032 with 53,120 of batch norm, of which half became biases.
    expect(params).toBe(25_557_032 - 53_120 / 2);
    expect(bytes).toBeGreaterThan(params * 4);
  });

  it('are read past 2 GB', async () => {
    const { bytes, params } = await figures(5.21875);
    expect(bytes).toBeGreaterThan(2 ** 31);
    expect(bytes - params * 4).toBeLessThan(20_000);
  });
});
