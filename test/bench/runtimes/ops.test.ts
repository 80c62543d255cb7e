import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RuntimeSession } from '../../../src/bench/define-runtime.js';
import onnxruntime from '../../../src/bench/runtimes/onnxruntime.js';
import tfjsWasm from '../../../src/bench/runtimes/tfjs-wasm.js';
import { disagreement } from '../agreement.js';
import { ONNX_LACKS, OP_CASES, TFJS_LACKS } from '../op-cases.js';

/** The reference, the ONNX export and the lowering to tfjs are three independent accounts of each op. */
describe.each([onnxruntime, tfjsWasm])('$name', (runtime) => {
  let session: RuntimeSession;
  beforeAll(async () => {
    session = await runtime.open({ dtype: 'float32', allowSoftware: false, threads: 1 });
  });
  afterAll(() => session.close());

  const lacks = runtime === tfjsWasm ? TFJS_LACKS : ONNX_LACKS;

  it.each(OP_CASES.filter(({ op }) => !lacks.has(op)))('computes $name as the reference does', async ({ graph }) => {
    expect(await disagreement(session, graph)).toBeLessThan(1e-5);
  });

  it.each(OP_CASES.filter(({ op }) => lacks.has(op)))('refuses $name', async ({ op, graph }) => {
    await expect(session.prepare(graph, 1)).rejects.toThrow(
      runtime === tfjsWasm
        ? `layer '${op}': op '${op}' cannot run on TensorFlow.js. ` +
            (ONNX_LACKS.has(op)
              ? 'Leave the op out of the timed graph: it cannot be written to ONNX for ONNX Runtime either.'
              : 'Try the onnxruntime runtime, or leave the op out of the timed graph.')
        : `layer '${op}': op '${op}' cannot be exported to ONNX.`,
    );
  });
});
