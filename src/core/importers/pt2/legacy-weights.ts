import { ArchmeterError } from '../../errors.js';
import type { DType } from '../../ir/tensor.js';
import { ZipArchive } from '../shared/zip.js';
import { type Pickled, PickledCall, PickledName, readPickle } from './pickle.js';
import type { TensorMeta } from './program.js';
import type { StoredWeight } from './weights-config.js';

/** Pickled descriptions of tensors; a model of a hundred thousand tensors has 20 MB. */
const LIMITS = { bytes: 2 ** 26, ratio: 250 };

/**
 * The state dict of archives by torch 2.7 and before: a torch.save file inside the archive. Only its list of tensors is
 * read. Undefined where that cannot be done: it would add parameters that the program never uses, nothing else.
 */
export async function readLegacyWeights(zip: ZipArchive): Promise<Map<string, StoredWeight> | undefined> {
  const weights = new Map<string, StoredWeight>();
  const entry = zip.entries.find(({ name }) => /(^|\/)serialized_state_dict\.(pt|json)$/.test(name));
  try {
    const file = entry === undefined ? undefined : await zip.window(entry);
    if (file === undefined) return undefined;
    const inner = await ZipArchive.open(file);
    const list = inner.entries.find(({ name }) => /(^|\/)data\.pkl$/.test(name));
    const state = list === undefined ? null : readPickle(await inner.read(list, LIMITS));
    if (!(state instanceof Map)) return undefined;
    // One object under two names is a tensor that is shared, where no storage says so (on the meta device).
    const objects = new Map<Pickled, string>();
    for (const [name, value] of state as ReadonlyMap<Pickled, Pickled>) {
      const weight = weightOf(value);
      if (typeof name !== 'string' || weight === undefined) continue;
      if (!objects.has(value)) objects.set(value, `object ${objects.size}`);
      weights.set(name, { ...weight, storage: weight.storage ?? objects.get(value) });
    }
    return weights;
  } catch (error) {
    if (error instanceof ArchmeterError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function weightOf(value: Pickled): StoredWeight | undefined {
  if (!(value instanceof PickledCall)) return undefined;
  const [first] = value.operands;
  if (value.name.includes('_rebuild_parameter')) {
    const tensor = first === undefined ? undefined : weightOf(first);
    return tensor === undefined ? undefined : { ...tensor, isParameter: true };
  }
  if (value.name.endsWith('_rebuild_tensor_v2')) {
    const [storage, offset, sizes] = value.operands;
    const meta = metaOf(sizes, Array.isArray(storage) ? storage[1] : undefined);
    const key = Array.isArray(storage) ? storage[2] : undefined;
    if (meta === undefined) return undefined;
    const known = typeof key === 'string' && typeof offset === 'number';
    return { isParameter: false, meta, storage: known ? `${key} ${offset} ${meta.sizes.join('x')}` : undefined };
  }
  if (value.name.includes('_rebuild_meta_tensor')) {
    const [dtype, sizes] = value.operands;
    const meta = metaOf(sizes, dtype);
    return meta === undefined ? undefined : { isParameter: false, meta, storage: undefined };
  }
  return undefined;
}

const STORAGES: Readonly<Record<string, DType>> = {
  'torch DoubleStorage': 'float64',
  'torch float64': 'float64',
  'torch HalfStorage': 'float16',
  'torch float16': 'float16',
  'torch BFloat16Storage': 'bfloat16',
  'torch bfloat16': 'bfloat16',
  'torch LongStorage': 'int64',
  'torch int64': 'int64',
  'torch IntStorage': 'int32',
  'torch int32': 'int32',
  'torch BoolStorage': 'bool',
  'torch bool': 'bool',
};

function metaOf(sizes: Pickled | undefined, type: Pickled | undefined): TensorMeta | undefined {
  if (!Array.isArray(sizes) || !sizes.every((size) => typeof size === 'number')) return undefined;
  const dtype = type instanceof PickledName ? (STORAGES[type.name] ?? 'float32') : 'float32';
  return { dtype, sizes };
}
