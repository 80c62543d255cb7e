import type { GraphBuilder } from '../graph/builder.js';
import type { Value } from '../ir/graph.js';
import type { OptionsSchema } from './options.js';

/** A publication that an architecture comes from. */
export interface Paper {
  readonly title: string;
  readonly url: string;
  readonly year: number;
}

/** What a block of a given width looks like between given channel counts: how the solver in `match.ts` sizes it. */
export interface BlockSizing<O> {
  /** What `width` is in this block, e.g. `growth rate`. */
  readonly width: string;
  options(inChannels: number, outChannels: number, width: number): O;
}

/**
 * A building block: a piece of network from one value to another, usable in spec files, in families and in
 * `archmeter blocks`. Layers are named as in the reference implementation, below the builder's current scope.
 */
export interface BlockDefinition<O = Record<string, unknown>> {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly paper: Paper;
  readonly options: OptionsSchema;
  /** Left out where the block has no free width. */
  readonly sizing?: BlockSizing<O>;
  /** Adds the block. `input` is [N, C, H, W]; so is the result. */
  apply(builder: GraphBuilder, input: Value, options: O): Value;
}

/** Any block, whatever its options: what the registry holds. */
// biome-ignore lint/suspicious/noExplicitAny: options are checked by each block's own schema, not by the registry's type
export type AnyBlock = BlockDefinition<any>;

/** Gives a block file its types; the block is registered by the file being in `zoo/blocks`. */
export function defineBlock<O>(definition: BlockDefinition<O>): BlockDefinition<O> {
  return definition;
}
