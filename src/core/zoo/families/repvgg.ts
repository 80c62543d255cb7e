import type { FromSchema } from 'json-schema-to-ts';
import repvgg from '../blocks/repvgg.js';
import { defineFamily, type Published } from '../define-family.js';
import { REPVGG } from '../facts/papers.js';
import { timm } from '../facts/published.js';
import { classifierHead } from '../parts/layers.js';

const options = {
  type: 'object',
  properties: {
    deploy: { type: 'boolean', description: 'The form for inference, branches folded into one convolution each.' },
  },
  additionalProperties: false,
} as const;

type Options = Required<FromSchema<typeof options>>;

interface Settings {
  readonly depths: readonly number[];
  readonly widths: readonly number[];
  /** Of every second block. */
  readonly groups?: number;
}

const A = [2, 4, 14, 1];
const B = [4, 6, 16, 1];
const widths = (factor: number, last: number) => [64 * factor, 128 * factor, 256 * factor, 512 * last];

const variant = (name: string, published: Published, settings: Settings) => ({
  name: `repvgg-${name}`,
  aliases: [`repvgg_${name}`],
  published,
  settings,
  options: { deploy: false },
});

/** RepVGG. Layer names are timm's. */
export default defineFamily<Settings, Options>({
  name: 'repvgg',
  title: 'RepVGG',
  paper: REPVGG,
  options,
  variants: [
    variant('a0', timm(9.11e6, 72.426, 'repvgg_a0.rvgg_in1k'), { depths: A, widths: widths(0.75, 2.5) }),
    variant('a1', timm(14.09e6, 74.474, 'repvgg_a1.rvgg_in1k'), { depths: A, widths: widths(1, 2.5) }),
    variant('a2', timm(28210600, 76.488, 'repvgg_a2.rvgg_in1k'), { depths: A, widths: widths(1.5, 2.75) }),
    variant('b0', timm(15817960, 75.158, 'repvgg_b0.rvgg_in1k'), { depths: B, widths: widths(1, 2.5) }),
    variant('b1', timm(57415016, 78.37, 'repvgg_b1.rvgg_in1k'), { depths: B, widths: widths(2, 4) }),
    variant('b1g4', timm(39966056, 77.608, 'repvgg_b1g4.rvgg_in1k'), { depths: B, widths: widths(2, 4), groups: 4 }),
    variant('b2', timm(89.02e6, 78.788, 'repvgg_b2.rvgg_in1k'), { depths: B, widths: widths(2.5, 5) }),
    variant('b2g4', timm(61.76e6, 79.396, 'repvgg_b2g4.rvgg_in1k'), { depths: B, widths: widths(2.5, 5), groups: 4 }),
    variant('b3', timm(123.09e6, 80.528, 'repvgg_b3.rvgg_in1k'), { depths: B, widths: widths(3, 5) }),
    variant('b3g4', timm(83.83e6, 80.224, 'repvgg_b3g4.rvgg_in1k'), { depths: B, widths: widths(3, 5), groups: 4 }),
  ],
  build(builder, input, { depths, widths: channels, groups = 1 }, { deploy, classes }) {
    const stem = Math.min(64, channels[0] as number);
    let x = builder.scope('stem', () => repvgg.apply(builder, input, { outChannels: stem, stride: 2, deploy }));
    let index = 0;
    depths.forEach((depth, stage) => {
      for (let i = 0; i < depth; i++) {
        // As in the authors' code the stem is block 0, so the second block of the stages is the first with groups.
        const grouped = ++index % 2 === 0 ? groups : 1;
        x = builder.scope(`stages.${stage}.${i}`, () =>
          repvgg.apply(builder, x, {
            outChannels: channels[stage] as number,
            stride: i === 0 ? 2 : 1,
            groups: grouped,
            deploy,
          }),
        );
      }
    });
    return builder.scope('head', () => classifierHead(builder, x, classes, { pool: 'global_pool', linear: 'fc' }));
  },
});
