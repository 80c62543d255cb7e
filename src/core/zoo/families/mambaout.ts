import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { layerScale } from '../parts/layer-scale.js';
import { add, conv, linear } from '../parts/layers.js';
import { channelsFirst, channelsLast } from '../parts/layout.js';
import { timmVariant } from '../timm-variant.js';

interface Settings {
  readonly depths: readonly number[];
  readonly channels: readonly number[];
  /** Gate width over channels, and the share of channels that the depthwise convolution sees. */
  readonly expansion: number;
  readonly convRatio: number;
  readonly activation: 'gelu' | 'silu';
  /** timm's own variants: norm before downsampling, layer scale, no norm within the stem. */
  readonly reworked: boolean;
}

const variant = (
  name: string,
  channels: number,
  depths: readonly number[],
  settings: Partial<Omit<Settings, 'channels' | 'depths'>> = {},
  resolution = 224,
) =>
  timmVariant<Settings, object>(
    `mambaout_${name}`,
    {
      channels: [channels, 2 * channels, 4 * channels, 6 * channels],
      depths,
      expansion: 8 / 3,
      convRatio: 1,
      activation: 'gelu',
      reworked: false,
      ...settings,
    },
    { resolution },
  );

const RW = { reworked: true } as const;

/** MambaOut: gated depthwise 7x7 blocks, Mamba's without its state space. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'mambaout',
  title: 'MambaOut',
  paper: {
    title: 'MambaOut: Do We Really Need Mamba for Vision?',
    url: 'https://arxiv.org/abs/2405.07992',
    year: 2024,
  },
  variants: [
    variant('femto', 48, [3, 3, 9, 3]),
    variant('kobe', 48, [3, 3, 15, 3]),
    variant('tiny', 96, [3, 3, 9, 3]),
    variant('small', 96, [3, 4, 27, 3]),
    variant('base', 128, [3, 4, 27, 3]),
    variant('small_rw', 96, [3, 4, 27, 3], RW),
    variant('base_short_rw', 128, [3, 3, 25, 3], { ...RW, expansion: 3, convRatio: 1.25 }),
    variant('base_tall_rw', 128, [3, 4, 30, 3], { ...RW, expansion: 2.5, convRatio: 1.25 }),
    variant('base_wide_rw', 128, [3, 4, 27, 3], { ...RW, expansion: 3, convRatio: 1.5, activation: 'silu' }),
    variant('base_plus_rw', 128, [3, 4, 30, 3], { ...RW, expansion: 3, convRatio: 1.5, activation: 'silu' }),
  ],
  build(builder, input, settings, { classes }) {
    const { channels, depths, reworked } = settings;
    let x = builder.scope('stem', () => stem(builder, input, channels[0] as number, settings));
    depths.forEach((depth, stage) => {
      builder.scope(`stages.${stage}`, () => {
        if (stage > 0) {
          x = builder.scope('downsample', () => downsample(builder, x, channels[stage] as number, reworked));
        }
        for (let i = 0; i < depth; i++) x = builder.scope(`blocks.${i}`, () => block(builder, x, settings));
      });
    });
    return builder.scope('head', () => {
      let y = builder.add('reduceMean', [x], { axes: [1, 2], keepDims: false }, { name: 'global_pool' });
      y = norm(builder, y, 'norm');
      y = builder.scope('pre_logits', () => {
        const hidden = linear(builder, y, 'fc', 4 * (channels[3] as number));
        const active = builder.add('gelu', [hidden], {}, { name: 'act' });
        return reworked ? active : norm(builder, active, 'norm');
      });
      return linear(builder, y, 'fc', classes);
    });
  },
});

function norm(builder: GraphBuilder, input: Value, name: string): Value {
  return builder.add('layerNorm', [input], {}, { name });
}

/** Two 3x3 of stride 2; from [N, C, H, W] to channels last. */
function stem(builder: GraphBuilder, input: Value, channels: number, { activation, reworked }: Settings): Value {
  const options = { stride: 2, bias: true };
  let x = conv(builder, input, 'conv1', channels >> 1, 3, options);
  if (!reworked) x = channelsFirst(builder, norm(builder, channelsLast(builder, x), 'norm1'));
  x = conv(builder, builder.add(activation, [x], {}, { name: 'act' }), 'conv2', channels, 3, options);
  return norm(builder, channelsLast(builder, x), 'norm2');
}

function downsample(builder: GraphBuilder, input: Value, channels: number, normFirst: boolean): Value {
  const image = channelsFirst(builder, normFirst ? norm(builder, input, 'norm') : input);
  const x = channelsLast(builder, conv(builder, image, 'conv', channels, 3, { stride: 2, bias: true }));
  return normFirst ? x : norm(builder, x, 'norm');
}

/** Gated CNN block (section 3.2, equation 3) on [N, H, W, C]. */
function block(builder: GraphBuilder, input: Value, settings: Settings): Value {
  const channels = input.shape[3] as number;
  const hidden = Math.floor(settings.expansion * channels);
  const convolved = Math.floor(settings.convRatio * channels);
  const expanded = linear(builder, norm(builder, input, 'norm'), 'fc1', 2 * hidden);
  const sizes = [hidden, hidden - convolved, convolved];
  const [gate, passed, mixed] = builder.addAll('split', [expanded], { axis: 3, sizes }) as [Value, Value, Value];
  const image = conv(builder, channelsFirst(builder, mixed), 'conv', convolved, 7, { groups: convolved, bias: true });
  const joined = builder.add('concat', [passed, channelsLast(builder, image)], { axis: 3 }, { name: 'concat' });
  const active = builder.add(settings.activation, [gate], {}, { name: 'act' });
  let x = linear(builder, builder.add('mul', [active, joined], {}, { name: 'gate' }), 'fc2', channels);
  if (settings.reworked) x = layerScale(builder, x, 'ls.gamma', -1);
  return add(builder, x, input);
}
