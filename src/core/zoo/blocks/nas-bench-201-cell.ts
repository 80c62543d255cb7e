import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { NAS_BENCH_201 } from '../facts/papers.js';
import { add, batchNorm, channelsOf, conv } from '../parts/layers.js';

const OPERATION = { enum: ['none', 'skip', 'conv1x1', 'conv3x3', 'avgPool3x3'] } as const;

const edge = (from: string, to: string) =>
  ({ ...OPERATION, description: `Operation from node ${from} to node ${to}.` }) as const;

const options = {
  type: 'object',
  properties: {
    edge10: edge('0', '1'),
    edge20: edge('0', '2'),
    edge21: edge('1', '2'),
    edge30: edge('0', '3'),
    edge31: edge('1', '3'),
    edge32: edge('2', '3'),
  },
  required: ['edge10', 'edge20', 'edge21', 'edge30', 'edge31', 'edge32'],
  additionalProperties: false,
} as const;

type Options = FromSchema<typeof options>;
type Operation = Options['edge10'];

/**
 * A cell of four nodes, the input being node 0 and the result node 3; each node is the sum of an operation on every
 * earlier one (section 2.1). Of five operations on six edges there are 15,625 cells.
 */
export default defineBlock<Options>({
  name: 'nas-bench-201-cell',
  title: 'NAS-Bench-201 cell',
  summary: 'Four nodes, each the sum of an operation (none, skip, 1x1, 3x3, average pooling) on every earlier one.',
  paper: NAS_BENCH_201,
  options,
  apply(builder, input, o) {
    const node = (to: number, sources: readonly (readonly [Operation, Value])[]): Value => {
      const terms = sources.flatMap(([operation, value], from) =>
        builder.scope(`edges.${to}<-${from}`, () => {
          const result = apply(builder, operation, value);
          return result === undefined ? [] : [result];
        }),
      );
      if (terms.length === 0) return nothing(builder, input);
      return terms.reduce((sum, term) => add(builder, sum, term));
    };
    const one = node(1, [[o.edge10, input]]);
    const two = node(2, [
      [o.edge20, input],
      [o.edge21, one],
    ]);
    return node(3, [
      [o.edge30, input],
      [o.edge31, one],
      [o.edge32, two],
    ]);
  },
});

function apply(builder: GraphBuilder, operation: Operation, input: Value): Value | undefined {
  if (operation === 'none') return undefined;
  if (operation === 'skip') return input;
  if (operation === 'avgPool3x3') {
    return builder.add(
      'avgPool',
      [input],
      { kernel: 3, stride: 1, padding: 1, countIncludePad: false },
      { name: 'op' },
    );
  }
  const x = builder.add('relu', [input], {}, { name: 'op.0' });
  return batchNorm(builder, conv(builder, x, 'op.1', channelsOf(input), operation === 'conv1x1' ? 1 : 3), 'op.2');
}

/** A node that no operation reaches: zeros, as the reference computes them (`x.mul(0.)`). */
function nothing(builder: GraphBuilder, input: Value): Value {
  return builder.add('mul', [input, builder.stored('zero', 'constant', [1], input.dtype)], {}, { name: 'none' });
}
