import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';

/** Layer norm over the channels of [N, C, H, W], transposed to channels last and back (ConvNeXt's LayerNorm2d). */
export function channelsFirstNorm(builder: GraphBuilder, input: Value, scope: string, bias = true): Value {
  return builder.scope(scope, () => {
    let x = builder.add('transpose', [input], { permutation: [0, 2, 3, 1] }, { name: 'channels_last' });
    x = builder.add('layerNorm', [x], bias ? {} : { bias }, { name: 'norm' });
    return builder.add('transpose', [x], { permutation: [0, 3, 1, 2] }, { name: 'channels_first' });
  });
}
