import type { Value } from '../../../ir/graph.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';

/** Defaults of the op are those of torch: scale 1/√E. */
function attention(n: NodeContext, mask: Value | undefined): Value {
  const [query, key, value] = [n.tensor('query'), n.tensor('key'), n.tensor('value')];
  const scale = n.has('scale') ? { scale: n.number('scale') } : {};
  const causal = n.flag('is_causal') ? { causal: true } : {};
  const inputs = mask === undefined ? [query, key, value] : [query, key, value, mask];
  return n.add('attention', inputs, { ...causal, ...scale });
}

/** Kernels give by-products for the backward pass after the output. */
const kernel =
  (mask: string): Lowering =>
  (n) => [attention(n, n.optional(mask)), ...n.stated.slice(1).map(() => undefined)];

/**
 * The fused path of nn.MultiheadAttention at inference: query, key, value [B, L, E] projected by one matrix [3E, E],
 * attention in `num_head` heads, output projection. (output, weights averaged over heads.)
 */
function multiHead(n: NodeContext) {
  if (n.flag('need_weights', true) && n.isRead(1)) return n.opaque('it gives the attention weights out');
  const [query, key, value] = [n.tensor('query'), n.tensor('key'), n.tensor('value')];
  const names = ['qkv_weight', 'qkv_bias', 'proj_weight', 'proj_bias'] as const;
  const [inWeight, inBias, outWeight, outBias] = names.map((name) => n.tensor(name)) as [Value, Value, Value, Value];
  if (query !== key || key !== value) return n.opaque('query, key and value differ');
  return [
    attend(
      n,
      query,
      n.integer('embed_dim'),
      n.integer('num_head'),
      inWeight,
      inBias,
      outWeight,
      outBias,
      n.optional('mask'),
    ),
    undefined,
  ];
}

function attend(
  n: NodeContext,
  x: Value,
  features: number,
  heads: number,
  inWeight: Value,
  inBias: Value,
  outWeight: Value,
  outBias: Value,
  mask: Value | undefined,
): Value {
  const [batch = 1, length = 1] = x.shape;
  const joined = n.add('linear', [x, inWeight, inBias], { outFeatures: 3 * features });
  const parts = n.addAll('split', [joined], { axis: 2, sizes: [features, features, features] });
  const perHead = parts.map((part) => {
    const apart = n.add('reshape', [part], { shape: [batch, length, heads, features / heads] });
    return n.add('transpose', [apart], { permutation: [0, 2, 1, 3] });
  });
  // A mask of padding [B, L] holds for all heads and queries.
  const spread =
    mask?.shape.length === 2 && mask.shape[0] === batch && mask.shape[1] === length
      ? n.add('reshape', [mask], { shape: [batch, 1, 1, length] })
      : mask;
  const y = n.add('attention', spread === undefined ? perHead : [...perHead, spread]);
  const rows = n.add('transpose', [y], { permutation: [0, 2, 1, 3] });
  const together = n.add('reshape', [rows], { shape: [batch, length, features] });
  return n.add('linear', [together, outWeight, outBias], { outFeatures: features });
}

/** The fused path of nn.TransformerEncoderLayer at inference, layer norm first or last. */
function encoderLayer(n: NodeContext): Value {
  const x = n.tensor('src');
  const norm = (value: Value, index: number) =>
    n.add('layerNorm', [value, n.tensor(`norm_weight_${index}`), n.tensor(`norm_bias_${index}`)], {});
  const attended = (value: Value) =>
    attend(
      n,
      value,
      n.integer('embed_dim'),
      n.integer('num_heads'),
      n.tensor('qkv_weight'),
      n.tensor('qkv_bias'),
      n.tensor('proj_weight'),
      n.tensor('proj_bias'),
      n.optional('mask'),
    );
  const feedForward = (value: Value) => {
    const [first, second] = [n.tensor('ffn_weight_1'), n.tensor('ffn_weight_2')];
    const hidden = n.add('linear', [value, first, n.tensor('ffn_bias_1')], { outFeatures: first.shape[0] as number });
    const bent = n.add(n.flag('use_gelu') ? 'gelu' : 'relu', [hidden]);
    return n.add('linear', [bent, second, n.tensor('ffn_bias_2')], { outFeatures: second.shape[0] as number });
  };
  if (n.flag('norm_first')) {
    const middle = n.add('add', [x, attended(norm(x, 1))]);
    return n.add('add', [middle, feedForward(norm(middle, 2))]);
  }
  const middle = norm(n.add('add', [x, attended(x)]), 1);
  return norm(n.add('add', [middle, feedForward(middle)]), 2);
}

export const ATTENTION: Readonly<Record<string, Lowering>> = {
  scaled_dot_product_attention: (n) => attention(n, n.optional('attn_mask')),
  _scaled_dot_product_attention_math: kernel('attn_mask'),
  _scaled_dot_product_flash_attention: kernel('attn_mask'),
  _scaled_dot_product_flash_attention_for_cpu: kernel('attn_mask'),
  _scaled_dot_product_efficient_attention: kernel('attn_bias'),
  _scaled_dot_product_cudnn_attention: kernel('attn_bias'),
  _scaled_dot_product_fused_attention_overrideable: kernel('attn_bias'),
  _native_multi_head_attention: multiHead,
  _transformer_encoder_layer_fwd: encoderLayer,
};
