import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { timmSqueezeExcitation } from '../blocks/squeeze-excitation.js';
import { defineFamily } from '../define-family.js';
import { DEPLOY_OPTION } from '../options.js';
import { fusibleConv, fusibleLinear } from '../parts/fusible-conv.js';
import { add, batchNorm, channelsOf, conv, flatten, globalPool, roundChannels } from '../parts/layers.js';
import { timmVariant } from '../timm-variant.js';

type Options = Required<FromSchema<typeof DEPLOY_OPTION>>;

interface Settings {
  readonly channels: number;
  readonly depths: readonly number[];
  /** The first version: batch norm in the 1x1 branch, none after the sum. */
  readonly legacy: boolean;
}

const variant = (name: string, channels: number, depths: readonly number[], legacy = false) =>
  timmVariant<Settings, Options>(`repvit_${name}`, { channels, depths, legacy }, { options: { deploy: false } });

/** RepViT: a MobileNetV3 arranged as a vision transformer. Layer names are timm's. */
export default defineFamily<Settings, Options>({
  name: 'repvit',
  title: 'RepViT',
  paper: {
    title: 'RepViT: Revisiting Mobile CNN From ViT Perspective',
    url: 'https://arxiv.org/abs/2307.09283',
    year: 2023,
  },
  options: DEPLOY_OPTION,
  variants: [
    variant('m0_9', 48, [2, 2, 14, 2]),
    variant('m1_0', 56, [2, 2, 14, 2]),
    variant('m1_1', 64, [2, 2, 12, 2]),
    variant('m1_5', 64, [4, 4, 24, 4]),
    variant('m2_3', 80, [6, 6, 34, 2]),
    variant('m1', 48, [2, 2, 14, 2], true),
    variant('m2', 64, [2, 2, 12, 2], true),
    variant('m3', 64, [4, 4, 18, 2], true),
  ],
  build(builder, input, { channels, depths, legacy }, { deploy, classes }) {
    const form = { deploy, legacy };
    let x = builder.scope('stem', () => {
      const y = fusibleConv(builder, input, 'conv1', channels >> 1, 3, { stride: 2, deploy });
      return fusibleConv(builder, builder.add('gelu', [y], {}, { name: 'act1' }), 'conv2', channels, 3, {
        stride: 2,
        deploy,
      });
    });
    depths.forEach((depth, stage) => {
      builder.scope(`stages.${stage}`, () => {
        if (stage > 0) x = builder.scope('downsample', () => downsample(builder, x, channels << stage, form));
        for (let i = 0; i < depth; i++) {
          x = builder.scope(`blocks.${i}`, () => block(builder, x, i % 2 === 0, form));
        }
      });
    });
    x = flatten(builder, globalPool(builder, x, 'global_pool'));
    if (deploy) return fusibleLinear(builder, x, 'head', classes, { deploy });
    return builder.scope('head', () => {
      // Distillation's second classifier stays; inference takes the mean of both.
      const [first, second] = ['head', 'head_dist'].map((name) =>
        fusibleLinear(builder, x, name, classes, { deploy }),
      ) as [Value, Value];
      const two = builder.stored('head.two', 'constant', []);
      return builder.add('div', [add(builder, first, second), two], {}, { name: 'mean' });
    });
  },
});

interface Form {
  readonly deploy: boolean;
  readonly legacy: boolean;
}

function block(builder: GraphBuilder, input: Value, squeeze: boolean, form: Form): Value {
  let x = builder.scope('token_mixer', () => tokenMixer(builder, input, form));
  if (squeeze) x = timmSqueezeExcitation(builder, x, 'se', roundChannels(channelsOf(x) / 4, 8, 0));
  return add(
    builder,
    x,
    builder.scope('channel_mixer', () => mlp(builder, x, form.deploy)),
  );
}

/** Depthwise 3x3, depthwise 1x1 and identity added (figure 4); in the deploy form one depthwise 3x3. */
function tokenMixer(builder: GraphBuilder, input: Value, { deploy, legacy }: Form): Value {
  const channels = channelsOf(input);
  if (deploy) return conv(builder, input, 'conv', channels, 3, { groups: channels, bias: true });
  const square = fusibleConv(builder, input, 'conv', channels, 3, { groups: channels, deploy });
  const point = legacy
    ? fusibleConv(builder, input, 'conv1', channels, 1, { groups: channels, deploy })
    : conv(builder, input, 'conv1', channels, 1, { groups: channels, bias: true });
  const sum = add(builder, add(builder, square, point), input);
  return legacy ? sum : batchNorm(builder, sum, 'bn');
}

function mlp(builder: GraphBuilder, input: Value, deploy: boolean): Value {
  const channels = channelsOf(input);
  const hidden = fusibleConv(builder, input, 'conv1', 2 * channels, 1, { deploy });
  return fusibleConv(builder, builder.add('gelu', [hidden], {}, { name: 'act' }), 'conv2', channels, 1, { deploy });
}

function downsample(builder: GraphBuilder, input: Value, outChannels: number, form: Form): Value {
  const { deploy } = form;
  const channels = channelsOf(input);
  let x = builder.scope('pre_block', () => block(builder, input, false, form));
  x = fusibleConv(builder, x, 'spatial_downsample', channels, 3, { stride: 2, groups: channels, deploy });
  x = fusibleConv(builder, x, 'channel_downsample', outChannels, 1, { deploy });
  return add(
    builder,
    builder.scope('ffn', () => mlp(builder, x, deploy)),
    x,
  );
}
