import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { add, batchNorm, channelsOf, concat, conv, flatten, globalPool, linear } from '../parts/layers.js';
import { timmVariant } from '../timm-variant.js';

interface Settings {
  /** Of stem and stages. */
  readonly channels: readonly number[];
  readonly depths: readonly number[];
  /** Features of an attention head. */
  readonly head: number;
  /** Features of the two layers of the classifier. */
  readonly classifier: readonly [number, number];
  /** The L models: fused convolutions early on, tanh GELU. */
  readonly large: boolean;
}

const variant = (
  name: string,
  channels: number,
  depths: readonly number[],
  head: number,
  classifier: readonly [number, number],
) =>
  timmVariant<Settings, object>(
    `efficientvit_${name}`,
    {
      channels: [channels, 2 * channels, 4 * channels, 8 * channels, 16 * channels],
      depths,
      head,
      classifier,
      large: name.startsWith('l'),
    },
    { resolution: 224 },
  );

/** EfficientViT of MIT: multi-scale linear attention. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'efficientvit',
  title: 'EfficientViT (MIT)',
  paper: {
    title: 'EfficientViT: Multi-Scale Linear Attention for High-Resolution Dense Prediction',
    url: 'https://arxiv.org/abs/2205.14756',
    year: 2022,
  },
  variants: [
    variant('b0', 8, [1, 2, 2, 2, 2], 16, [1024, 1280]),
    variant('b1', 16, [1, 2, 3, 3, 4], 16, [1536, 1600]),
    variant('b2', 24, [1, 3, 4, 4, 6], 32, [2304, 2560]),
    variant('b3', 32, [1, 4, 6, 6, 9], 32, [2304, 2560]),
    variant('l1', 32, [1, 1, 1, 6, 6], 32, [3072, 3200]),
    variant('l2', 32, [1, 2, 2, 8, 8], 32, [3072, 3200]),
    variant('l3', 64, [1, 2, 2, 8, 8], 32, [6144, 6400]),
  ],
  build(builder, input, { channels, depths, head, classifier, large }, { classes }) {
    const act: Activation = large ? 'tanhGelu' : 'hardSwish';
    let x = builder.scope('stem', () => {
      let y = convLayer(builder, input, 'in_conv', channels[0] as number, 3, { stride: 2, act });
      for (let i = 0; i < (depths[0] as number); i++) {
        const kind = large ? 'full' : 'separable';
        y = builder.scope(`res${i}`, () =>
          residual(builder, y, (z) => local(builder, z, channelsOf(z), { kind, act })),
        );
      }
      return y;
    });
    for (let stage = 1; stage < channels.length; stage++) {
      const width = channels[stage] as number;
      // Attention in the last stages; B models from the third, L models from the fourth.
      const attends = stage >= (large ? 4 : 3);
      const normless = attends || (large && stage >= 3);
      const kind = large && stage < 3 ? 'fused' : 'inverted';
      const depth = depths[stage] as number;
      builder.scope(`stages.${stage - 1}.blocks`, () => {
        const expansion = large ? (attends ? 24 : 16) : 4;
        x = builder.scope('0.main', () => local(builder, x, width, { kind, expansion, stride: 2, normless, act }));
        for (let i = 1; i < (attends || large ? depth + 1 : depth); i++) {
          x = builder.scope(String(i), () => {
            if (!attends) {
              const options = { kind, expansion: 4, normless, act } as const;
              return residual(builder, x, (y) => local(builder, y, width, options));
            }
            const y = builder.scope('context_module', () =>
              residual(builder, x, (z) => linearAttention(builder, z, head)),
            );
            const options = { kind: 'inverted', expansion: large ? 6 : 4, normless: true, act } as const;
            return builder.scope('local_module', () => residual(builder, y, (z) => local(builder, z, width, options)));
          });
        }
      });
    }
    return builder.scope('head', () => {
      const y = convLayer(builder, x, 'in_conv', classifier[0], 1, { act });
      const pooled = flatten(builder, globalPool(builder, y, 'global_pool'));
      return builder.scope('classifier', () => {
        let z = linear(builder, pooled, '0', classifier[1], false);
        z = builder.add('layerNorm', [z], {}, { name: '1' });
        z = activate(builder, z, act, '2');
        return linear(builder, z, '4', classes);
      });
    });
  },
});

type Activation = 'hardSwish' | 'tanhGelu';

function activate(builder: GraphBuilder, input: Value, act: Activation, name: string): Value {
  if (act === 'hardSwish') return builder.add('hardSwish', [input], {}, { name });
  return builder.add('gelu', [input], { approximate: 'tanh' }, { name });
}

interface ConvLayer {
  readonly stride?: number;
  readonly groups?: number;
  readonly act?: Activation | undefined;
  /** A bias in place of the batch norm. */
  readonly normless?: boolean;
}

