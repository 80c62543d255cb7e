import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { selfAttention } from '../blocks/vit-encoder.js';
import type { Paper } from '../define-block.js';
import { defineFamily } from '../define-family.js';
import { channelsFirstNorm } from '../parts/channels-first-norm.js';
import { layerScale } from '../parts/layer-scale.js';
import { add, channelsOf, conv, flatten, globalPool, linear } from '../parts/layers.js';
import { toImage, toTokens } from '../parts/layout.js';
import { timmVariant } from '../timm-variant.js';

type Mixer = 'pool' | 'conv' | 'attention';

interface Settings {
  readonly channels: readonly number[];
  readonly depths: readonly number[];
  /** By stage. */
  readonly mixers: readonly Mixer[];
  /** PoolFormer's first version: GELU, biases, layer scale in place of StarReLU and scaled identities. */
  readonly first: boolean;
  /** ConvFormer and CAFormer: a head of two layers. */
  readonly mlpHead: boolean;
}

const POOLFORMER: Paper = {
  title: 'MetaFormer Is Actually What You Need for Vision',
  url: 'https://arxiv.org/abs/2111.11418',
  year: 2021,
};

const WIDTHS: Readonly<Record<string, readonly number[]>> = {
  s: [64, 128, 320, 512],
  m: [96, 192, 384, 768],
};
const FORMER_WIDTHS: Readonly<Record<string, readonly number[]>> = {
  ...WIDTHS,
  m: [96, 192, 384, 576],
  b: [128, 256, 512, 768],
};

const POOL: readonly Mixer[] = ['pool', 'pool', 'pool', 'pool'];

const pool = (version: 1 | 2, name: string) => {
  const depth = Number(name.slice(1)) / 12;
  const settings = { mixers: POOL, first: version === 1, mlpHead: false };
  return timmVariant<Settings, object>(
    `poolformer${version === 1 ? '' : 'v2'}_${name}`,
    {
      ...settings,
      channels: WIDTHS[name[0] as string] as readonly number[],
      depths: [2 * depth, 2 * depth, 6 * depth, 2 * depth],
    },
    version === 1 ? { paper: POOLFORMER } : {},
  );
};

const former = (family: 'convformer' | 'caformer', name: string) => {
  const last = family === 'caformer' ? 'attention' : 'conv';
  return timmVariant<Settings, object>(`${family}_${name}`, {
    channels: FORMER_WIDTHS[name[0] as string] as readonly number[],
    depths: name === 's18' ? [3, 3, 9, 3] : [3, 12, 18, 3],
    mixers: ['conv', 'conv', last, last],
    first: false,
    mlpHead: true,
  });
};

/** MetaFormer: one scheme, and pooling, separable convolution or attention as its token mixer. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'metaformer',
  title: 'MetaFormer',
  paper: { title: 'MetaFormer Baselines for Vision', url: 'https://arxiv.org/abs/2210.13452', year: 2022 },
  variants: [
    ...['s18', 's36', 'm36', 'b36'].map((name) => former('caformer', name)),
    ...['s18', 's36', 'm36', 'b36'].map((name) => former('convformer', name)),
    ...['s12', 's24', 's36', 'm36', 'm48'].map((name) => pool(1, name)),
    ...['s12', 's24', 's36', 'm36', 'm48'].map((name) => pool(2, name)),
  ],
  build(builder, input, settings, { classes }) {
    const { channels, depths, mixers, first, mlpHead } = settings;
    let x = builder.scope('stem', () => {
      const y = conv(builder, input, 'conv', channels[0] as number, 7, { stride: 4, padding: 2, bias: true });
      return first ? y : channelsFirstNorm(builder, y, 'norm', false);
    });
    depths.forEach((depth, stage) => {
      const mixer = mixers[stage] as Mixer;
      builder.scope(`stages.${stage}`, () => {
        if (stage > 0) {
          x = builder.scope('downsample', () => {
            const normed = first ? x : channelsFirstNorm(builder, x, 'norm', false);
            return conv(builder, normed, 'conv', channels[stage] as number, 3, { stride: 2, bias: true });
          });
        }
        const [, , height, width] = x.shape as [number, number, number, number];
        if (mixer === 'attention') x = toTokens(builder, x);
        const scaled = !first && stage >= 2;
        for (let i = 0; i < depth; i++) {
          x = builder.scope(`blocks.${i}`, () => block(builder, x, { mixer, first, scaled }));
        }
        if (mixer === 'attention') x = toImage(builder, x, height, width);
      });
    });
    return builder.scope('head', () => {
      const normed = channelsFirstNorm(builder, globalPool(builder, x, 'global_pool'), 'norm');
      const pooled = flatten(builder, normed);
      if (!mlpHead) return linear(builder, pooled, 'fc', classes);
      return builder.scope('fc', () => {
        const hidden = linear(builder, pooled, 'fc1', 4 * channelsOf(pooled));
        const active = builder.add('relu', [hidden], {}, { name: 'act' });
        const squared = builder.add('square', [active], {}, { name: 'square' });
        return linear(builder, builder.add('layerNorm', [squared], {}, { name: 'norm' }), 'fc2', classes);
      });
    });
  },
});

interface Block {
  readonly mixer: Mixer;
  readonly first: boolean;
  /** Trained factors on the identities. */
  readonly scaled: boolean;
}

