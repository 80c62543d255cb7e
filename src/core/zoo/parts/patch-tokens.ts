import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { conv } from './layers.js';
import { toTokens } from './layout.js';

/** Square patches of an image as tokens: [N, 3, H, W] → [N, H·W / patch², features]. */
export function patchTokens(builder: GraphBuilder, input: Value, name: string, features: number, patch: number): Value {
  const [, , height, width] = input.shape as [number, number, number, number];
  if (height % patch !== 0 || width % patch !== 0) {
    throw new ArchmeterError(
      `patches of ${patch}x${patch} do not divide an image of ${height}x${width}`,
      `Give sides that are multiples of ${patch}.`,
    );
  }
  return toTokens(builder, conv(builder, input, name, features, patch, { stride: patch, padding: 0, bias: true }));
}

/** A trained token in front of [N, L, E]. */
export function withClassToken(builder: GraphBuilder, tokens: Value): Value {
  const [batch, , features] = tokens.shape as [number, number, number];
  const token = builder.parameter('cls_token', [1, 1, features]);
  const expanded = builder.add('expand', [token], { shape: [batch, 1, features] }, { name: 'cls_token_expand' });
  return builder.add('concat', [expanded, tokens], { axis: 1 }, { name: 'with_cls_token' });
}

/** The first token of [N, L, E] as [N, E]. */
export function firstToken(builder: GraphBuilder, tokens: Value): Value {
  const token = builder.add('slice', [tokens], { axes: [1], starts: [0], ends: [1] }, { name: 'token' });
  return builder.add('squeeze', [token], { axes: [1] }, { name: 'flatten' });
}
