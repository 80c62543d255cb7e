import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';

/** Images between channels first and last, and as tokens. */

/** [N, C, H, W] → [N, H, W, C]. */
export function channelsLast(builder: GraphBuilder, input: Value): Value {
  return builder.add('transpose', [input], { permutation: [0, 2, 3, 1] }, { name: 'channels_last' });
}

/** [N, H, W, C] → [N, C, H, W]. */
export function channelsFirst(builder: GraphBuilder, input: Value): Value {
  return builder.add('transpose', [input], { permutation: [0, 3, 1, 2] }, { name: 'channels_first' });
}

/** [N, C, H, W] → [N, H·W, C]. */
export function toTokens(builder: GraphBuilder, input: Value): Value {
  const [batch, channels, height, width] = input.shape as [number, number, number, number];
  const flat = builder.add('reshape', [input], { shape: [batch, channels, height * width] }, { name: 'flatten' });
  return builder.add('transpose', [flat], { permutation: [0, 2, 1] }, { name: 'tokens' });
}

/** [N, H·W, C] → [N, C, H, W]. */
export function toImage(builder: GraphBuilder, input: Value, height: number, width: number): Value {
  const [batch, , channels] = input.shape as [number, number, number];
  const rows = builder.add('transpose', [input], { permutation: [0, 2, 1] }, { name: 'channels_first' });
  return builder.add('reshape', [rows], { shape: [batch, channels, height, width] }, { name: 'image' });
}
