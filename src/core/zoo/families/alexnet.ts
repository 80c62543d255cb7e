import { defineFamily } from '../define-family.js';
import { torchvision } from '../facts/published.js';
import { conv, flatten, linear } from '../parts/layers.js';

/** Channels, kernel, stride, padding, max pool after it. */
const LAYERS = [
  [64, 11, 4, 2, true],
  [192, 5, 1, 2, true],
  [384, 3, 1, 1, false],
  [256, 3, 1, 1, false],
  [256, 3, 1, 1, true],
] as const;

/** AlexNet in its one-column form. Layer names are torchvision's. */
export default defineFamily<null>({
  name: 'alexnet',
  title: 'AlexNet',
  paper: {
    title: 'One weird trick for parallelizing convolutional neural networks',
    url: 'https://arxiv.org/abs/1404.5997',
    year: 2014,
  },
  variants: [{ name: 'alexnet', published: torchvision(61100840, 0.714, 56.522), settings: null }],
  build(builder, input, _, { classes }) {
    let x = builder.scope('features', () => {
      let y = input;
      let index = 0;
      for (const [channels, kernel, stride, padding, pool] of LAYERS) {
        y = conv(builder, y, String(index++), channels, kernel, { stride, padding, bias: true });
        y = builder.add('relu', [y], {}, { name: String(index++) });
        if (pool) y = builder.add('maxPool', [y], { kernel: 3, stride: 2 }, { name: String(index++) });
      }
      return y;
    });
    x = flatten(builder, builder.add('adaptiveAvgPool', [x], { outputSize: 6 }, { name: 'avgpool' }));
    return builder.scope('classifier', () => {
      x = builder.add('relu', [linear(builder, x, '1', 4096)], {}, { name: '2' });
      x = builder.add('relu', [linear(builder, x, '4', 4096)], {}, { name: '5' });
      return linear(builder, x, '6', classes);
    });
  },
});
