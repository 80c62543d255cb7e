import type { RuntimeSession } from '../../../src/bench/define-runtime.js';
import type { LayerTiming } from '../../../src/core/measurement.js';
import { loadModel } from '../../../src/node/load-model.js';

/** Layer times of an ONNX file that is run as it is, and the share of them that belongs to layers. */
export async function joinedShare(
  session: RuntimeSession,
  path: string,
): Promise<{ readonly share: number; readonly timings: readonly LayerTiming[] }> {
  const graph = await loadModel(path);
  const opening = await session.openFile?.({ path, format: 'onnx' }, graph, 1);
  if (opening === undefined || opening.declined !== undefined) throw new Error('the runtime does not take the file');
  const timings = (await opening.executable.timeLayers?.()) ?? [];
  await opening.executable.dispose();
  const sum = (list: readonly LayerTiming[]) => list.reduce((total, { latencyMs }) => total + latencyMs, 0);
  return { share: sum(timings.filter(({ unjoined }) => unjoined !== true)) / sum(timings), timings };
}
