import type { Graph } from '../../ir/graph.js';
import { elementCount } from '../../ir/tensor.js';
import type { ByteSource, ImportWithContents } from '../define-importer.js';
import type { Tensor } from '../tensorflow/tensor.js';
import { type ManifestWeight, type WeightGroup, WeightReader } from './manifest.js';

/** An imported graph-model with the way to its weights. */
export async function withContents(
  graph: Graph,
  stored: ReadonlyMap<string, Tensor>,
  weights: readonly ManifestWeight[],
  source: ByteSource,
): Promise<ImportWithContents> {
  const reader = new WeightReader(source);
  const listed = new Map(weights.map((weight) => [weight.name, weight]));
  const origins = new Map<number, { readonly tensor: Tensor; readonly order: readonly number[] | undefined }>();
  for (const tensor of stored.values()) {
    if (tensor.placed !== undefined) origins.set(tensor.placed.id, { tensor, order: tensor.placed.order });
  }
  const absent = await absentGroups(reader, weights);
  return {
    graph,
    missing: weights.filter(({ group }) => absent.has(group)).map(({ name }) => name),
    ...(absent.size > 0 && { missingFile: [...absent.values()][0] as string }),
    async contents(id) {
      const origin = origins.get(id);
      if (origin === undefined) return graph.values[id]?.data;
      const { tensor, order } = origin;
      const weight = listed.get(tensor.name);
      const data = weight === undefined ? undefined : await reader.read(weight);
      if (data === undefined) return tensor.data;
      return order === undefined ? data : reordered(data, tensor.shape, order);
    },
  };
}

/** Groups whose files are not all there, each with the first that is missing. */
async function absentGroups(
  reader: WeightReader,
  weights: readonly ManifestWeight[],
): Promise<ReadonlyMap<WeightGroup, string>> {
  const groups = new Map<WeightGroup, ManifestWeight[]>();
  for (const weight of weights) groups.set(weight.group, [...(groups.get(weight.group) ?? []), weight]);
  const absent = new Map<WeightGroup, string>();
  for (const [group, members] of groups) {
    const file = await reader.missingFile(group, members);
    if (file !== undefined) absent.set(group, file);
  }
  return absent;
}

/** Row-major elements with their axes in another order. */
function reordered(data: Float64Array, shape: readonly number[], order: readonly number[]): Float64Array {
  const steps = order.map((axis) => elementCount(shape.slice(axis + 1)));
  const sizes = order.map((axis) => shape[axis] as number);
  const index = sizes.map(() => 0);
  const result = new Float64Array(data.length);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from] as number;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      from += steps[axis] as number;
      if ((index[axis] as number) < (sizes[axis] as number)) break;
      from -= (sizes[axis] as number) * (steps[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
}
