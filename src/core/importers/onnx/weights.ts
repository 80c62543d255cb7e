import { permuted } from '../../evaluate/tensor.js';
import type { Graph } from '../../ir/graph.js';
import { byteCount, elementCount, type Shape } from '../../ir/tensor.js';
import type { ByteSource, ImportWithContents } from '../define-importer.js';
import { readContents } from './contents.js';
import type { Origin } from './emitter.js';
import { externalFile, isExternal, type StoredTensor } from './stored-tensor.js';
import type { StoredView } from './tensor.js';

/** An imported graph with the way to its weights. */
export async function withContents(
  graph: Graph,
  origins: ReadonlyMap<number, Origin>,
  source: ByteSource,
): Promise<ImportWithContents> {
  const missing: string[] = [];
  for (const [id, { stored }] of origins) {
    if (graph.values[id] === undefined || stored === undefined) continue;
    if (!(await isThere(stored.tensor, source))) missing.push(stored.tensor.name);
  }
  return {
    graph,
    missing,
    async contents(id) {
      const { data, stored } = origins.get(id) ?? {};
      if (stored === undefined) return data ?? graph.values[id]?.data;
      return viewed(stored, graph.values[id]?.shape ?? [], source);
    },
  };
}

async function isThere(tensor: StoredTensor, source: ByteSource): Promise<boolean> {
  const { proto, shape, dtype } = tensor;
  if (proto === undefined || elementCount(shape) === 0 || dtype === 'string') return true;
  if (isExternal(tensor)) {
    const location = externalFile(tensor);
    const file = location === undefined ? undefined : await source.sibling(location);
    const offset = Number(proto.externalData?.find(({ key }) => key === 'offset')?.value ?? 0);
    return file !== undefined && offset + byteCount(elementCount(shape), dtype) <= file.size;
  }
  const { rawData, floatData, int32Data, int64Data, doubleData, uint64Data } = proto;
  return [rawData, floatData, int32Data, int64Data, doubleData, uint64Data].some((spans) =>
    spans?.some(({ start, end }) => end > start),
  );
}

/** Contents of a stored tensor with its axes in the order of the view. */
async function viewed(
  { tensor, permutation }: StoredView,
  shape: Shape,
  source: ByteSource,
): Promise<ArrayLike<number> | undefined> {
  const data = await readContents(tensor, source);
  if (data === undefined || permutation === undefined) return data;
  // The stored tensor may have been reshaped before: its axes are those of the view, put back in order.
  const before = new Array<number>(shape.length);
  permutation.forEach((axis, i) => {
    before[axis] = shape[i] as number;
  });
  return permuted({ shape: before, data: Float64Array.from(data) }, permutation).data;
}
