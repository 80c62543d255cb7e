import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { VIT } from '../facts/papers.js';
import { COUNT } from '../options.js';
import { layerScale } from '../parts/layer-scale.js';
import { add, linear } from '../parts/layers.js';

const options = {
  type: 'object',
  properties: {
    heads: { ...COUNT, description: 'Attention heads; default one for each 64 channels.' },
    width: { ...COUNT, description: 'Hidden features of the MLP; default 4 x channels.' },
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
  ranks: [3, 4],
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

/** Layer names of an encoder block. */
export interface EncoderNames {
  readonly norms: readonly [string, string];
  readonly attention: string;
  /** The joint projection of query, key and value, and that of the output. */
  readonly projections: readonly [string, string];
  /** First layer, activation and second layer of the MLP. */
  readonly mlp: readonly [string, string, string];
  /** Trained factors on the channels of the two branches; none where left out. */
  readonly scales?: readonly [string, string];
}

export const TORCHVISION_ENCODER: EncoderNames = {
  norms: ['ln_1', 'ln_2'],
  attention: 'self_attention',
  projections: ['in_proj', 'out_proj'],
  mlp: ['0', '1', '3'],
};

export const TIMM_ENCODER: EncoderNames = {
  norms: ['norm1', 'norm2'],
  attention: 'attn',
  projections: ['qkv', 'proj'],
  mlp: ['fc1', 'act', 'fc2'],
};

/** On tokens [N, L, E]. */
export function encoderBlock(
  builder: GraphBuilder,
  input: Value,
  heads: number | undefined,
  width: number | undefined,
  names: EncoderNames = TORCHVISION_ENCODER,
): Value {
  const features = input.shape.at(-1) as number;
  let x = builder.add('layerNorm', [input], {}, { name: names.norms[0] });
  x = builder.scope(names.attention, () =>
    selfAttention(builder, x, {
      heads: heads ?? Math.max(1, Math.floor(features / 64)),
      projections: names.projections,
    }),
  );
  const [attentionScale, mlpScale] = names.scales ?? [];
  if (attentionScale !== undefined) x = layerScale(builder, x, attentionScale, -1);
  const attended = add(builder, x, input);
  x = builder.add('layerNorm', [attended], {}, { name: names.norms[1] });
  x = builder.scope('mlp', () => {
    const hidden = linear(builder, x, names.mlp[0], width ?? 4 * features);
    return linear(builder, builder.add('gelu', [hidden], {}, { name: names.mlp[1] }), names.mlp[2], features);
  });
  if (mlpScale !== undefined) x = layerScale(builder, x, mlpScale, -1);
  return add(builder, attended, x);
}

export interface SelfAttention {
  readonly heads: number;
  /** Names of the joint projection of query, key and value, and of that of the output. */
  readonly projections: readonly [joint: string, output: string];
  /** Of the joint projection; default true. */
  readonly bias?: boolean;
  /** Of the output's projection; default true. */
  readonly outputBias?: boolean;
}

/** Multi-head self-attention on [N, L, E] with one projection for query, key and value. */
export function selfAttention(
  builder: GraphBuilder,
  input: Value,
  { heads, projections: [projection, output], bias = true, outputBias = true }: SelfAttention,
): Value {
  const [batch, length, features] = input.shape as [number, number, number];
  if (features % heads !== 0) {
    throw new ArchmeterError(`${heads} attention heads do not divide ${features} features`, 'Choose a divisor.');
  }
  const projected = linear(builder, input, projection, 3 * features, bias);
  const parts = builder.addAll('split', [projected], { axis: 2, sizes: [features, features, features] });
  const [query, key, value] = parts.map((part) => {
    const split = builder.add('reshape', [part], { shape: [batch, length, heads, features / heads] });
    return builder.add('transpose', [split], { permutation: [0, 2, 1, 3] });
  }) as [Value, Value, Value];
  const mixed = builder.add('attention', [query, key, value], {}, { name: 'attention' });
  const merged = builder.add('transpose', [mixed], { permutation: [0, 2, 1, 3] });
  const tokens = builder.add('reshape', [merged], { shape: [batch, length, features] });
  return linear(builder, tokens, output, features, outputBias);
}
