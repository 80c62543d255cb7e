import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { add, batchNorm, channelsOf, concat, conv, flatten, globalPool, layer, linear } from '../parts/layers.js';
import { timmVariant } from '../timm-variant.js';

interface Settings {
  readonly channels: number;
  readonly depths: readonly number[];
  readonly activation: 'gelu' | 'relu';
}

const variant = (name: string, channels: number, depths: readonly number[], activation: Settings['activation']) =>
  timmVariant<Settings, object>(`fasternet_${name}`, { channels, depths, activation });

/** FasterNet: 3x3 convolutions of a quarter of the channels, the others pass. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'fasternet',
  title: 'FasterNet',
  paper: {
    title: "Run, Don't Walk: Chasing Higher FLOPS for Faster Neural Networks",
    url: 'https://arxiv.org/abs/2303.03667',
    year: 2023,
  },
  variants: [
    variant('t0', 40, [1, 2, 8, 2], 'gelu'),
    variant('t1', 64, [1, 2, 8, 2], 'gelu'),
    variant('t2', 96, [1, 2, 8, 2], 'relu'),
    variant('s', 128, [1, 2, 13, 2], 'relu'),
    variant('m', 144, [3, 4, 18, 3], 'relu'),
    variant('l', 192, [3, 4, 18, 3], 'relu'),
  ],
  build(builder, input, { channels, depths, activation }, { classes }) {
    let x = builder.scope('patch_embed', () =>
      batchNorm(builder, conv(builder, input, 'proj', channels, 4, { stride: 4, padding: 0 }), 'norm'),
    );
    depths.forEach((depth, stage) => {
      builder.scope(`stages.${stage}`, () => {
        if (stage > 0) {
          x = builder.scope('downsample', () =>
            batchNorm(builder, conv(builder, x, 'reduction', channels << stage, 2, { stride: 2, padding: 0 }), 'norm'),
          );
        }
        for (let i = 0; i < depth; i++) x = builder.scope(`blocks.${i}`, () => block(builder, x, activation));
      });
    });
    x = conv(builder, globalPool(builder, x, 'global_pool'), 'conv_head', 1280, 1);
    x = builder.add(activation, [x], {}, { name: 'act' });
    return linear(builder, flatten(builder, x), 'classifier', classes);
  },
});

/** Partial convolution, two 1x1 convolutions, identity (section 3.3, figure 4). */
function block(builder: GraphBuilder, input: Value, activation: Settings['activation']): Value {
  const channels = channelsOf(input);
  const touched = channels >> 2;
  const mixed = builder.scope('spatial_mixing', () => {
    const sizes = [touched, channels - touched];
    const [first, rest] = builder.addAll('split', [input], { axis: 1, sizes }) as [Value, Value];
    return concat(builder, [conv(builder, first, 'partial_conv3', touched, 3), rest]);
  });
  const projected = builder.scope('mlp', () => {
    const hidden = batchNorm(builder, conv(builder, mixed, '0', 2 * channels, 1), '1');
    return conv(builder, layer(builder, activation, [hidden], {}, '2'), '3', channels, 1);
  });
  return add(builder, input, projected);
}
