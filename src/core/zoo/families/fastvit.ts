import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { mobileOneBlock } from '../blocks/mobileone.js';
import { selfAttention } from '../blocks/vit-encoder.js';
import { defineFamily } from '../define-family.js';
import { DEPLOY_OPTION } from '../options.js';
import { layerScale } from '../parts/layer-scale.js';
import { add, batchNorm, channelsOf, classifierHead, conv, timmConvNorm } from '../parts/layers.js';
import { toImage, toTokens } from '../parts/layout.js';
import { timmVariant } from '../timm-variant.js';

type Options = Required<FromSchema<typeof DEPLOY_OPTION>>;

interface Settings {
  readonly channels: number;
  readonly depths: readonly number[];
  readonly ratio: number;
  /** Self-attention in the last stage. */
  readonly attends: boolean;
}

const variant = (name: string, channels: number, depths: readonly number[], ratio: number) =>
  timmVariant<Settings, Options>(
    `fastvit_${name}`,
    { channels, depths, ratio, attends: name.includes('a') },
    { resolution: 256, options: { deploy: false } },
  );

/** FastViT: token mixing by a depthwise convolution that needs no skip connection in inference. Layer names are timm's. */
export default defineFamily<Settings, Options>({
  name: 'fastvit',
  title: 'FastViT',
  paper: {
    title: 'FastViT: A Fast Hybrid Vision Transformer using Structural Reparameterization',
    url: 'https://arxiv.org/abs/2303.14189',
    year: 2023,
  },
  options: DEPLOY_OPTION,
  variants: [
    variant('t8', 48, [2, 2, 4, 2], 3),
    variant('t12', 64, [2, 2, 6, 2], 3),
    variant('s12', 64, [2, 2, 6, 2], 4),
    variant('sa12', 64, [2, 2, 6, 2], 4),
    variant('sa24', 64, [4, 4, 12, 4], 4),
    variant('sa36', 64, [6, 6, 18, 6], 4),
    variant('ma36', 76, [6, 6, 18, 6], 4),
  ],
  build(builder, input, { channels, depths, ratio, attends }, { deploy, classes }) {
    const gelu = { activation: 'gelu', deploy } as const;
    let x = builder.scope('stem', () => {
      const wide = { outChannels: channels, groups: channels, stride: 2, ...gelu };
      let y = builder.scope('0', () => mobileOneBlock(builder, input, { outChannels: channels, stride: 2, ...gelu }));
      y = builder.scope('1', () => mobileOneBlock(builder, y, wide));
      return builder.scope('2', () => mobileOneBlock(builder, y, { outChannels: channels, kernel: 1, ...gelu }));
    });
    depths.forEach((depth, stage) => {
      builder.scope(`stages.${stage}`, () => {
        if (stage > 0)
          x = builder.scope('downsample.proj', () => patchEmbedding(builder, x, channels << stage, deploy));
        const attend = attends && stage === 3;
        if (attend) x = builder.scope('pos_emb', () => positions(builder, x, deploy));
        for (let i = 0; i < depth; i++) {
          x = builder.scope(`blocks.${i}`, () =>
            attend ? attentionBlock(builder, x, ratio) : mixerBlock(builder, x, ratio, deploy),
          );
        }
      });
    });
    const last = 2 * channelsOf(x);
    x = builder.scope('final_conv', () => {
      const groups = channelsOf(x);
      const options = { outChannels: last, groups, squeeze: Math.round(last / 16), ...gelu };
      return mobileOneBlock(builder, x, options, 'se');
    });
    return builder.scope('head', () => classifierHead(builder, x, classes, { pool: 'global_pool', linear: 'fc' }));
  },
});

/** Depthwise 7x7 of stride 2 beside a 3x3, and a 1x1 (section 3.2). */
function patchEmbedding(builder: GraphBuilder, input: Value, outChannels: number, deploy: boolean): Value {
  const options = { stride: 2, groups: channelsOf(input) };
  const x = builder.scope('0', () => {
    if (deploy) return conv(builder, input, 'reparam_conv', outChannels, 7, { ...options, bias: true });
    const large = timmConvNorm(builder, input, 'large_conv', outChannels, 7, options);
    return add(builder, large, timmConvNorm(builder, input, 'small_conv', outChannels, 3, options));
  });
  return builder.scope('1', () => mobileOneBlock(builder, x, { outChannels, kernel: 1, activation: 'gelu', deploy }));
}

/** Conditional position encoding: x + depthwise 7x7 of x. */
function positions(builder: GraphBuilder, input: Value, deploy: boolean): Value {
  const groups = channelsOf(input);
  const x = conv(builder, input, deploy ? 'reparam_conv' : 'pos_enc', groups, 7, { groups, bias: true });
  return deploy ? x : add(builder, x, input);
}

function mixerBlock(builder: GraphBuilder, input: Value, ratio: number, deploy: boolean): Value {
  const x = builder.scope('token_mixer', () => tokenMixer(builder, input, deploy));
  return add(builder, x, layerScale(builder, convMlp(builder, x, ratio), 'layer_scale.gamma'));
}

/** x + scale·(mixer(x) - norm(x)) in training, one depthwise 3x3 in inference (equation 2). */
function tokenMixer(builder: GraphBuilder, input: Value, deploy: boolean): Value {
  const channels = channelsOf(input);
  const options = { outChannels: channels, groups: channels, activation: 'none' } as const;
  if (deploy) return conv(builder, input, 'reparam_conv', channels, 3, { groups: channels, bias: true });
  const norm = builder.scope('norm', () => mobileOneBlock(builder, input, { ...options, branches: 0, scale: false }));
  const mixed = builder.scope('mixer', () => mobileOneBlock(builder, input, options));
  const difference = builder.add('sub', [mixed, norm], {}, { name: 'difference' });
  return add(builder, input, layerScale(builder, difference, 'layer_scale.gamma'));
}

function attentionBlock(builder: GraphBuilder, input: Value, ratio: number): Value {
  const [, channels, height, width] = input.shape as [number, number, number, number];
  const normed = batchNorm(builder, input, 'norm');
  const mixed = builder.scope('token_mixer', () => {
    const heads = channels / 32;
    const tokens = selfAttention(builder, toTokens(builder, normed), {
      heads,
      projections: ['qkv', 'proj'],
      bias: false,
    });
    return toImage(builder, tokens, height, width);
  });
  const x = add(builder, input, layerScale(builder, mixed, 'layer_scale_1.gamma'));
  return add(builder, x, layerScale(builder, convMlp(builder, x, ratio), 'layer_scale_2.gamma'));
}

/** Depthwise 7x7 with batch norm, then two 1x1. */
function convMlp(builder: GraphBuilder, input: Value, ratio: number): Value {
  const channels = channelsOf(input);
  return builder.scope('mlp', () => {
    let x = timmConvNorm(builder, input, 'conv', channels, 7, { groups: channels });
    x = conv(builder, x, 'fc1', ratio * channels, 1, { bias: true });
    return conv(builder, builder.add('gelu', [x], {}, { name: 'act' }), 'fc2', channels, 1, { bias: true });
  });
}
