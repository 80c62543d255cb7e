import runtime from '../../../src/bench/runtimes/tfjs-webgpu.js';
import type { Adapter } from '../../../src/bench/runtimes/webgpu/adapter.js';
import { findAdapters } from '../../../src/bench/runtimes/webgpu/adapters.js';
import { openDevice } from '../../../src/bench/runtimes/webgpu/device.js';
import { osaBlock, smallClassifier } from '../models.js';
import { oneCaseOfEach } from '../op-cases.js';
import { matchedBlocks, NETWORKS, network } from '../zoo-cases.js';
import { disagreements, opDisagreements } from './child-report.js';

/** What tfjs-webgpu does on the device that Vulkan finds, as JSON. */
async function report() {
  const probe = await runtime.probe();
  const refusal = await runtime.open({ dtype: 'float32', allowSoftware: false }).then(
    () => 'opened',
    (error: Error) => error.message,
  );
  const session = await runtime.open({ dtype: 'float32', allowSoftware: true });
  const networks = await Promise.all(NETWORKS.map((name) => network(name, 48)));
  const graphs = [...(await matchedBlocks(2)), ...networks, smallClassifier(16)];
  const models = await disagreements(session, graphs);
  const ops = await opDisagreements(session, oneCaseOfEach());
  const block = osaBlock(14, 16, 8, 3);
  const executable = await session.prepare(block, 1);
  await executable.time(1);
  const timing = await executable.time(3);
  const layers = await executable.timeLayers?.();
  await session.flushCaches(2 ** 22);
  // A buffer larger than the device allows: an error that reaches no promise.
  const tooLarge = await session.prepare(osaBlock(20000, 1, 1, 1), 1).then(
    (large) =>
      large.time(1).then(
        () => 'ran',
        (error: Error) => error.message,
      ),
    (error: Error) => error.message,
  );
  await executable.dispose();
  await session.close();
  const broken = await openDevice((await findAdapters()).adapters[0] as Adapter);
  broken.device.destroy();
  const lost = await broken.watch(new Promise(() => {})).catch((error: Error) => error.message);
  const { device, hasDeviceClock } = session;
  return { probe, refusal, device, hasDeviceClock, models, ops, timing, layers, tooLarge, lost };
}

console.log(JSON.stringify(await report()));
