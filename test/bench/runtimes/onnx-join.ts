import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { RuntimeSession } from '../../../src/bench/define-runtime.js';
import { ProtobufReader } from '../../../src/core/importers/onnx/protobuf/decode.js';
import { MODEL, type ModelProto } from '../../../src/core/importers/onnx/protobuf/messages.js';
import { memorySource } from '../../../src/core/importers/shared/bytes.js';
import { elementCount } from '../../../src/core/ir/tensor.js';
import type { LayerTiming } from '../../../src/core/measurement.js';
import { loadModel } from '../../../src/node/load-model.js';
import { reference } from '../../reference.js';

export interface Joined {
  /** Of the time of kernels, what belongs to layers, conversions that serve them included. */
  readonly share: number;
  /** Of the time of kernels, conversions that serve layers. */
  readonly conversions: number;
  readonly timings: readonly LayerTiming[];
}

/** Layer times of an ONNX file that is run as it is, and the share of them that belongs to layers. */
export async function joinedShare(session: RuntimeSession, path: string): Promise<Joined> {
  const graph = await loadModel(path);
  const opening = await session.openFile?.({ path, format: 'onnx' }, graph, 1);
  if (opening === undefined || opening.declined !== undefined) throw new Error('the runtime does not take the file');
  const timings = (await opening.executable.timeLayers?.()) ?? [];
  await opening.executable.dispose();
  const sum = (of: (timing: LayerTiming) => number) => timings.reduce((total, timing) => total + of(timing), 0);
  const all = sum(({ latencyMs }) => latencyMs);
  return {
    share: sum(({ latencyMs, unjoined }) => (unjoined === true ? 0 : latencyMs)) / all,
    conversions: sum(({ conversionMs = 0 }) => conversionMs) / all,
    timings,
  };
}

/** A model of `fixtures/reference` as a file that runs: its weights, which were left out, are zeros. */
export async function joinedReference(session: RuntimeSession, path: string): Promise<Joined> {
  const folder = mkdtempSync(join(tmpdir(), 'archmeter-join-'));
  try {
    const bytes = reference.bytes(path);
    const file = join(folder, basename(path));
    writeFileSync(file, bytes);
    const model: ModelProto = await new ProtobufReader(memorySource(path, bytes)).file(MODEL);
    const sizes = new Map<string, number>();
    for (const { externalData = [], dims } of model.graph?.initializers ?? []) {
      // Where no length is stated, that of the widest type does.
      const {
        location,
        offset = 0,
        length = 8 * elementCount(dims),
      } = Object.fromEntries(externalData.map(({ key, value }) => [key, value]));
      if (location === undefined) continue;
      sizes.set(location, Math.max(sizes.get(location) ?? 0, Number(offset) + Number(length)));
    }
    for (const [location, size] of sizes) {
      writeFileSync(join(folder, location), '');
      truncateSync(join(folder, location), size);
    }
    return await joinedShare(session, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
