import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { SWIN } from '../facts/papers.js';
import { COUNT } from '../options.js';
import { add, linear } from '../parts/layers.js';
import { windowAttention } from '../parts/window-attention.js';

const options = {
  type: 'object',
  properties: {
    heads: { ...COUNT, description: 'Attention heads; default one for each 32 channels.' },
    window: { ...COUNT, description: 'Side of the attention window; default 7.' },
    shift: { type: 'boolean', description: 'Windows shifted by half their side; default false.' },
    cosine: {
      type: 'boolean',
      description: 'Swin V2: cosine attention, norms behind attention and MLP; default false.',
    },
    width: { ...COUNT, description: 'Hidden features of the MLP; default 4 x channels.' },
  },
  additionalProperties: false,
} as const;

/** Swin transformer block on [N, C, H, W], which it transposes to channels last and back. */
export default defineBlock<FromSchema<typeof options>>({
  name: 'swin',
  title: 'Swin block',
  summary:
    'Layer norm, attention within (shifted) windows with relative position bias, identity; layer norm, MLP, identity.',
  paper: SWIN,
  options,
  sizing: {
    width: 'hidden features of the MLP',
    options: (_, __, width) => ({ width }),
  },
  apply(builder, input, { heads, window = 7, shift = false, cosine = false, width }) {
    const x = builder.add('transpose', [input], { permutation: [0, 2, 3, 1] }, { name: 'channels_last' });
    const channels = x.shape[3] as number;
    const y = swinBlock(builder, x, {
      heads: heads ?? Math.max(1, Math.floor(channels / 32)),
      window,
      shift: shift ? window >> 1 : 0,
      cosine,
      width: width ?? 4 * channels,
    });
    return builder.add('transpose', [y], { permutation: [0, 3, 1, 2] }, { name: 'channels_first' });
  },
});

export interface SwinBlock {
  /** V2: cosine attention, norms behind attention and MLP. */
  readonly cosine?: boolean;
  /** See WindowAttention. */
  readonly timm?: boolean;
  readonly heads: number;
  readonly window: number;
  /** Pixels; 0: none. */
  readonly shift: number;
  readonly width: number;
}

/** On [N, H, W, C]. Layer names are torchvision's. */
export function swinBlock(builder: GraphBuilder, input: Value, block: SwinBlock): Value {
  const channels = input.shape[3] as number;
  const norm = (x: Value, name: string) => builder.add('layerNorm', [x], {}, { name });
  const attention = (x: Value) => builder.scope('attn', () => windowAttention(builder, x, block));
  const mlp = (x: Value) =>
    builder.scope('mlp', () => {
      const hidden = linear(builder, x, '0', block.width);
      return linear(builder, builder.add('gelu', [hidden], {}, { name: '1' }), '3', channels);
    });
  if (block.cosine) {
    const attended = add(builder, input, norm(attention(input), 'norm1'));
    return add(builder, attended, norm(mlp(attended), 'norm2'));
  }
  const attended = add(builder, input, attention(norm(input, 'norm1')));
  return add(builder, attended, mlp(norm(attended, 'norm2')));
}
