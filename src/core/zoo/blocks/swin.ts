import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { add, linear } from '../layers.js';
import { COUNT } from '../options.js';
import { SWIN } from '../papers.js';
import { windowAttention } from '../window-attention.js';

const options = {
  type: 'object',
  properties: {
    heads: { ...COUNT, description: 'Attention heads; default one for each 32 channels.' },
    window: { ...COUNT, description: 'Side of the attention window; default 7.' },
    shift: { type: 'boolean', description: 'Windows shifted by half their side; default false.' },
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
  apply(builder, input, { heads, window = 7, shift = false, width }) {
    const x = builder.add('transpose', [input], { permutation: [0, 2, 3, 1] }, { name: 'channels_last' });
    const channels = x.shape[3] as number;
    const y = swinBlock(builder, x, {
      heads: heads ?? Math.max(1, Math.floor(channels / 32)),
      window,
      shift: shift ? window >> 1 : 0,
      width: width ?? 4 * channels,
    });
    return builder.add('transpose', [y], { permutation: [0, 3, 1, 2] }, { name: 'channels_first' });
  },
});

export interface SwinBlock {
  readonly heads: number;
  readonly window: number;
  /** Pixels; 0: none. */
  readonly shift: number;
  readonly width: number;
}

/** On [N, H, W, C]. Layer names are torchvision's. */
export function swinBlock(builder: GraphBuilder, input: Value, block: SwinBlock): Value {
  const channels = input.shape[3] as number;
  let x = builder.add('layerNorm', [input], {}, { name: 'norm1' });
  x = builder.scope('attn', () => windowAttention(builder, x, block));
  const attended = add(builder, input, x);
  x = builder.add('layerNorm', [attended], {}, { name: 'norm2' });
  x = builder.scope('mlp', () => {
    const hidden = linear(builder, x, '0', block.width);
    return linear(builder, builder.add('gelu', [hidden], {}, { name: '1' }), '3', channels);
  });
  return add(builder, attended, x);
}
