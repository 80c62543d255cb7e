import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { batchNorm, concat, conv, layer } from '../parts/layers.js';

interface Settings {
  /** As most write it today: padded, with batch norm in place of biases. The paper's maps shrink at each 3x3. */
  readonly padded: boolean;
}

const CHANNELS = [64, 128, 256, 512, 1024];

/** U-Net (paper, figure 1). */
export default defineFamily<Settings>({
  name: 'unet',
  title: 'U-Net',
  paper: {
    title: 'U-Net: Convolutional Networks for Biomedical Image Segmentation',
    url: 'https://arxiv.org/abs/1505.04597',
    year: 2015,
  },
  variants: [
    { name: 'unet', resolution: 572, inputChannels: 1, classes: 2, settings: { padded: false } },
    { name: 'unet-padded', resolution: 512, classes: 2, settings: { padded: true } },
  ],
  build(builder, input, { padded }, { classes }) {
    const skipped: Value[] = [];
    let x = input;
    CHANNELS.forEach((channels, i) => {
      if (i > 0) {
        skipped.push(x);
        x = layer(builder, 'maxPool', [x], { kernel: 2, stride: 2 }, `down${i}.pool`);
      }
      x = builder.scope(`down${i}`, () => twice(builder, x, channels, padded));
    });
    CHANNELS.slice(0, -1)
      .reverse()
      .forEach((channels, i) => {
        x = builder.scope(`up${i}`, () => {
          const up = builder.add('convTranspose', [x], { outChannels: channels, kernel: 2, stride: 2 }, { name: 'up' });
          const kept = cropped(builder, skipped.pop() as Value, up);
          return twice(builder, concat(builder, [kept, up]), channels, padded);
        });
      });
    return conv(builder, x, 'out', classes, 1, { bias: true });
  },
});

/** Two 3x3 with ReLU. */
function twice(builder: GraphBuilder, input: Value, channels: number, padded: boolean): Value {
  let x = input;
  for (let i = 0; i < 2; i++) {
    x = conv(builder, x, `conv${i}`, channels, 3, { padding: padded ? 1 : 0, bias: !padded });
    if (padded) x = batchNorm(builder, x, `norm${i}`);
    x = builder.add('relu', [x], {}, { name: `relu${i}` });
  }
  return x;
}

/** The middle of `input`, as large as `like`. */
function cropped(builder: GraphBuilder, input: Value, like: Value): Value {
  const sizes = like.shape.slice(2);
  const starts = sizes.map((size, axis) => ((input.shape[2 + axis] as number) - size) >> 1);
  if (starts.every((start) => start === 0)) return input;
  const ends = sizes.map((size, axis) => size + (starts[axis] as number));
  return builder.add('slice', [input], { axes: [2, 3], starts, ends }, { name: 'crop' });
}
