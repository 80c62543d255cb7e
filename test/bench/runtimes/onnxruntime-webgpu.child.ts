import runtime from '../../../src/bench/runtimes/onnxruntime.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import { disagreement } from '../agreement.js';
import { osaBlock, smallClassifier } from '../models.js';
import { disagreements } from './child-report.js';

/** What onnxruntime does on WebGPU with tensors that stay on the device, as JSON. */
async function report() {
  const session = await runtime.open({ dtype: 'float32', allowSoftware: true, device: 'webgpu' });
  const block = osaBlock(14, 16, 8, 3);
  const models = await disagreements(session, [block, smallClassifier(16)]);
  const executable = await session.prepare(block, 1);
  const timing = await executable.time(2);
  const inputs = [new Float32Array(16 * 14 * 14).fill(0.5)];
  const [first, second] = [await executable.run(inputs), await executable.run(inputs)];
  await executable.dispose();
  // An integer output cannot stay there: it is copied to the host as before.
  const b = new GraphBuilder('argmax');
  const integer = b.finish([b.add('argMax', [b.input('x', [2, 40])], { axis: 1 })]);
  return {
    details: session.runtime.details,
    models,
    integer: await disagreement(session, integer),
    timing,
    same: first.every((array, i) => array.every((value, k) => value === second[i]?.[k])),
  };
}

report().then(
  (result) => {
    process.stdout.write(JSON.stringify(result), () => process.exit(0));
  },
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`, () => process.exit(1));
  },
);
