import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { add, linear } from '../parts/layers.js';
import { patchTokens, withClassToken } from '../parts/patch-tokens.js';
import { timmVariant } from '../timm-variant.js';

interface Settings {
  readonly features: number;
  readonly layers: number;
  readonly heads: number;
  /** The larger models: three projections, and a norm within the MLP. */
  readonly separate: boolean;
}

const PATCH = 14;

const variant = (name: string, resolution: number, features: number, layers: number, heads: number) =>
  timmVariant<Settings, object>(
    `eva02_${name}_patch14_${resolution}`,
    { features, layers, heads, separate: features >= 768 },
    { resolution },
  );

/** ViT with rotary positions and a gated MLP. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'eva02',
  title: 'EVA-02',
  paper: {
    title: 'EVA-02: A Visual Representation for Neon Genesis',
    url: 'https://arxiv.org/abs/2303.11331',
    year: 2023,
  },
  variants: [
    variant('tiny', 336, 192, 12, 3),
    variant('small', 336, 384, 12, 6),
    variant('base', 448, 768, 12, 12),
    variant('large', 448, 1024, 24, 16),
  ],
  build(builder, input, { features, layers, heads, separate }, { classes }) {
    let x = patchTokens(builder, input, 'patch_embed.proj', features, PATCH);
    const patches = x.shape[1] as number;
    x = withClassToken(builder, x);
    x = add(builder, x, builder.parameter('pos_embed', [1, patches + 1, features]));
    const table = [patches, features / heads];
    const angles = [
      builder.stored('rope.cosine', 'buffer', table),
      builder.stored('rope.sine', 'buffer', table),
    ] as const;
    for (let i = 0; i < layers; i++) {
      x = builder.scope(`blocks.${i}`, () => {
        const normed = builder.add('layerNorm', [x], {}, { name: 'norm1' });
        const mixed = builder.scope('attn', () => attention(builder, normed, heads, separate, angles));
        const attended = add(builder, x, mixed);
        const wide = builder.add('layerNorm', [attended], {}, { name: 'norm2' });
        return add(
          builder,
          attended,
          builder.scope('mlp', () => gatedMlp(builder, wide, separate)),
        );
      });
    }
    // The mean of the patches, the class token left out.
    x = builder.add('slice', [x], { axes: [1], starts: [1], ends: [patches + 1] }, { name: 'patches' });
    x = builder.add('reduceMean', [x], { axes: [1], keepDims: false }, { name: 'global_pool' });
    return linear(builder, builder.add('layerNorm', [x], {}, { name: 'fc_norm' }), 'head', classes);
  },
});

/** Self-attention whose queries and keys are turned by their position, the class token's left as it is (section 2.2). */
function attention(
  builder: GraphBuilder,
  input: Value,
  heads: number,
  separate: boolean,
  [cosine, sine]: readonly [Value, Value],
): Value {
  const [batch, length, features] = input.shape as [number, number, number];
  const parts = separate
    ? ['q_proj', 'k_proj', 'v_proj'].map((name) => linear(builder, input, name, features, name !== 'k_proj'))
    : builder.addAll('split', [jointProjection(builder, input)], { axis: 2, sizes: [features, features, features] });
  const [query, key, value] = parts.map((part) => {
    const split = builder.add('reshape', [part], { shape: [batch, length, heads, features / heads] });
    return builder.add('transpose', [split], { permutation: [0, 2, 1, 3] });
  }) as [Value, Value, Value];
  const turned = (x: Value) => {
    const [token, rest] = builder.addAll('split', [x], { axis: 2, sizes: [1, length - 1] }) as [Value, Value];
    const rotated = builder.add('rotaryEmbedding', [rest, cosine, sine], { interleaved: true }, { name: 'rope' });
    return builder.add('concat', [token, rotated], { axis: 2 });
  };
  let x = builder.add('attention', [turned(query), turned(key), value], {}, { name: 'attention' });
  x = builder.add('transpose', [x], { permutation: [0, 2, 1, 3] });
  x = builder.add('reshape', [x], { shape: [batch, length, features] });
  return linear(builder, x, 'proj', features);
}

/** One projection to query, key and value; keys have no trained bias. */
function jointProjection(builder: GraphBuilder, input: Value): Value {
  const features = input.shape[2] as number;
  const biases = [
    builder.parameter('q_bias', [features]),
    builder.stored('k_bias', 'buffer', [features]),
    builder.parameter('v_bias', [features]),
  ];
  const bias = builder.add('concat', biases, { axis: 0 }, { name: 'qkv_bias' });
  return builder.add('linear', [input, undefined, bias], { outFeatures: 3 * features }, { name: 'qkv' });
}

/** SwiGLU: silu(gate)·x through hidden features of 8/3 times the width (section 2.1). */
function gatedMlp(builder: GraphBuilder, input: Value, separate: boolean): Value {
  const features = input.shape[2] as number;
  const hidden = Math.floor((features * 8) / 3);
  const [gate, wide] = separate
    ? [linear(builder, input, 'fc1_g', hidden), linear(builder, input, 'fc1_x', hidden)]
    : (builder.addAll('split', [linear(builder, input, 'fc1', 2 * hidden)], {
        axis: 2,
        sizes: [hidden, hidden],
      }) as [Value, Value]);
  const active = builder.add('silu', [gate], {}, { name: 'act' });
  let x = builder.add('mul', [active, wide], {}, { name: 'gate' });
  if (separate) x = builder.add('layerNorm', [x], {}, { name: 'norm' });
  return linear(builder, x, 'fc2', features);
}
