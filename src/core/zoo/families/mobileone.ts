import type { FromSchema } from 'json-schema-to-ts';
import { mobileOneBlock } from '../blocks/mobileone.js';
import { defineFamily } from '../define-family.js';
import { MOBILEONE } from '../facts/papers.js';
import { DEPLOY_OPTION } from '../options.js';
import { channelsOf, classifierHead, roundChannels } from '../parts/layers.js';
import { timmVariant } from '../timm-variant.js';

type Options = Required<FromSchema<typeof DEPLOY_OPTION>>;

interface Settings {
  /** Over 64, 128, 256 and 512 channels. */
  readonly widths: readonly number[];
  readonly branches: number;
  /** Blocks at the end of each stage with squeeze-and-excitation. */
  readonly squeezed: readonly number[];
}

const DEPTHS = [2, 8, 10, 1];

const variant = (name: string, widths: readonly number[], branches = 1, squeezed: readonly number[] = [0, 0, 0, 0]) =>
  timmVariant<Settings, Options>(`mobileone_${name}`, { widths, branches, squeezed }, { options: { deploy: false } });

/** MobileOne: depthwise and pointwise convolutions, over-parametrised in training. Layer names are timm's. */
export default defineFamily<Settings, Options>({
  name: 'mobileone',
  title: 'MobileOne',
  paper: MOBILEONE,
  options: DEPLOY_OPTION,
  variants: [
    variant('s0', [0.75, 1, 1, 2], 4),
    variant('s1', [1.5, 1.5, 2, 2.5]),
    variant('s2', [1.5, 2, 2.5, 4]),
    variant('s3', [2, 2.5, 3, 4]),
    variant('s4', [3, 3.5, 3.5, 4], 1, [0, 0, 5, 1]),
  ],
  build(builder, input, { widths, branches, squeezed }, { deploy, classes }) {
    const stem = Math.min(64, 64 * (widths[0] as number));
    let x = builder.scope('stem', () => mobileOneBlock(builder, input, { outChannels: stem, stride: 2, deploy }));
    DEPTHS.forEach((depth, stage) => {
      const outChannels = 64 * 2 ** stage * (widths[stage] as number);
      for (let i = 0; i < depth; i++) {
        const attend = i >= depth - (squeezed[stage] as number);
        const squeeze = (channels: number) => (attend ? { squeeze: roundChannels(channels / 16, 8, 0) } : {});
        x = builder.scope(`stages.${stage}.${2 * i}`, () => {
          const groups = channelsOf(x);
          const stride = i === 0 ? 2 : 1;
          return mobileOneBlock(builder, x, {
            outChannels: groups,
            groups,
            stride,
            branches,
            deploy,
            ...squeeze(groups),
          });
        });
        x = builder.scope(`stages.${stage}.${2 * i + 1}`, () =>
          mobileOneBlock(builder, x, { outChannels, kernel: 1, branches, deploy, ...squeeze(outChannels) }),
        );
      }
    });
    return builder.scope('head', () => classifierHead(builder, x, classes, { pool: 'global_pool', linear: 'fc' }));
  },
});
