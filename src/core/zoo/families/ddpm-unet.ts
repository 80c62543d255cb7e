import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { add, channelsOf, concat, conv, linear } from '../parts/layers.js';

interface Settings {
  /** Of each resolution, over 128 channels. */
  readonly widths: readonly number[];
}

const CHANNELS = 128;
/** Residual blocks of a resolution on the way down; one more on the way up. */
const BLOCKS = 2;
/** Side of the maps that attend. */
const ATTENDED = 16;

const variant = (name: string, resolution: number, widths: readonly number[], params: number) => ({
  name: `ddpm-unet-${name}`,
  resolution,
  classes: 3,
  published: { params, source: 'paper, appendix B' },
  settings: { widths },
});

/** The U-Net of denoising diffusion (appendix B): one step, from a noisy image and its time to the noise. */
export default defineFamily<Settings>({
  name: 'ddpm-unet',
  title: 'Diffusion U-Net',
  paper: { title: 'Denoising Diffusion Probabilistic Models', url: 'https://arxiv.org/abs/2006.11239', year: 2020 },
  variants: [variant('cifar10', 32, [1, 2, 2, 2], 35.7e6), variant('256', 256, [1, 1, 2, 2, 4, 4], 114e6)],
  build(builder, input, { widths }, { classes }) {
    const time = timeEmbedding(builder, input.shape[0] as number);
    let x = conv(builder, input, 'conv_in', CHANNELS, 3, { bias: true });
    const skipped = [x];
    const block = (value: Value, channels: number) => {
      const y = builder.scope('resnet', () => residual(builder, value, channels, time));
      return y.shape[2] === ATTENDED ? builder.scope('attn', () => attention(builder, y)) : y;
    };
    widths.forEach((width, level) => {
      for (let i = 0; i < BLOCKS; i++) {
        x = builder.scope(`down.${level}.${i}`, () => block(x, CHANNELS * width));
        skipped.push(x);
      }
      if (level === widths.length - 1) return;
      x = builder.scope(`down.${level}.downsample`, () => halved(builder, x));
      skipped.push(x);
    });
    x = builder.scope('mid.block_1', () => residual(builder, x, channelsOf(x), time));
    x = builder.scope('mid.attn_1', () => attention(builder, x));
    x = builder.scope('mid.block_2', () => residual(builder, x, channelsOf(x), time));
    for (let level = widths.length - 1; level >= 0; level--) {
      for (let i = 0; i <= BLOCKS; i++) {
        x = builder.scope(`up.${level}.${i}`, () =>
          block(concat(builder, [x, skipped.pop() as Value]), CHANNELS * (widths[level] as number)),
        );
      }
      if (level > 0) {
        x = builder.scope(`up.${level}.upsample`, () => {
          const large = builder.add('resize', [x], { scale: 2, mode: 'nearest' }, { name: 'interpolate' });
          return conv(builder, large, 'conv', channelsOf(x), 3, { bias: true });
        });
      }
    }
    return conv(builder, swishOfNorm(builder, x, 'norm_out'), 'conv_out', classes, 3, { bias: true });
  },
});

/** Sines and cosines of the time step through two linear layers: [N, 4·128]. */
function timeEmbedding(builder: GraphBuilder, batch: number): Value {
  return builder.scope('temb', () => {
    const steps = builder.input('timesteps', [batch, 1]);
    const frequencies = builder.stored('temb.frequencies', 'constant', [CHANNELS / 2]);
    const angles = builder.add('mul', [steps, frequencies], {}, { name: 'angles' });
    const sine = builder.add('sin', [angles], {}, { name: 'sine' });
    const cosine = builder.add('cos', [angles], {}, { name: 'cosine' });
    const embedding = builder.add('concat', [sine, cosine], { axis: 1 }, { name: 'embedding' });
    const hidden = builder.add('silu', [linear(builder, embedding, 'dense.0', 4 * CHANNELS)], {}, { name: 'swish' });
    return linear(builder, hidden, 'dense.1', 4 * CHANNELS);
  });
}

function swishOfNorm(builder: GraphBuilder, input: Value, name: string): Value {
  const x = builder.add('groupNorm', [input], { groups: 32 }, { name });
  return builder.add('silu', [x], {}, { name: 'swish' });
}

/** Two 3x3 with the time added between them, and a shortcut. */
function residual(builder: GraphBuilder, input: Value, channels: number, time: Value): Value {
  const batch = input.shape[0] as number;
  let x = conv(builder, swishOfNorm(builder, input, 'norm1'), 'conv1', channels, 3, { bias: true });
  const active = builder.add('silu', [time], {}, { name: 'swish' });
  const shift = linear(builder, active, 'temb_proj', channels);
  x = add(builder, x, builder.add('reshape', [shift], { shape: [batch, channels, 1, 1] }));
  x = conv(builder, swishOfNorm(builder, x, 'norm2'), 'conv2', channels, 3, { bias: true });
  const shortcut =
    channelsOf(input) === channels ? input : conv(builder, input, 'nin_shortcut', channels, 1, { bias: true });
  return add(builder, shortcut, x);
}

/** Single-head attention over pixels. */
function attention(builder: GraphBuilder, input: Value): Value {
  const [batch, channels, height, width] = input.shape as [number, number, number, number];
  const normed = builder.add('groupNorm', [input], { groups: 32 }, { name: 'norm' });
  const [query, key, value] = ['q', 'k', 'v'].map((name) => {
    const x = conv(builder, normed, name, channels, 1, { bias: true });
    return builder.add('reshape', [x], { shape: [batch, channels, height * width] });
  }) as [Value, Value, Value];
  const rows = builder.add('transpose', [query], { permutation: [0, 2, 1] });
  let scores = builder.add('matmul', [rows, key], {}, { name: 'query_key' });
  scores = builder.add('mul', [scores, builder.stored('scale', 'constant', [])], {}, { name: 'scale' });
  scores = builder.add('softmax', [scores], {}, { name: 'softmax' });
  const mixed = builder.add('matmul', [value, scores], { transposeRight: true }, { name: 'scores_value' });
  const image = builder.add('reshape', [mixed], { shape: [batch, channels, height, width] });
  return add(builder, input, conv(builder, image, 'proj_out', channels, 1, { bias: true }));
}

/** 3x3 of stride 2, padded below and to the right. */
function halved(builder: GraphBuilder, input: Value): Value {
  return conv(builder, input, 'conv', channelsOf(input), 3, { stride: 2, padding: 'same', bias: true });
}
