import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { add, batchNorm, channelsOf, classifierHead, conv } from '../parts/layers.js';
import { timmVariant } from '../timm-variant.js';

interface Settings {
  readonly channels: number;
  readonly depths: readonly number[];
  readonly ratio: number;
}

const variant = (name: string, channels: number, depths: readonly number[], ratio = 4) =>
  timmVariant<Settings, object>(`starnet_${name}`, { channels, depths, ratio });

/** StarNet: two branches multiplied element by element. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'starnet',
  title: 'StarNet',
  paper: { title: 'Rewrite the Stars', url: 'https://arxiv.org/abs/2403.19967', year: 2024 },
  variants: [
    variant('s050', 16, [1, 1, 3, 1], 3),
    variant('s100', 20, [1, 2, 4, 1]),
    variant('s150', 24, [1, 2, 4, 2], 3),
    variant('s1', 24, [2, 2, 8, 3]),
    variant('s2', 32, [1, 2, 6, 2]),
    variant('s3', 32, [2, 2, 8, 4]),
    variant('s4', 32, [3, 3, 12, 5]),
  ],
  build(builder, input, { channels, depths, ratio }, { classes }) {
    let x = builder.scope('stem', () => {
      const y = builder.scope('0', () => convNorm(builder, input, 32, 3, { stride: 2 }));
      return builder.add('relu6', [y], {}, { name: '1' });
    });
    depths.forEach((depth, stage) => {
      builder.scope(`stages.${stage}`, () => {
        x = builder.scope('0', () => convNorm(builder, x, channels << stage, 3, { stride: 2 }));
        for (let i = 1; i <= depth; i++) x = builder.scope(String(i), () => block(builder, x, ratio));
      });
    });
    return classifierHead(builder, batchNorm(builder, x, 'norm'), classes, { pool: 'global_pool', linear: 'head' });
  },
});

/** Every convolution of the authors' code has a bias, batch norm or not. */
function convNorm(builder: GraphBuilder, input: Value, channels: number, kernel: number, options: object): Value {
  return batchNorm(builder, conv(builder, input, 'conv', channels, kernel, { ...options, bias: true }), 'bn');
}

/** Figure 4: depthwise 7x7, two 1x1 branches, their product, 1x1, depthwise 7x7, identity. */
function block(builder: GraphBuilder, input: Value, ratio: number): Value {
  const channels = channelsOf(input);
  const depthwise = { groups: channels, bias: true };
  const x = builder.scope('dwconv', () => convNorm(builder, input, channels, 7, depthwise));
  const [left, right] = ['f1', 'f2'].map((name) =>
    builder.scope(name, () => conv(builder, x, 'conv', ratio * channels, 1, { bias: true })),
  ) as [Value, Value];
  const star = builder.add('mul', [builder.add('relu6', [left], {}, { name: 'act' }), right], {}, { name: 'star' });
  const projected = builder.scope('g', () => convNorm(builder, star, channels, 1, {}));
  return add(
    builder,
    input,
    builder.scope('dwconv2', () => conv(builder, projected, 'conv', channels, 7, depthwise)),
  );
}
