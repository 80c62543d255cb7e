import { DTYPE_BITS, elementCount } from '../../ir/tensor.js';
import type { ZipArchive } from '../shared/zip.js';
import { decodeMeta } from './decode.js';
import { record } from './json.js';
import type { TensorMeta } from './program.js';

/** A tensor of the state dict, known without its contents. */
export interface StoredWeight {
  readonly isParameter: boolean;
  readonly meta: TensorMeta;
  /** Tensors with the same key are one in memory; undefined where the archive does not tell. */
  readonly storage: string | undefined;
}

/** `data/weights/<model>_weights_config.json`: name, shape and file of each tensor. */
export function readWeightsConfig(json: unknown, zip: ZipArchive, root: string): Map<string, StoredWeight> {
  const sizes = new Map(zip.entries.map(({ name, size }) => [name, size]));
  const weights = new Map<string, StoredWeight>();
  for (const [name, entry] of Object.entries(record(record(json, 'the weights config').config, 'config'))) {
    const payload = record(entry, `the entry of '${name}'`);
    // A custom object has none.
    if (payload.tensor_meta === null || payload.tensor_meta === undefined) continue;
    const meta = decodeMeta(name, payload.tensor_meta);
    const path = typeof payload.path_name === 'string' ? payload.path_name : undefined;
    weights.set(name, {
      isParameter: payload.is_param === true,
      meta,
      storage:
        path === undefined
          ? undefined
          : storageOf(path, meta, payload.tensor_meta, sizes.get(`${root}data/weights/${path}`)),
    });
  }
  return weights;
}

/**
 * Tensors in one file with the same shape and strides are the same tensor, unless the file is larger than that: then
 * they are parts of a buffer whose offsets the archive may not tell. A smaller file holds no tensor at all: on the meta
 * device, all that have one type share an empty file.
 */
function storageOf(path: string, meta: TensorMeta, json: unknown, bytes: number | undefined): string | undefined {
  const shape = meta.sizes.filter((size) => typeof size === 'number');
  const whole = Math.ceil((elementCount(shape) * DTYPE_BITS[meta.dtype]) / 8);
  if (bytes !== undefined && bytes !== whole) return undefined;
  const { strides, storage_offset: offset, device } = record(json, 'tensor_meta');
  if (device !== undefined && device !== null && record(device, 'device').type === 'meta') return undefined;
  return `${path} ${meta.dtype} ${shape.join('x')} ${JSON.stringify(strides)} ${JSON.stringify(offset)}`;
}
