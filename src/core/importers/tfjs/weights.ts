import type { Graph } from '../../ir/graph.js';
import { reordered } from '../../ir/reorder.js';
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
