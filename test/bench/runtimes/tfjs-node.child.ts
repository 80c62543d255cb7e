import runtime from '../../../src/bench/runtimes/tfjs-node.js';
import gpuRuntime from '../../../src/bench/runtimes/tfjs-node-gpu.js';
import wasmRuntime from '../../../src/bench/runtimes/tfjs-wasm.js';
import { disagreement } from '../agreement.js';
import { smallClassifier } from '../models.js';
import { OP_CASES } from '../op-cases.js';
import { matchedBlocks, NETWORKS, network } from '../zoo-cases.js';
import { disagreements, opDisagreements } from './child-report.js';

/** What the binding that was built does, as JSON. */
async function report() {
  const probe = await runtime.probe();
  const gpu = await gpuRuntime.probe();
  const session = await runtime.open({ dtype: 'float32', allowSoftware: false, threads: 1 });
  const networks = await Promise.all(NETWORKS.map((name) => network(name, 64)));
  const models = await disagreements(session, [...(await matchedBlocks(7)), ...networks]);
  const ops = await opDisagreements(session, OP_CASES);
  await session.close();
  // Both packages work on one engine: each session makes its own backend the active one.
  const wasm = await wasmRuntime.open({ dtype: 'float32', allowSoftware: false });
  const again = await runtime.open({ dtype: 'float32', allowSoftware: false, threads: 1 });
  const inTurn = [await disagreement(wasm, smallClassifier()), await disagreement(again, smallClassifier())];
  await wasm.close();
  const other = await runtime.open({ dtype: 'float32', allowSoftware: false, threads: 2 }).then(
    () => 'opened',
    (error: Error) => error.message,
  );
  return { probe, gpu, models, ops, runtime: session.runtime, device: session.device, inTurn, other };
}

console.log(JSON.stringify(await report()));
