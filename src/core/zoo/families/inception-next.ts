import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { add, batchNorm, channelsOf, concat, conv, flatten, globalPool, linear } from '../parts/layers.js';
import { timmVariant } from '../timm-variant.js';

interface Settings {
  readonly channels: number;
  readonly depths: readonly number[];
  /** Length of the band kernels. */
  readonly band: number;
  /** Share of the channels in each of the three branches. */
  readonly share: number;
}

const variant = (name: string, channels: number, depths: readonly number[], band = 11, share = 1 / 8) =>
  timmVariant<Settings, object>(`inception_next_${name}`, { channels, depths, band, share });

/** ConvNeXt whose depthwise 7x7 is split into a 3x3, a row, a column and an identity. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'inception-next',
  title: 'InceptionNeXt',
  paper: {
    title: 'InceptionNeXt: When Inception Meets ConvNeXt',
    url: 'https://arxiv.org/abs/2303.16900',
    year: 2023,
  },
  variants: [
    variant('atto', 40, [2, 2, 6, 2], 9, 1 / 4),
    variant('tiny', 96, [3, 3, 9, 3]),
    variant('small', 96, [3, 3, 27, 3]),
    variant('base', 128, [3, 3, 27, 3]),
  ],
  build(builder, input, settings, { classes }) {
    const { channels, depths } = settings;
    let x = builder.scope('stem', () =>
      batchNorm(builder, conv(builder, input, '0', channels, 4, { stride: 4, padding: 0, bias: true }), '1'),
    );
    depths.forEach((depth, stage) => {
      builder.scope(`stages.${stage}`, () => {
        if (stage > 0) {
          x = builder.scope('downsample', () =>
            conv(builder, batchNorm(builder, x, '0'), '1', channels << stage, 2, { stride: 2, padding: 0, bias: true }),
          );
        }
        const ratio = stage === 3 ? 3 : 4;
        for (let i = 0; i < depth; i++) x = builder.scope(`blocks.${i}`, () => block(builder, x, ratio, settings));
      });
    });
    return builder.scope('head', () => {
      const pooled = flatten(builder, globalPool(builder, x, 'global_pool'));
      x = builder.add('gelu', [linear(builder, pooled, 'fc1', 3 * channelsOf(pooled))], {}, { name: 'act' });
      x = builder.add('layerNorm', [x], {}, { name: 'norm' });
      return linear(builder, x, 'fc2', classes);
    });
  },
});

function block(builder: GraphBuilder, input: Value, ratio: number, { band, share }: Settings): Value {
  const channels = channelsOf(input);
  const part = Math.floor(channels * share);
  let x = builder.scope('token_mixer', () => {
    const sizes = [channels - 3 * part, part, part, part];
    const [identity, square, row, column] = builder.addAll('split', [input], { axis: 1, sizes }) as [
      Value,
      Value,
      Value,
      Value,
    ];
    const depthwise = { groups: part, bias: true };
    return concat(builder, [
      identity,
      conv(builder, square, 'dwconv_hw', part, 3, depthwise),
      conv(builder, row, 'dwconv_w', part, [1, band], depthwise),
      conv(builder, column, 'dwconv_h', part, [band, 1], depthwise),
    ]);
  });
  x = batchNorm(builder, x, 'norm');
  x = builder.scope('mlp', () => {
    const hidden = conv(builder, x, 'fc1', ratio * channels, 1, { bias: true });
    return conv(builder, builder.add('gelu', [hidden], {}, { name: 'act' }), 'fc2', channels, 1, { bias: true });
  });
  const scaled = builder.add('mul', [x, builder.parameter('gamma', [1, channels, 1, 1])], {}, { name: 'scale' });
  return add(builder, scaled, input);
}