function convLayer(
  builder: GraphBuilder,
  input: Value,
  scope: string,
  outChannels: number,
  kernel: number,
  { act, normless = false, ...options }: ConvLayer,
): Value {
  return builder.scope(scope, () => {
    let x = conv(builder, input, 'conv', outChannels, kernel, { ...options, bias: normless });
    if (!normless) x = batchNorm(builder, x, 'norm');
    return act === undefined ? x : activate(builder, x, act, 'act');
  });
}

function residual(builder: GraphBuilder, input: Value, main: (input: Value) => Value): Value {
  return add(
    builder,
    builder.scope('main', () => main(input)),
    input,
  );
}

interface Local {
  /** Depthwise and 1x1; two full 3x3; full 3x3 and 1x1; 1x1, depthwise, 1x1. */
  readonly kind: 'separable' | 'full' | 'fused' | 'inverted';
  readonly expansion?: number;
  readonly stride?: number;
  readonly normless?: boolean;
  readonly act: Activation;
}

function local(builder: GraphBuilder, input: Value, outChannels: number, o: Local): Value {
  const { kind, expansion = 1, stride = 1, normless = false, act } = o;
  const channels = channelsOf(input);
  const hidden = channels * expansion;
  const inner = { act, normless };
  switch (kind) {
    case 'separable': {
      const x = convLayer(builder, input, 'depth_conv', channels, 3, { stride, groups: channels, ...inner });
      return convLayer(builder, x, 'point_conv', outChannels, 1, {});
    }
    case 'full': {
      const x = convLayer(builder, input, 'conv1', hidden, 3, { stride, ...inner });
      return convLayer(builder, x, 'conv2', outChannels, 3, {});
    }
    case 'fused': {
      const x = convLayer(builder, input, 'spatial_conv', hidden, 3, { stride, ...inner });
      return convLayer(builder, x, 'point_conv', outChannels, 1, {});
    }
    case 'inverted': {
      let x = convLayer(builder, input, 'inverted_conv', hidden, 1, inner);
      x = convLayer(builder, x, 'depth_conv', hidden, 3, { stride, groups: hidden, ...inner });
      return convLayer(builder, x, 'point_conv', outChannels, 1, {});
    }
  }
}

/** ReLU linear attention on query, key and value and on their 5x5 aggregation (section 3.1). */
function linearAttention(builder: GraphBuilder, input: Value, size: number): Value {
  const [batch, channels, height, width] = input.shape as [number, number, number, number];
  const heads = Math.floor(channels / size);
  const total = heads * size;
  const pixels = height * width;
  const projected = convLayerless(builder, input, 3 * total);
  const aggregated = builder.scope('aggreg.0', () => {
    const x = conv(builder, projected, '0', 3 * total, 5, { groups: 3 * total });
    return conv(builder, x, '1', 3 * total, 1, { groups: 3 * heads });
  });
  let x = concat(builder, [projected, aggregated]);
  x = builder.add('reshape', [x], { shape: [batch, 2 * heads, 3 * size, pixels] });
  x = builder.add('transpose', [x], { permutation: [0, 1, 3, 2] });
  const parts = builder.addAll('split', [x], { axis: 3, sizes: [size, size, size] });
  const [q, k, v] = parts as [Value, Value, Value];
  const [query, key] = [q, k].map((part) => builder.add('relu', [part], {}, { name: 'kernel_func' })) as [Value, Value];
  // A column of ones yields the denominator.
  const value = builder.add('pad', [v], {
    pads: [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 1],
    ],
    value: 1,
  });
  const keys = builder.add('transpose', [key], { permutation: [0, 1, 3, 2] });
  const context = builder.add('matmul', [keys, value], {}, { name: 'key_value' });
  const sums = builder.add('matmul', [query, context], {}, { name: 'query_context' });
  const [numerator, denominator] = builder.addAll('split', [sums], { axis: 3, sizes: [size, 1] }) as [Value, Value];
  const safe = builder.add('add', [denominator, builder.stored('epsilon', 'constant', [])], {}, { name: 'safe' });
  x = builder.add('div', [numerator, safe], {}, { name: 'normalized' });
  x = builder.add('transpose', [x], { permutation: [0, 1, 3, 2] });
  x = builder.add('reshape', [x], { shape: [batch, 2 * total, height, width] });
  return convLayer(builder, x, 'proj', channels, 1, {});
}

/** The projection has neither norm nor bias. */
function convLayerless(builder: GraphBuilder, input: Value, outChannels: number): Value {
  return builder.scope('qkv', () => conv(builder, input, 'conv', outChannels, 1));
}
