import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { timm } from '../facts/published.js';
import { add, channelsOf, conv, flatten, globalPool, timmNorm } from '../parts/layers.js';

/** ResNet with norm and activation before each convolution. Layer names are timm's. */
export default defineFamily<readonly number[]>({
  name: 'resnet-v2',
  title: 'ResNetV2',
  paper: {
    title: 'Identity Mappings in Deep Residual Networks',
    url: 'https://arxiv.org/abs/1603.05027',
    year: 2016,
  },
  variants: [
    {
      name: 'resnet-v2-50',
      aliases: ['resnetv2_50'],
      published: timm(25549352, 80.41, 'resnetv2_50.a1h_in1k'),
      settings: [3, 4, 6, 3],
    },
    { name: 'resnet-v2-101', aliases: ['resnetv2_101'], published: timm(44541480), settings: [3, 4, 23, 3] },
    { name: 'resnet-v2-152', aliases: ['resnetv2_152'], published: timm(60185128), settings: [3, 8, 36, 3] },
  ],
  build(builder, input, depths, { classes }) {
    let x = builder.scope('stem', () => {
      const y = conv(builder, input, 'conv', 64, 7, { stride: 2 });
      return builder.add('maxPool', [y], { kernel: 3, stride: 2, padding: 1 }, { name: 'pool' });
    });
    depths.forEach((depth, stage) => {
      for (let i = 0; i < depth; i++) {
        const stride = stage > 0 && i === 0 ? 2 : 1;
        x = builder.scope(`stages.${stage}.blocks.${i}`, () => preActivation(builder, x, 256 << stage, stride));
      }
    });
    x = timmNorm(builder, x, 'relu', 'norm');
    return builder.scope('head', () => {
      const pooled = globalPool(builder, x, 'global_pool');
      return flatten(builder, conv(builder, pooled, 'fc', classes, 1, { bias: true }));
    });
  },
});

function preActivation(builder: GraphBuilder, input: Value, outChannels: number, stride: number): Value {
  const inner = outChannels >> 2;
  const activated = timmNorm(builder, input, 'relu', 'norm1');
  const projects = stride !== 1 || channelsOf(input) !== outChannels;
  const shortcut = projects
    ? builder.scope('downsample', () => conv(builder, activated, 'conv', outChannels, 1, { stride }))
    : input;
  let x = conv(builder, activated, 'conv1', inner, 1);
  x = conv(builder, timmNorm(builder, x, 'relu', 'norm2'), 'conv2', inner, 3, { stride });
  x = conv(builder, timmNorm(builder, x, 'relu', 'norm3'), 'conv3', outChannels, 1);
  return add(builder, x, shortcut);
}
