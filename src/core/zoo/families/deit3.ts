import { encoderBlock, TIMM_ENCODER } from '../blocks/vit-encoder.js';
import { defineFamily } from '../define-family.js';
import { add, layer, linear } from '../parts/layers.js';
import { firstToken, patchTokens, withClassToken } from '../parts/patch-tokens.js';
import { timmVariant } from '../timm-variant.js';

interface Settings {
  readonly patch: number;
  readonly features: number;
  readonly layers: number;
  readonly heads: number;
}

const variant = (name: string, features: number, layers: number, heads: number, patch = 16) =>
  timmVariant<Settings, object>(`deit3_${name}_patch${patch}_224`, { patch, features, layers, heads });

/** ViT with layer scale, positions on the patches alone. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'deit3',
  title: 'DeiT III',
  paper: { title: 'DeiT III: Revenge of the ViT', url: 'https://arxiv.org/abs/2204.07118', year: 2022 },
  variants: [
    variant('small', 384, 12, 6),
    variant('medium', 512, 12, 8),
    variant('base', 768, 12, 12),
    variant('large', 1024, 24, 16),
    variant('huge', 1280, 32, 16, 14),
  ],
  build(builder, input, { patch, features, layers, heads }, { classes }) {
    let x = patchTokens(builder, input, 'patch_embed.proj', features, patch);
    x = add(builder, x, builder.parameter('pos_embed', [1, x.shape[1] as number, features]));
    x = withClassToken(builder, x);
    const names = { ...TIMM_ENCODER, scales: ['ls1.gamma', 'ls2.gamma'] } as const;
    for (let i = 0; i < layers; i++) {
      x = builder.scope(`blocks.${i}`, () => encoderBlock(builder, x, heads, undefined, names));
    }
    x = layer(builder, 'layerNorm', [x], {}, 'norm');
    return linear(builder, firstToken(builder, x), 'head', classes);
  },
});
