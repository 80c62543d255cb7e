import type { GraphBuilder } from '../graph/builder.js';
import type { Value } from '../ir/graph.js';
import type { AttributesSchema } from '../ops/define-op.js';
import { registry } from '../zoo/blocks/registry.js';

/** A zoo block as spec files use it. */
export interface SpecBlock {
  readonly name: string;
  readonly title: string;
  readonly options: AttributesSchema;
  apply(builder: GraphBuilder, input: Value, options: Record<string, unknown>): Value;
}

/** Every zoo block by name. */
export async function loadBlocks(): Promise<ReadonlyMap<string, SpecBlock>> {
  const modules = await Promise.all(
    Object.values(registry as Record<string, () => Promise<unknown>>).map((load) => load()),
  );
  return new Map(
    modules.map((module) => (module as { default: SpecBlock }).default).map((block) => [block.name, block]),
  );
}
