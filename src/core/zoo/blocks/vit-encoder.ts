import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { add, linear } from '../layers.js';
import { VIT } from '../papers.js';

const options = {
  type: 'object',
  properties: {
    heads: { type: 'integer', minimum: 1, description: 'Attention heads; default one for each 64 channels.' },
    width: { type: 'integer', minimum: 1, description: 'Hidden features of the MLP; default 4 x channels.' },
  },
  additionalProperties: false,
} as const;

/** Pre-norm transformer encoder block. An image [N, C, H, W] is read as H·W tokens of C features and given back so. */
export default defineBlock<FromSchema<typeof options>>({
  name: 'vit-encoder',
  title: 'ViT encoder block',
  summary: 'Layer norm, multi-head self-attention, identity; layer norm, MLP with GELU, identity; on pixels as tokens.',
  paper: VIT,
  options,
  sizing: {
    width: 'hidden features of the MLP',
    options: (_, __, width) => ({ width }),
  },
  apply(builder, input, { heads, width }) {
    if (input.shape.length !== 4) return encoderBlock(builder, input, heads, width);
    const [batch, channels, height, columns] = input.shape as [number, number, number, number];
    let x = builder.add('reshape', [input], { shape: [batch, channels, height * columns] }, { name: 'tokens' });
    x = builder.add('transpose', [x], { permutation: [0, 2, 1] }, { name: 'tokens_last' });
    x = encoderBlock(builder, x, heads, width);
    x = builder.add('transpose', [x], { permutation: [0, 2, 1] }, { name: 'channels_first' });
    return builder.add('reshape', [x], { shape: [batch, channels, height, columns] }, { name: 'image' });
  },
});

/** On tokens [N, L, E]. Layer names are torchvision's. */
export function encoderBlock(builder: GraphBuilder, input: Value, heads?: number, width?: number): Value {
  const features = input.shape.at(-1) as number;
  let x = builder.add('layerNorm', [input], {}, { name: 'ln_1' });
  x = builder.scope('self_attention', () =>
    selfAttention(builder, x, heads ?? Math.max(1, Math.floor(features / 64)), ['in_proj', 'out_proj']),
  );
  const attended = add(builder, x, input);
  x = builder.add('layerNorm', [attended], {}, { name: 'ln_2' });
  x = builder.scope('mlp', () => {
    const hidden = linear(builder, x, '0', width ?? 4 * features);
    return linear(builder, builder.add('gelu', [hidden], {}, { name: '1' }), '3', features);
  });
  return add(builder, attended, x);
}

/** Multi-head self-attention on [N, L, E] with one projection for query, key and value. */
export function selfAttention(
  builder: GraphBuilder,
  input: Value,
  heads: number,
  [projection, output]: readonly [projection: string, output: string],
): Value {
  const [batch, length, features] = input.shape as [number, number, number];
  if (features % heads !== 0) {
    throw new ArchmeterError(`${heads} attention heads do not divide ${features} features`, 'Choose a divisor.');
  }
  const projected = linear(builder, input, projection, 3 * features);
  const parts = builder.addAll('split', [projected], { axis: 2, sizes: [features, features, features] });
  const [query, key, value] = parts.map((part) => {
    const split = builder.add('reshape', [part], { shape: [batch, length, heads, features / heads] });
    return builder.add('transpose', [split], { permutation: [0, 2, 1, 3] });
  }) as [Value, Value, Value];
  const mixed = builder.add('attention', [query, key, value], {}, { name: 'attention' });
  const merged = builder.add('transpose', [mixed], { permutation: [0, 2, 1, 3] });
  const tokens = builder.add('reshape', [merged], { shape: [batch, length, features] });
  return linear(builder, tokens, output, features);
}
