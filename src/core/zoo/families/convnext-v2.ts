import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily, type Published } from '../define-family.js';
import { timm } from '../facts/published.js';
import { channelsFirstNorm } from '../parts/channels-first-norm.js';
import { add, channelsOf, conv, flatten, globalPool, linear } from '../parts/layers.js';

interface Settings {
  readonly channels: number;
  readonly depths: readonly number[];
  /** The pointwise pair as 1x1 convolutions on channels-first data, as timm builds the small ones. */
  readonly convolutional: boolean;
}

const variant = (
  name: string,
  channels: number,
  depths: readonly number[],
  convolutional: boolean,
  published: Published,
) => ({
  name: `convnext-v2-${name}`,
  aliases: [`convnextv2_${name}`],
  published,
  settings: { channels, depths, convolutional },
});

/** ConvNeXt V2: global response normalisation in place of layer scale. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'convnext-v2',
  title: 'ConvNeXt V2',
  paper: {
    title: 'ConvNeXt V2: Co-designing and Scaling ConvNets with Masked Autoencoders',
    url: 'https://arxiv.org/abs/2301.00808',
    year: 2023,
  },
  variants: [
    variant('atto', 40, [2, 2, 6, 2], true, timm(3.71e6, 76.644, 'convnextv2_atto.fcmae_ft_in1k')),
    variant('femto', 48, [2, 2, 6, 2], true, timm(5.23e6, 78.476, 'convnextv2_femto.fcmae_ft_in1k')),
    variant('pico', 64, [2, 2, 6, 2], true, timm(9.07e6, 80.304, 'convnextv2_pico.fcmae_ft_in1k')),
    variant('nano', 80, [2, 2, 8, 2], true, timm(15623800, 81.856, 'convnextv2_nano.fcmae_ft_in1k')),
    variant('tiny', 96, [3, 3, 9, 3], false, timm(28.64e6, 82.948, 'convnextv2_tiny.fcmae_ft_in1k')),
    variant('base', 128, [3, 3, 27, 3], false, timm(88.72e6, 84.89, 'convnextv2_base.fcmae_ft_in1k')),
    variant('large', 192, [3, 3, 27, 3], false, timm(197.96e6, 85.762, 'convnextv2_large.fcmae_ft_in1k')),
    variant('huge', 352, [3, 3, 27, 3], false, timm(660.29e6, 86.26, 'convnextv2_huge.fcmae_ft_in1k')),
  ],
  build(builder, input, { channels, depths, convolutional }, { classes }) {
    let x = builder.scope('stem', () => {
      const y = conv(builder, input, '0', channels, 4, { stride: 4, padding: 0, bias: true });
      return channelsFirstNorm(builder, y, '1');
    });
    depths.forEach((depth, stage) => {
      builder.scope(`stages.${stage}`, () => {
        if (stage > 0) {
          x = builder.scope('downsample', () => {
            const normed = channelsFirstNorm(builder, x, '0');
            return conv(builder, normed, '1', channels << stage, 2, { stride: 2, padding: 0, bias: true });
          });
        }
        for (let i = 0; i < depth; i++) x = builder.scope(`blocks.${i}`, () => block(builder, x, convolutional));
      });
    });
    return builder.scope('head', () => {
      const normed = channelsFirstNorm(builder, globalPool(builder, x, 'global_pool'), 'norm');
      return linear(builder, flatten(builder, normed), 'fc', classes);
    });
  },
});

function block(builder: GraphBuilder, input: Value, convolutional: boolean): Value {
  const channels = channelsOf(input);
  let x = conv(builder, input, 'conv_dw', channels, 7, { groups: channels, bias: true });
  if (convolutional) x = channelsFirstNorm(builder, x, 'norm');
  else {
    x = builder.add('transpose', [x], { permutation: [0, 2, 3, 1] });
    x = builder.add('layerNorm', [x], {}, { name: 'norm' });
  }
  const pointwise = (value: Value, name: string, features: number) =>
    convolutional ? conv(builder, value, name, features, 1, { bias: true }) : linear(builder, value, name, features);
  x = builder.scope('mlp', () => {
    const hidden = builder.add('gelu', [pointwise(x, 'fc1', 4 * channels)], {}, { name: 'act' });
    const responded = builder.scope('grn', () => globalResponseNorm(builder, hidden, convolutional));
    return pointwise(responded, 'fc2', channels);
  });
  if (!convolutional) x = builder.add('transpose', [x], { permutation: [0, 3, 1, 2] });
  return add(builder, x, input);
}

/** x + shift + scale·x·(‖x‖ / mean over channels of ‖x‖), the norm over all pixels of a channel (section 3.2). */
function globalResponseNorm(builder: GraphBuilder, input: Value, channelsFirst: boolean): Value {
  const channelAxis = channelsFirst ? 1 : 3;
  const features = input.shape[channelAxis] as number;
  const shape = channelsFirst ? [1, features, 1, 1] : [1, 1, 1, features];
  const epsilon = builder.stored('epsilon', 'constant', []);
  const norm = builder.add(
    'reduceL2',
    [input],
    { axes: channelsFirst ? [2, 3] : [1, 2], keepDims: true },
    { name: 'norm' },
  );
  const mean = builder.add('reduceMean', [norm], { axes: [channelAxis], keepDims: true }, { name: 'mean' });
  const ratio = builder.add(
    'div',
    [norm, builder.add('add', [mean, epsilon], {}, { name: 'safe' })],
    {},
    { name: 'ratio' },
  );
  const response = builder.add('mul', [input, ratio], {}, { name: 'response' });
  const scaled = builder.add('mul', [builder.parameter('weight', shape), response], {}, { name: 'scaled' });
  const shifted = builder.add('add', [builder.parameter('bias', shape), scaled], {}, { name: 'shifted' });
  return add(builder, input, shifted);
}
