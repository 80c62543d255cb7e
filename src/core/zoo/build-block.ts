import { ArchmeterError } from '../errors.js';
import { GraphBuilder } from '../graph/builder.js';
import type { Graph, Value } from '../ir/graph.js';
import type { DType, Shape } from '../ir/tensor.js';
import { registry } from './blocks/registry.js';
import type { AnyBlock } from './define-block.js';
import { checkOptions } from './options.js';
import { nearest, plainName } from './suggest.js';

/** One step of a stack: a block, applied `repeat` times one after the other. */
export interface BlockStep {
  readonly block: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Default 1. */
  readonly repeat?: number;
}

/** Every block of the zoo. */
export function listBlocks(): Promise<AnyBlock[]> {
  return Promise.all(Object.values(registry).map(async (load) => (await load()).default as AnyBlock));
}

/** The block of that name; throws ArchmeterError with the nearest names where there is none. */
export async function findBlock(name: string): Promise<AnyBlock> {
  const names = Object.keys(registry) as (keyof typeof registry)[];
  const key = names.find((candidate) => plainName(candidate) === plainName(name));
  if (key !== undefined) return (await registry[key]()).default as AnyBlock;
  const near = nearest(name, names);
  throw new ArchmeterError(
    `no block is named '${name}'`,
    near.length === 0 ? `Blocks: ${names.join(', ')}.` : `Did you mean ${near.join(', ')}?`,
  );
}

/** A graph that holds one block alone. `inputShape` is [N, C, H, W]. */
export function buildBlock(
  name: string,
  options: Readonly<Record<string, unknown>>,
  inputShape: Shape,
  dtype?: DType,
): Promise<Graph> {
  return buildBlocks(name, [{ block: name, options }], inputShape, dtype);
}

/** A graph of blocks one after the other. Their scopes are `0`, `1`, … where there is more than one. */
export async function buildBlocks(
  title: string,
  steps: readonly BlockStep[],
  inputShape: Shape,
  dtype?: DType,
): Promise<Graph> {
  const stack: { block: AnyBlock; options: object }[] = [];
  for (const { block: name, options, repeat } of steps) {
    const block = await findBlock(name);
    checkOptions(`block '${block.name}'`, block.options, options);
    for (let i = 0; i < (repeat ?? 1); i++) stack.push({ block, options });
  }
  const builder = new GraphBuilder(title, dtype);
  let x: Value = builder.input('input', inputShape);
  stack.forEach(({ block, options }, i) => {
    const apply = () => block.apply(builder, x, options);
    x = stack.length === 1 ? apply() : builder.scope(String(i), apply);
  });
  return builder.finish([x], { format: 'zoo' });
}
