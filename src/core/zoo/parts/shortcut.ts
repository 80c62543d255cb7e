import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { channelsOf, sequentialConvNorm } from './layers.js';

/** ResNet's shortcut: the input itself, or where channels or size differ a 1x1 convolution and batch norm (option B). */
export function shortcut(builder: GraphBuilder, input: Value, outChannels: number, stride: number): Value {
  if (stride === 1 && channelsOf(input) === outChannels) return input;
  return sequentialConvNorm(builder, input, 'downsample', outChannels, 1, { stride });
}
