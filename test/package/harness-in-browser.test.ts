import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import type { Measurement } from '../../src/core/measurement.js';
import { launchBrowser } from '../browser.js';

const WORKER = `
  import * as tf from '@tensorflow/tfjs-core';
  import '@tensorflow/tfjs-backend-cpu';
  import { runBenchmark } from './src/bench/harness/run-benchmark.js';
  import { prepare } from './src/bench/lowering/executable.js';
  import { readBack } from './src/bench/lowering/read-back.js';
  import { runReference } from './src/bench/reference/interpret.js';
  import { buildModel } from './src/core/zoo/index.js';

  const backend = { tf, activate: async () => tf.setBackend('cpu'), finish: (outputs) => readBack(tf, outputs) };
  const session = {
    runtime: { name: 'tfjs-cpu', details: {} },
    device: { kind: 'cpu', name: 'browser' },
    hasDeviceClock: false,
    prepare: (graph, seed) => prepare(backend, graph, seed),
    flushCaches: async () => {},
    close: async () => {},
  };
  const reference = async (graph, seed, inputs) => {
    const shaped = inputs.map((data, i) => ({ data, shape: graph.values[graph.inputs[i]].shape }));
    return (await runReference(graph, seed, shaped)).map(({ data }) => data);
  };
  (async () => {
    const graph = await buildModel('squeezenet1-1', { resolution: 32 });
    const arms = ['one', 'other'].map((name) => ({ name, graph, batch: 1 }));
    const options = { maximumRounds: 2, copies: 1, minimumSampleMs: 1, cold: false };
    postMessage({ measurement: await runBenchmark(session, arms, options, { reference }) });
  })().catch((error) => postMessage({ error: error.stack }));
`;

/** An expression of the page: what the worker posts first. */
const inWorker = (source: string): string => `new Promise((resolve) => {
  const worker = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(source)}], { type: 'text/javascript' })));
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => resolve({ error: message });
})`;

it('harness, lowering and reference time a model in a worker of a browser', async () => {
  const { outputFiles, warnings } = await build({
    stdin: { contents: WORKER, resolveDir: fileURLToPath(new URL('../..', import.meta.url)) },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  expect(warnings).toEqual([]);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const found = (await page.evaluate(inWorker(outputFiles[0]?.text as string))) as {
      measurement?: Measurement;
      error?: string;
    };
    expect(found.error).toBeUndefined();
    for (const arm of found.measurement?.arms ?? []) {
      expect([arm.status, arm.message]).toEqual(['ok', undefined]);
      expect(arm.wall?.hot.medianMs).toBeGreaterThan(0);
    }
    expect(found.measurement?.arms).toHaveLength(2);
  } finally {
    await browser.close();
  }
});
