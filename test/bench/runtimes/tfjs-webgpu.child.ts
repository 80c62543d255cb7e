import runtime from '../../../src/bench/runtimes/tfjs-webgpu.js';
import { type Adapter, findAdapters } from '../../../src/bench/runtimes/webgpu/adapters.js';
import { openDevice } from '../../../src/bench/runtimes/webgpu/device.js';
import { disagreement } from '../agreement.js';
import { denseBlock, osaBlock, residualBlocks, smallClassifier } from '../models.js';

/** What tfjs-webgpu does on the device that Vulkan finds, as JSON. */
async function report() {
  const probe = await runtime.probe();
  const refusal = await runtime.open({ dtype: 'float32', allowSoftware: false }).then(
    () => 'opened',
    (error: Error) => error.message,
  );
  const session = await runtime.open({ dtype: 'float32', allowSoftware: true });
  const disagreements: Record<string, number> = {};
  for (const graph of [
    osaBlock(7, 16, 8, 3),
    denseBlock(7, 16, 8, 2),
    residualBlocks(7, 16, 8, 2),
    smallClassifier(16),
  ]) {
    disagreements[graph.name] = await disagreement(session, graph);
  }
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
  return { probe, refusal, device, hasDeviceClock, disagreements, timing, layers, tooLarge, lost };
}

console.log(JSON.stringify(await report()));
