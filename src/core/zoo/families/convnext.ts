import convnext from '../blocks/convnext.js';
import { defineFamily } from '../define-family.js';
import { CONVNEXT } from '../facts/papers.js';
import { torchvision } from '../facts/published.js';
import { channelsFirstNorm } from '../parts/channels-first-norm.js';
import { conv, flatten, globalPool, linear } from '../parts/layers.js';

interface Settings {
  readonly channels: readonly number[];
  readonly depths: readonly number[];
}

const settings = (channels: number, depths: readonly number[]): Settings => ({
  channels: [channels, 2 * channels, 4 * channels, 8 * channels],
  depths,
});

/** ConvNeXt. Layer names are torchvision's. */
export default defineFamily<Settings>({
  name: 'convnext',
  title: 'ConvNeXt',
  paper: CONVNEXT,
  variants: [
    {
      name: 'convnext-tiny',
      aliases: ['convnext_tiny', 'convnext-t'],
      published: torchvision(28589128, 4.456, 82.52),
      settings: settings(96, [3, 3, 9, 3]),
    },
    {
      name: 'convnext-small',
      aliases: ['convnext_small', 'convnext-s'],
      published: torchvision(50223688, 8.684, 83.616),
      settings: settings(96, [3, 3, 27, 3]),
    },
    {
      name: 'convnext-base',
      aliases: ['convnext_base', 'convnext-b'],
      published: torchvision(88591464, 15.355, 84.062),
      settings: settings(128, [3, 3, 27, 3]),
    },
    {
      name: 'convnext-large',
      aliases: ['convnext_large', 'convnext-l'],
      published: torchvision(197767336, 34.361, 84.414),
      settings: settings(192, [3, 3, 27, 3]),
    },
  ],
  build(builder, input, { channels, depths }, { classes }) {
    const features = builder.scope('features', () => {
      let x = builder.scope('0', () => {
        const y = conv(builder, input, '0', channels[0] as number, 4, { stride: 4, padding: 0, bias: true });
        return channelsFirstNorm(builder, y, '1');
      });
      depths.forEach((depth, stage) => {
        if (stage > 0) {
          x = builder.scope(String(2 * stage), () => {
            const normed = channelsFirstNorm(builder, x, '0');
            return conv(builder, normed, '1', channels[stage] as number, 2, { stride: 2, padding: 0, bias: true });
          });
        }
        for (let i = 0; i < depth; i++) {
          x = builder.scope(`${2 * stage + 1}.${i}`, () => convnext.apply(builder, x, {}));
        }
      });
      return x;
    });
    const pooled = globalPool(builder, features);
    return builder.scope('classifier', () => {
      const x = channelsFirstNorm(builder, pooled, '0');
      return linear(builder, flatten(builder, x, '1'), '2', classes);
    });
  },
});
