import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RuntimeSession } from '../../../src/bench/define-runtime.js';
import runtime from '../../../src/bench/runtimes/tfjs-wasm.js';
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
