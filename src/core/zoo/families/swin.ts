import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { swinBlock } from '../blocks/swin.js';
import type { Paper } from '../define-block.js';
import { defineFamily } from '../define-family.js';
import { SWIN } from '../facts/papers.js';
import { torchvision } from '../facts/published.js';
import { classifierHead, conv, linear } from '../parts/layers.js';
import { timmVariant } from '../timm-variant.js';

interface Settings {
  readonly channels: number;
  readonly depths: readonly number[];
  /** Of the first stage; doubled at each. */
  readonly heads: number;
  readonly v2?: boolean;
  /** Side of the attention windows; default 7, in V2 8. */
  readonly window?: number;
  /** timm's V2. */
  readonly timm?: boolean;
}

const V2: Paper = {
  title: 'Swin Transformer V2: Scaling Up Capacity and Resolution',
  url: 'https://arxiv.org/abs/2111.09883',
  year: 2021,
};

/** V2 as timm has it: no bias of keys, windows no larger than the image. */
const timmV2 = (name: string, settings: Omit<Settings, 'v2' | 'timm'>, aliases: readonly string[] = []) => {
  const variant = timmVariant<Settings, object>(
    `swinv2_${name}`,
    { ...settings, v2: true, timm: true },
    { paper: V2, resolution: 256 },
  );
  return { ...variant, aliases: [...(variant.aliases ?? []), ...aliases] };
};

const TINY = { channels: 96, depths: [2, 2, 6, 2], heads: 3 };
const SMALL = { channels: 96, depths: [2, 2, 18, 2], heads: 3 };
const BASE = { channels: 128, depths: [2, 2, 18, 2], heads: 4 };
const LARGE = { channels: 192, depths: [2, 2, 18, 2], heads: 6 };

/** Swin transformer and V2. Layer names are torchvision's. */
export default defineFamily<Settings>({
  name: 'swin',
  title: 'Swin',
  paper: SWIN,
  variants: [
    {
      name: 'swin-t',
      aliases: ['swin_t', 'swin_tiny_patch4_window7_224', 'swin-tiny'],
      published: torchvision(28288354, 4.491, 81.474),
      settings: TINY,
    },
    {
      name: 'swin-s',
      aliases: ['swin_s', 'swin_small_patch4_window7_224', 'swin-small'],
      published: torchvision(49606258, 8.741, 83.196),
      settings: SMALL,
    },
    {
      name: 'swin-b',
      aliases: ['swin_b', 'swin_base_patch4_window7_224', 'swin-base'],
      published: torchvision(87768224, 15.431, 83.582),
      settings: BASE,
    },
    {
      name: 'swin-v2-t',
      aliases: ['swin_v2_t'],
      paper: V2,
      resolution: 256,
      published: torchvision(28351570, 5.94, 82.072),
      settings: { ...TINY, v2: true },
    },
    {
      name: 'swin-v2-s',
      aliases: ['swin_v2_s'],
      paper: V2,
      resolution: 256,
      published: torchvision(49737442, 11.546, 83.712),
      settings: { ...SMALL, v2: true },
    },
    {
      name: 'swin-v2-b',
      aliases: ['swin_v2_b'],
      paper: V2,
      resolution: 256,
      published: torchvision(87930848, 20.325, 84.112),
      settings: { ...BASE, v2: true },
    },
    timmV2('tiny_window8_256', TINY),
    timmV2('small_window8_256', SMALL),
    timmV2('base_window8_256', BASE),
    timmV2('tiny_window16_256', { ...TINY, window: 16 }),
    timmV2('small_window16_256', { ...SMALL, window: 16 }),
    timmV2('base_window16_256', { ...BASE, window: 16 }, ['swinv2_base_window12to16_192to256']),
    timmV2('large_window12to16_192to256', { ...LARGE, window: 16 }),
  ],
  build(builder, input, { channels, depths, heads, v2 = false, timm = false, ...rest }, { classes }) {
    const window = rest.window ?? (v2 ? 8 : 7);
    let x = builder.scope('features', () => {
      let y = builder.scope('0', () => {
        const patches = conv(builder, input, '0', channels, 4, { stride: 4, padding: 0, bias: true });
        const last = builder.add('transpose', [patches], { permutation: [0, 2, 3, 1] }, { name: '1' });
        return builder.add('layerNorm', [last], {}, { name: '2' });
      });
      depths.forEach((depth, stage) => {
        if (stage > 0) y = builder.scope(String(2 * stage), () => patchMerging(builder, y, v2));
        for (let i = 0; i < depth; i++) {
          y = builder.scope(`${2 * stage + 1}.${i}`, () =>
            swinBlock(builder, y, {
              heads: heads << stage,
              window,
              shift: i % 2 === 0 ? 0 : window >> 1,
              cosine: v2,
              timm,
              width: 4 * (channels << stage),
            }),
          );
        }
      });
      return y;
    });
    x = builder.add('layerNorm', [x], {}, { name: 'norm' });
    x = builder.add('transpose', [x], { permutation: [0, 3, 1, 2] }, { name: 'permute' });
    return classifierHead(builder, x, classes, { linear: 'head' });
  },
});

/** Each 2x2 pixels become one of four times the channels, norm, and a linear layer to twice the channels. */
function patchMerging(builder: GraphBuilder, input: Value, normLast: boolean): Value {
  const [, height, width, channels] = input.shape as [number, number, number, number];
  let x = input;
  if (height % 2 !== 0 || width % 2 !== 0) {
    x = builder.add('pad', [x], {
      pads: [
        [0, 0],
        [0, height % 2],
        [0, width % 2],
        [0, 0],
      ],
    });
  }
  const [, rows, columns] = x.shape as [number, number, number, number];
  const corners = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ].map((starts) => builder.add('slice', [x], { axes: [1, 2], starts, ends: [rows, columns], steps: [2, 2] }));
  x = builder.add('concat', corners, { axis: 3 });
  const norm = (value: Value) => builder.add('layerNorm', [value], {}, { name: 'norm' });
  if (normLast) return norm(linear(builder, x, 'reduction', 2 * channels, false));
  return linear(builder, norm(x), 'reduction', 2 * channels, false);
}
