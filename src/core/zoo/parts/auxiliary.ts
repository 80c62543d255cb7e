import { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { elementCount } from '../../ir/tensor.js';
import type { OptionsSchema } from '../options.js';

/** Option of families with auxiliary classifiers, which run in training only. */
export const AUXILIARY_OPTION = {
  type: 'object',
  properties: {
    aux: {
      enum: ['idle', 'none', 'run'],
      description:
        'Auxiliary classifiers: weights kept but not run, as in inference with torchvision; left out; or run, as in training.',
    },
  },
  additionalProperties: false,
} as const satisfies OptionsSchema;

/** On which every auxiliary head fits. */
const LEAST_SIDE = 17;

export interface AuxiliaryOptions {
  readonly aux: 'idle' | 'none' | 'run';
}

/** Runs `body` on `input`, or keeps only the weights it makes, or leaves it out. */
export function auxiliaryHead(
  builder: GraphBuilder,
  input: Value,
  aux: AuxiliaryOptions['aux'],
  body: (builder: GraphBuilder, input: Value) => void,
): void {
  if (aux === 'none') return;
  if (aux === 'run') {
    body(builder, input);
    return;
  }
  const scratch = new GraphBuilder('auxiliary', builder.dtype);
  // Its weights do not depend on the size of the map, whose windows need not fit as it does not run.
  body(
    scratch,
    scratch.input(
      'input',
      input.shape.map((size, axis) => (axis < 2 ? size : Math.max(size, LEAST_SIDE))),
    ),
  );
  let idle = 0;
  for (const { name, kind, shape } of scratch.finish([]).values) {
    if (kind !== 'parameter' && kind !== 'buffer') continue;
    builder.stored(name, kind, shape);
    if (kind === 'parameter') idle += elementCount(shape);
  }
  builder.note(
    `Parameters count ${idle} of an auxiliary classifier that runs in training only; the option aux=none leaves them out.`,
  );
}
