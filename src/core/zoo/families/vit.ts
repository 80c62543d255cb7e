import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { Value } from '../../ir/graph.js';
import { type EncoderNames, encoderBlock, TIMM_ENCODER, TORCHVISION_ENCODER } from '../blocks/vit-encoder.js';
import type { Paper } from '../define-block.js';
import { defineFamily } from '../define-family.js';
import { VIT } from '../facts/papers.js';
import { timm, torchvision } from '../facts/published.js';
import { add, conv, layer, linear } from '../parts/layers.js';

interface Settings {
  /** Side of a patch in pixels. */
  readonly patch: number;
  readonly features: number;
  readonly layers: number;
  readonly heads: number;
  /** DeiT's second class token and classifier; the two predictions are averaged. */
  readonly distilled?: boolean;
}

const options = {
  type: 'object',
  properties: { naming: { enum: ['torchvision', 'timm'], description: 'Whose layer names.' } },
  additionalProperties: false,
} as const;

type Options = Required<FromSchema<typeof options>>;

interface Names {
  readonly patches: string;
  readonly tokens: readonly [string, string];
  readonly positions: string;
  readonly blocks: string;
  readonly encoder: EncoderNames;
  readonly norm: string;
  readonly heads: readonly [string, string];
}

const NAMES: Readonly<Record<Options['naming'], Names>> = {
  torchvision: {
    patches: 'conv_proj',
    tokens: ['class_token', 'distillation_token'],
    positions: 'encoder.pos_embedding',
    blocks: 'encoder.layers.encoder_layer_',
    encoder: TORCHVISION_ENCODER,
    norm: 'encoder.ln',
    heads: ['heads.head', 'heads.head_dist'],
  },
  timm: {
    patches: 'patch_embed.proj',
    tokens: ['cls_token', 'dist_token'],
    positions: 'pos_embed',
    blocks: 'blocks.',
    encoder: TIMM_ENCODER,
    norm: 'norm',
    heads: ['head', 'head_dist'],
  },
};

const TORCHVISION = { naming: 'torchvision' } as const;
const TIMM = { naming: 'timm' } as const;
/** timm's name of a model, and DeiT's, which differs in training alone. */
const timmNames = (...names: string[]) => names.map((name) => ({ name, options: TIMM }));

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

