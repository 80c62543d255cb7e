import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RuntimeSession } from '../../../src/bench/define-runtime.js';
import runtime from '../../../src/bench/runtimes/tfjs-wasm.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import { disagreement } from '../agreement.js';
import { denseBlock, osaBlock, residualBlocks, smallClassifier } from '../models.js';

/** float32 sums of up to some thousand products: relative to the largest output. */
const TOLERANCE = 1e-4;

describe('tfjs-wasm', () => {
  let session: RuntimeSession;
  beforeAll(async () => {
    session = await runtime.open({ dtype: 'float32', allowSoftware: false });
  });
  afterAll(() => session.close());

  it.each([
    osaBlock(14, 64, 32),
    denseBlock(14, 32, 16, 4),
    residualBlocks(14, 64, 16, 4),
    smallClassifier(),
    smallClassifier(32, 3),
  ])('computes $name as the reference does', async (graph) => {
    expect(await disagreement(session, graph)).toBeLessThan(TOLERANCE);
  });
});

it('leaves uncaught errors of the process to others', async () => {
  const count = () => process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
  const before = count();
  const session = await runtime.open({ dtype: 'float32', allowSoftware: false });
  expect(count()).toBe(before);
  await session.close();
});

it('goes on after another session has started', async () => {
  const graph = osaBlock(7, 16, 8, 2);
  const first = await runtime.open({ dtype: 'float32', allowSoftware: false });
  const executable = await first.prepare(graph, 1);
  const second = await runtime.open({ dtype: 'float32', allowSoftware: false });
  expect(await disagreement(second, graph)).toBeLessThan(TOLERANCE);
  expect((await executable.time(1)).wallMs).toBeGreaterThan(0);
  expect(await disagreement(first, graph)).toBeLessThan(TOLERANCE);
});

it('has a memory of its own for each copy, and gives the last one up', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const memory = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.buffer;
  const graph = osaBlock(7, 16, 8, 2);
  const session = await runtime.open({ dtype: 'float32', allowSoftware: false });
  expect(session.runtime.details['copies']).toBe('each in a new WebAssembly instance');
  const seen: WeakRef<ArrayBufferLike>[] = [];
  for (let copy = 0; copy < 4; copy++) {
    await session.renew?.();
    expect(seen.some((earlier) => earlier.deref() === memory())).toBe(false);
    seen.push(new WeakRef(memory()));
    const executable = await session.prepare(graph, 1);
    await executable.time(2);
    await executable.dispose();
  }
  // Held until the turn of events is over.
  await new Promise((resolve) => setTimeout(resolve, 10));
  collect();
  expect(seen.filter((earlier) => earlier.deref() !== undefined).length).toBeLessThanOrEqual(2);
  await session.close();
});

describe('tfjs-wasm beyond its memory', () => {
  it('says so, and goes on with the next graph', async () => {
    const session = await runtime.open({ dtype: 'float32', allowSoftware: false });
    const small = osaBlock(7, 16, 8, 2);
    const before = await session.prepare(small, 1);
    const b = new GraphBuilder('huge');
    const wide = b.add('expand', [b.input('x', [1, 1])], { shape: [40_000, 27_000] });
    const huge = await session.prepare(b.finish([b.add('reduceMax', [wide])]), 1);
    await expect(huge.time(1)).rejects.toThrow(
      'tfjs-wasm ran out of memory: WebAssembly holds 4 GiB at most. ' +
        'Use a smaller batch, resolution or model, or the onnxruntime runtime.',
    );
    await huge.dispose();
    expect(await disagreement(session, small)).toBeLessThan(TOLERANCE);
    expect((await before.time(1)).wallMs).toBeGreaterThan(0);
    await before.dispose();
    await session.close();
  });
});
