import { ArchmeterError } from '../../errors.js';
import { encoderBlock } from '../blocks/vit-encoder.js';
import type { Paper } from '../define-block.js';
import { defineFamily } from '../define-family.js';
import { add, conv, linear } from '../layers.js';
import { VIT } from '../papers.js';
import { timm, torchvision } from '../published.js';

interface Settings {
  /** Side of a patch in pixels. */
  readonly patch: number;
  readonly features: number;
  readonly layers: number;
  readonly heads: number;
  /** DeiT's second class token and classifier; the two predictions are averaged. */
  readonly distilled?: boolean;
}

const DEIT: Paper = {
  title: 'Training data-efficient image transformers & distillation through attention',
  url: 'https://arxiv.org/abs/2012.12877',
  year: 2020,
};

const TINY = { features: 192, layers: 12, heads: 3 };
const SMALL = { features: 384, layers: 12, heads: 6 };
const BASE = { features: 768, layers: 12, heads: 12 };
const LARGE = { features: 1024, layers: 24, heads: 16 };
const HUGE = { features: 1280, layers: 32, heads: 16 };

/** Vision transformer with a class token. Layer names are torchvision's. */
export default defineFamily<Settings>({
  name: 'vit',
  title: 'ViT',
  paper: VIT,
  variants: [
    {
      name: 'vit-ti-16',
      aliases: ['vit_tiny_patch16_224', 'vit-tiny', 'deit_tiny_patch16_224', 'deit-tiny'],
      published: timm(5717416, 75.462, 'vit_tiny_patch16_224.augreg_in21k_ft_in1k'),
      settings: { patch: 16, ...TINY },
    },
    {
      name: 'vit-s-16',
      aliases: ['vit_small_patch16_224', 'vit-small', 'deit_small_patch16_224', 'deit-small'],
      published: timm(22050664, 78.848, 'vit_small_patch16_224.augreg_in1k'),
      settings: { patch: 16, ...SMALL },
    },
    {
      name: 'vit-s-32',
      aliases: ['vit_small_patch32_224'],
      published: timm(22878952, 75.998, 'vit_small_patch32_224.augreg_in21k_ft_in1k'),
      settings: { patch: 32, ...SMALL },
    },
    {
      name: 'vit-b-16',
      aliases: ['vit_b_16', 'vit_base_patch16_224', 'vit-base', 'deit_base_patch16_224', 'deit-base'],
      published: torchvision(86567656, 17.564, 81.072),
      settings: { patch: 16, ...BASE },
    },
    {
      name: 'vit-b-32',
      aliases: ['vit_b_32', 'vit_base_patch32_224'],
      published: torchvision(88224232, 4.409, 75.912),
      settings: { patch: 32, ...BASE },
    },
    {
      name: 'vit-l-16',
      aliases: ['vit_l_16', 'vit_large_patch16_224', 'vit-large'],
      published: torchvision(304326632, 61.555, 79.662),
      settings: { patch: 16, ...LARGE },
    },
    {
      name: 'vit-l-32',
      aliases: ['vit_l_32', 'vit_large_patch32_224'],
      published: torchvision(306535400, 15.378, 76.972),
      settings: { patch: 32, ...LARGE },
    },
    {
      name: 'vit-h-14',
      aliases: ['vit_h_14', 'vit_huge_patch14_224', 'vit-huge'],
      published: torchvision(632045800, 167.295, 85.708, 'IMAGENET1K_SWAG_LINEAR_V1'),
      settings: { patch: 14, ...HUGE },
    },
    {
      name: 'deit-ti-16-distilled',
      aliases: ['deit_tiny_distilled_patch16_224'],
      paper: DEIT,
      published: timm(5910800, 74.502, 'deit_tiny_distilled_patch16_224.fb_in1k'),
      settings: { patch: 16, ...TINY, distilled: true },
    },
    {
      name: 'deit-s-16-distilled',
      aliases: ['deit_small_distilled_patch16_224'],
      paper: DEIT,
      published: timm(22436432, 81.214, 'deit_small_distilled_patch16_224.fb_in1k'),
      settings: { patch: 16, ...SMALL, distilled: true },
    },
    {
      name: 'deit-b-16-distilled',
      aliases: ['deit_base_distilled_patch16_224'],
      paper: DEIT,
      published: timm(87338192, 83.396, 'deit_base_distilled_patch16_224.fb_in1k'),
      settings: { patch: 16, ...BASE, distilled: true },
    },
  ],
  build(builder, input, { patch, features, layers, heads, distilled = false }, { classes }) {
    const [batch, , height, width] = input.shape as [number, number, number, number];
    if (height % patch !== 0 || width % patch !== 0) {
      throw new ArchmeterError(
        `patches of ${patch}x${patch} do not divide an image of ${height}x${width}`,
        `Give sides that are multiples of ${patch}.`,
      );
    }
    let x = conv(builder, input, 'conv_proj', features, patch, { stride: patch, padding: 0, bias: true });
    const patches = (height / patch) * (width / patch);
    x = builder.add('reshape', [x], { shape: [batch, features, patches] });
    x = builder.add('transpose', [x], { permutation: [0, 2, 1] });
    const tokens = ['class_token', ...(distilled ? ['distillation_token'] : [])].map((name) =>
      builder.add(
        'expand',
        [builder.parameter(name, [1, 1, features])],
        { shape: [batch, 1, features] },
        { name: `${name}.expand` },
      ),
    );
    x = builder.add('concat', [...tokens, x], { axis: 1 });
    x = builder.scope('encoder', () => {
      const position = builder.parameter('pos_embedding', [1, patches + tokens.length, features]);
      let y = add(builder, x, position);
      for (let i = 0; i < layers; i++) {
        y = builder.scope(`layers.encoder_layer_${i}`, () => encoderBlock(builder, y, heads));
      }
      return builder.add('layerNorm', [y], {}, { name: 'ln' });
    });
    return builder.scope('heads', () => {
      const predictions = tokens.map((_, i) => {
        const token = builder.add('slice', [x], { axes: [1], starts: [i], ends: [i + 1] }, { name: 'token' });
        const flat = builder.add('squeeze', [token], { axes: [1] }, { name: 'squeeze' });
        return linear(builder, flat, i === 0 ? 'head' : 'head_dist', classes);
      });
      const [first, second] = predictions;
      if (second === undefined) return first as typeof x;
      const sum = add(builder, first as typeof x, second);
      return builder.add('div', [sum, builder.stored('heads.count', 'constant', [])], {}, { name: 'mean' });
    });
  },
});
