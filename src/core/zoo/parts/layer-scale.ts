import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';

/** A trained factor for each channel, on [N, C, H, W] or with `channelAxis` -1 on [N, …, C] (CaiT, arXiv 2103.17239, section 2.1). */
export function layerScale(builder: GraphBuilder, input: Value, parameter: string, channelAxis: 1 | -1 = 1): Value {
  const channels = input.shape.at(channelAxis) as number;
  const factor = builder.parameter(parameter, channelAxis === 1 ? [channels, 1, 1] : [channels]);
  return builder.add('mul', [input, factor], {}, { name: 'layer_scale' });
}