/** Norm, token mixer, identity; norm, MLP, identity; on images, or on tokens for attention. */
function block(builder: GraphBuilder, input: Value, { mixer, first, scaled }: Block): Value {
  const axis = mixer === 'attention' ? -1 : 1;
  const channels = input.shape.at(axis) as number;
  const norm = (x: Value, name: string) => {
    if (mixer === 'attention') return builder.add('layerNorm', [x], { bias: false }, { name });
    if (mixer === 'conv') return channelsFirstNorm(builder, x, name, false);
    return builder.add('groupNorm', [x], first ? { groups: 1 } : { groups: 1, bias: false }, { name });
  };
  const sum = (identity: Value, branch: Value, index: number) => {
    const kept = scaled ? layerScale(builder, identity, `res_scale${index}.scale`, axis) : identity;
    return add(builder, kept, first ? layerScale(builder, branch, `layer_scale${index}.scale`, axis) : branch);
  };
  const seen = norm(input, 'norm1');
  const mixed = builder.scope('token_mixer', () => mix(builder, seen, mixer));
  const x = sum(input, mixed, 1);
  const normed = norm(x, 'norm2');
  const wide = builder.scope('mlp', () => {
    const project = (value: Value, name: string, features: number) =>
      axis === 1
        ? conv(builder, value, name, features, 1, { bias: first })
        : linear(builder, value, name, features, first);
    const hidden = project(normed, 'fc1', 4 * channels);
    const active = first ? builder.add('gelu', [hidden], {}, { name: 'act' }) : starRelu(builder, hidden, 'act');
    return project(active, 'fc2', channels);
  });
  return sum(x, wide, 2);
}

function mix(builder: GraphBuilder, input: Value, mixer: Mixer): Value {
  if (mixer === 'pool') {
    const window = { kernel: 3, stride: 1, padding: 1, countIncludePad: false };
    return builder.add('sub', [builder.add('avgPool', [input], window, { name: 'pool' }), input], {}, { name: 'sub' });
  }
  if (mixer === 'attention') {
    const heads = (input.shape[2] as number) / 32;
    return selfAttention(builder, input, { heads, projections: ['qkv', 'proj'], bias: false, outputBias: false });
  }
  const channels = channelsOf(input);
  let x = conv(builder, input, 'pwconv1', 2 * channels, 1);
  x = starRelu(builder, x, 'act1');
  x = conv(builder, x, 'dwconv', 2 * channels, 7, { groups: 2 * channels });
  return conv(builder, x, 'pwconv2', channels, 1);
}

/** s·relu(x)² + b with trained s and b, two numbers (section 3.2). */
function starRelu(builder: GraphBuilder, input: Value, scope: string): Value {
  return builder.scope(scope, () => {
    const active = builder.add('relu', [input], {}, { name: 'relu' });
    const squared = builder.add('square', [active], {}, { name: 'square' });
    const scaled = builder.add('mul', [builder.parameter('scale', [1]), squared], {}, { name: 'scaled' });
    return builder.add('add', [scaled, builder.parameter('bias', [1])], {}, { name: 'shifted' });
  });
}
