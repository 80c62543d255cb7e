import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { torchvision } from '../facts/published.js';
import { concat, conv, flatten, globalPool } from '../parts/layers.js';

/** Squeeze and expand channels of a fire module; `pool` is a 3x3 max pool of stride 2. */
type Part = readonly [squeeze: number, expand: number] | 'pool';

interface Settings {
  readonly stem: readonly [channels: number, kernel: number];
  readonly parts: readonly Part[];
}

/** SqueezeNet: fire modules, no batch norm. Layer names are torchvision's. */
export default defineFamily<Settings>({
  name: 'squeezenet',
  title: 'SqueezeNet',
  paper: {
    title: 'SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size',
    url: 'https://arxiv.org/abs/1602.07360',
    year: 2016,
  },
  variants: [
    {
      name: 'squeezenet1-0',
      aliases: ['squeezenet1_0', 'squeezenet'],
      published: torchvision(1248424, 0.819, 58.092),
      settings: {
        stem: [96, 7],
        parts: [
          'pool',
          [16, 64],
          [16, 64],
          [32, 128],
          'pool',
          [32, 128],
          [48, 192],
          [48, 192],
          [64, 256],
          'pool',
          [64, 256],
        ],
      },
    },
    {
      name: 'squeezenet1-1',
      aliases: ['squeezenet1_1'],
      published: torchvision(1235496, 0.349, 58.178),
      settings: {
        stem: [64, 3],
        parts: [
          'pool',
          [16, 64],
          [16, 64],
          'pool',
          [32, 128],
          [32, 128],
          'pool',
          [48, 192],
          [48, 192],
          [64, 256],
          [64, 256],
        ],
      },
    },
  ],
  build(builder, input, { stem, parts }, { classes }) {
    const features = builder.scope('features', () => {
      let x = conv(builder, input, '0', stem[0], stem[1], { stride: 2, padding: 0, bias: true });
      x = builder.add('relu', [x], {}, { name: '1' });
      parts.forEach((part, i) => {
        const name = String(i + 2);
        x =
          part === 'pool'
            ? builder.add('maxPool', [x], { kernel: 3, stride: 2, ceilMode: true }, { name })
            : builder.scope(name, () => fire(builder, x, part[0], part[1]));
      });
      return x;
    });
    return builder.scope('classifier', () => {
      let x = conv(builder, features, '1', classes, 1, { bias: true });
      x = builder.add('relu', [x], {}, { name: '2' });
      return flatten(builder, globalPool(builder, x, '3'));
    });
  },
});

/** 1x1 to few channels, then 1x1 and 3x3 side by side, concatenated. */
function fire(builder: GraphBuilder, input: Value, squeeze: number, expand: number): Value {
  const layer = (x: Value, name: string, channels: number, kernel: number) =>
    builder.add('relu', [conv(builder, x, name, channels, kernel, { bias: true })], {}, { name: `${name}_activation` });
  const squeezed = layer(input, 'squeeze', squeeze, 1);
  return concat(builder, [layer(squeezed, 'expand1x1', expand, 1), layer(squeezed, 'expand3x3', expand, 3)]);
}
