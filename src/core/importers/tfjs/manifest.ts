import { ArchmeterError } from '../../errors.js';
import { fromFloat16Bits } from '../../ir/float16.js';
import { byteCount, type DType, elementCount, type Shape } from '../../ir/tensor.js';
import type { ByteSource } from '../define-importer.js';
import { dtypeOf, isList, isObject, type Json } from '../keras/config.js';

/** One weight of the manifest and where it lies. */
export interface ManifestWeight {
  readonly name: string;
  readonly shape: Shape;
  /** As the model computes with it. */
  readonly dtype: DType;
  /** As it is stored, where that is narrower. */
  readonly stored: DType | undefined;
  readonly scale: number;
  readonly minimum: number;
  readonly group: WeightGroup;
  /** Byte in its group; undefined behind texts, whose lengths are in the file alone. */
  readonly offset: number | undefined;
}

export interface WeightGroup {
  readonly paths: readonly string[];
}

const MAX_SIZE = 2 ** 40;

/** Reads `weightsManifest`: names, shapes and dtypes of all weights. No shard is opened. */
export function manifestOf(json: Json | undefined, file: string): ManifestWeight[] {
  if (json === undefined || json === null) return [];
  const wrong = (what: string) => new ArchmeterError(`its weights manifest is damaged: ${what}`, undefined, { file });
  if (!isList(json)) throw wrong('it is no list');
  return json.flatMap((entry, index) => {
    if (!isObject(entry) || !isList(entry.weights)) throw wrong(`group ${index} has no weights`);
    const paths = isList(entry.paths) ? entry.paths.filter((path) => typeof path === 'string') : [];
    const group = { paths };
    let offset: number | undefined = 0;
    return entry.weights.map((weight, i): ManifestWeight => {
      if (!isObject(weight) || typeof weight.name !== 'string')
        throw wrong(`weight ${i} of group ${index} has no name`);
      const { shape, dtype: stated } = weight;
      const isShape =
        isList(shape) &&
        shape.every((size) => Number.isSafeInteger(size) && (size as number) >= 0 && (size as number) <= MAX_SIZE);
      if (!isShape) throw wrong(`weight '${weight.name}' has no shape`);
      const dtype = typeof stated === 'string' ? dtypeOf(stated) : undefined;
      if (dtype === undefined)
        throw wrong(
          `weight '${weight.name}' has ${stated === undefined ? 'no dtype' : `the unknown dtype ${JSON.stringify(stated)}`}`,
        );
      const { quantization } = weight;
      const narrow =
        isObject(quantization) && typeof quantization.dtype === 'string' ? dtypeOf(quantization.dtype) : undefined;
      const number = (value: Json | undefined, fallback: number) => (typeof value === 'number' ? value : fallback);
      const at: number | undefined = offset;
      if (dtype === 'string') offset = undefined;
      else if (offset !== undefined) offset += byteCount(elementCount(shape as number[]), narrow ?? dtype);
      return {
        name: weight.name,
        shape: shape as number[],
        dtype,
        stored: narrow,
        scale: isObject(quantization) ? number(quantization.scale, 1) : 1,
        minimum: isObject(quantization) ? number(quantization.min, 0) : 0,
        group,
        offset: at,
      };
    });
  });
}

/** Reads single weights out of the shards, which are opened when they are needed. */
export class WeightReader {
  private readonly shards = new Map<WeightGroup, Promise<readonly (ByteSource | undefined)[]>>();

  constructor(private readonly model: ByteSource) {}

  /** The elements; undefined where a shard is missing. */
  async read(weight: ManifestWeight): Promise<Float64Array | undefined> {
    if (weight.offset === undefined || weight.dtype === 'string') return undefined;
    const type = weight.stored ?? weight.dtype;
    const count = elementCount(weight.shape);
    const bytes = await this.bytes(weight.group, weight.offset, byteCount(count, type));
    if (bytes === undefined) return undefined;
    const read = numberReader(type);
    if (read === undefined) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const width = byteCount(1, type);
    const scaled = weight.stored !== undefined && weight.stored !== 'float16';
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const value = read(view, i * width);
      values[i] = scaled ? value * weight.scale + weight.minimum : value;
    }
    return values;
  }

  /** The first file of a group that is not beside the model, or is shorter than the group's weights need. */
  async missingFile(group: WeightGroup, weights: readonly ManifestWeight[]): Promise<string | undefined> {
    const shards = await this.open(group);
    const absent = shards.indexOf(undefined);
    if (absent >= 0 || shards.length === 0) return group.paths[absent] ?? 'any file of weights';
    const held = shards.reduce((sum, shard) => sum + (shard as ByteSource).size, 0);
    const needed = Math.max(
      ...weights.map(({ offset, shape, dtype, stored }) =>
        offset === undefined || dtype === 'string' ? 0 : offset + byteCount(elementCount(shape), stored ?? dtype),
      ),
    );
    return held < needed ? group.paths.at(-1) : undefined;
  }

  private async bytes(group: WeightGroup, offset: number, length: number): Promise<Uint8Array | undefined> {
    const bytes = new Uint8Array(length);
    let start = 0;
    let filled = 0;
    for (const shard of await this.open(group)) {
      if (shard === undefined) return undefined;
      const from = Math.max(offset + filled - start, 0);
      const take = Math.min(shard.size - from, length - filled);
      if (take > 0) {
        bytes.set(await shard.read(from, take), filled);
        filled += take;
      }
      if (filled === length) return bytes;
      start += shard.size;
    }
    return undefined;
  }

  private open(group: WeightGroup): Promise<readonly (ByteSource | undefined)[]> {
    let shards = this.shards.get(group);
    if (shards === undefined) {
      shards = Promise.all(group.paths.map((path) => this.model.sibling(path)));
      this.shards.set(group, shards);
    }
    return shards;
  }
}

function numberReader(dtype: DType): ((view: DataView, at: number) => number) | undefined {
  switch (dtype) {
    case 'float32':
      return (view, at) => view.getFloat32(at, true);
    case 'float16':
      return (view, at) => fromFloat16Bits(view.getUint16(at, true));
    case 'int32':
      return (view, at) => view.getInt32(at, true);
    case 'uint8':
    case 'bool':
      return (view, at) => view.getUint8(at);
    case 'int8':
      return (view, at) => view.getInt8(at);
    case 'uint16':
      return (view, at) => view.getUint16(at, true);
    case 'int16':
      return (view, at) => view.getInt16(at, true);
    default:
      return undefined;
  }
}
