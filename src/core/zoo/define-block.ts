import { ArchmeterError } from '../errors.js';
import type { GraphBuilder } from '../graph/builder.js';
import type { Value } from '../ir/graph.js';
import { formatShape } from '../ir/tensor.js';
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
  /** Ranks of input that the block takes; default 4, [N, C, H, W], alone. The result has the rank of the input. */
  readonly ranks?: readonly number[];
  apply(builder: GraphBuilder, input: Value, options: O): Value;
}

/** Any block, whatever its options: what the registry holds. */
// biome-ignore lint/suspicious/noExplicitAny: options are checked by each block's own schema, not by the registry's type
export type AnyBlock = BlockDefinition<any>;

/** Gives a block file its types; the block is registered by the file being in `zoo/blocks`. */
export function defineBlock<O>(definition: BlockDefinition<O>): BlockDefinition<O> {
  const { name, ranks = [4] } = definition;
  return {
    ...definition,
    apply(builder, input, options) {
      if (!ranks.includes(input.shape.length)) {
        throw new ArchmeterError(
          `block '${name}' takes an input of rank ${ranks.join(' or ')}, not shape ${formatShape(input.shape)}`,
          'Images are batch x channels x height x width.',
        );
      }
      return definition.apply(builder, input, options);
    },
  };
}
