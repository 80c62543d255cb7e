import { describe, expect, it } from 'vitest';
import { loadRuntime } from '../../../src/bench/runtimes/index.js';
import { disagreement } from '../agreement.js';
import { matchedBlocks, NETWORKS, network } from '../zoo-cases.js';

/** float32 sums through some hundred layers, relative to the largest output. */
const TOLERANCE = 1e-4;

describe.each(['tfjs-wasm', 'onnxruntime'])('%s on the processor', (name) => {
  it('computes the five matched blocks as the reference does', async () => {
    const session = await (await loadRuntime(name)).open({ dtype: 'float32', allowSoftware: false });
    const blocks = await matchedBlocks(7);
    expect(blocks).toHaveLength(5);
    for (const block of blocks) expect(await disagreement(session, block), block.name).toBeLessThan(TOLERANCE);
    await session.close();
  });

  it.each(NETWORKS)('computes %s as the reference does', async (model) => {
    const session = await (await loadRuntime(name)).open({ dtype: 'float32', allowSoftware: false });
    expect(await disagreement(session, await network(model, 64))).toBeLessThan(TOLERANCE);
    await session.close();
  });
});