/** Vision transformer with a class token. */
export default defineFamily<Settings, Options>({
  name: 'vit',
  title: 'ViT',
  paper: VIT,
  options,
  variants: [
    {
      name: 'vit-ti-16',
      aliases: ['vit-tiny', 'deit-tiny', ...timmNames('vit_tiny_patch16_224', 'deit_tiny_patch16_224')],
      published: timm(5717416, 75.452, 'vit_tiny_patch16_224.augreg_in21k_ft_in1k'),
      settings: { patch: 16, ...TINY },
      options: TORCHVISION,
    },
    {
      name: 'vit-s-16',
      aliases: ['vit-small', 'deit-small', ...timmNames('vit_small_patch16_224', 'deit_small_patch16_224')],
      published: timm(22050664, 78.842, 'vit_small_patch16_224.augreg_in1k'),
      settings: { patch: 16, ...SMALL },
      options: TORCHVISION,
    },
    {
      name: 'vit-s-32',
      aliases: [...timmNames('vit_small_patch32_224')],
      published: timm(22878952, 76.01, 'vit_small_patch32_224.augreg_in21k_ft_in1k'),
      settings: { patch: 32, ...SMALL },
      options: TORCHVISION,
    },
    {
      name: 'vit-b-16',
      aliases: ['vit_b_16', 'vit-base', 'deit-base', ...timmNames('vit_base_patch16_224', 'deit_base_patch16_224')],
      published: torchvision(86567656, 17.564, 81.072),
      settings: { patch: 16, ...BASE },
      options: TORCHVISION,
    },
    {
      name: 'vit-b-32',
      aliases: ['vit_b_32', ...timmNames('vit_base_patch32_224')],
      published: torchvision(88224232, 4.409, 75.912),
      settings: { patch: 32, ...BASE },
      options: TORCHVISION,
    },
    {
      name: 'vit-l-16',
      aliases: ['vit_l_16', 'vit-large', ...timmNames('vit_large_patch16_224')],
      published: torchvision(304326632, 61.555, 79.662),
      settings: { patch: 16, ...LARGE },
      options: TORCHVISION,
    },
    {
      name: 'vit-l-32',
      aliases: ['vit_l_32', ...timmNames('vit_large_patch32_224')],
      published: torchvision(306535400, 15.378, 76.972),
      settings: { patch: 32, ...LARGE },
      options: TORCHVISION,
    },
    {
      name: 'vit-h-14',
      aliases: ['vit_h_14', 'vit-huge', ...timmNames('vit_huge_patch14_224')],
      published: torchvision(632045800, 167.295, 85.708, 'IMAGENET1K_SWAG_LINEAR_V1'),
      settings: { patch: 14, ...HUGE },
      options: TORCHVISION,
    },
    {
      name: 'deit-ti-16-distilled',
      aliases: [...timmNames('deit_tiny_distilled_patch16_224')],
      paper: DEIT,
      published: timm(5910800, 74.538, 'deit_tiny_distilled_patch16_224.fb_in1k'),
      settings: { patch: 16, ...TINY, distilled: true },
      options: TORCHVISION,
    },
    {
      name: 'deit-s-16-distilled',
      aliases: [...timmNames('deit_small_distilled_patch16_224')],
      paper: DEIT,
      published: timm(22436432, 81.204, 'deit_small_distilled_patch16_224.fb_in1k'),
      settings: { patch: 16, ...SMALL, distilled: true },
      options: TORCHVISION,
    },
    {
      name: 'deit-b-16-distilled',
      aliases: [...timmNames('deit_base_distilled_patch16_224')],
      paper: DEIT,
      published: timm(87338192, 83.384, 'deit_base_distilled_patch16_224.fb_in1k'),
      settings: { patch: 16, ...BASE, distilled: true },
      options: TORCHVISION,
    },
  ],
  build(builder, input, { patch, features, layers, heads, distilled = false }, { naming, classes }) {
    const [batch, , height, width] = input.shape as [number, number, number, number];
    if (height % patch !== 0 || width % patch !== 0) {
      throw new ArchmeterError(
        `patches of ${patch}x${patch} do not divide an image of ${height}x${width}`,
        `Give sides that are multiples of ${patch}.`,
      );
    }
    const names = NAMES[naming];
    const patches = (height / patch) * (width / patch);
    let x = conv(builder, input, names.patches, features, patch, { stride: patch, padding: 0, bias: true });
    x = builder.add('reshape', [x], { shape: [batch, features, patches] });
    x = builder.add('transpose', [x], { permutation: [0, 2, 1] });
    const tokens = names.tokens.slice(0, distilled ? 2 : 1).map((name) => {
      const token = builder.parameter(name, [1, 1, features]);
      return builder.add('expand', [token], { shape: [batch, 1, features] }, { name: `${name}_expand` });
    });
    x = builder.add('concat', [...tokens, x], { axis: 1 });
    x = add(builder, x, builder.parameter(names.positions, [1, patches + tokens.length, features]));
    for (let i = 0; i < layers; i++) {
      x = builder.scope(`${names.blocks}${i}`, () => encoderBlock(builder, x, heads, undefined, names.encoder));
    }
    x = layer(builder, 'layerNorm', [x], {}, names.norm);
    const predictions = tokens.map((_, i) => {
      const token = builder.add('slice', [x], { axes: [1], starts: [i], ends: [i + 1] }, { name: 'token' });
      const flat = builder.add('squeeze', [token], { axes: [1] }, { name: 'flatten' });
      return linear(builder, flat, names.heads[i] as string, classes);
    });
    const [first, second] = predictions as [Value, Value | undefined];
    if (second === undefined) return first;
    const two = builder.stored('two', 'constant', []);
    return builder.add('div', [add(builder, first, second), two], {}, { name: 'mean' });
  },
});
