import { analyze } from '../../analysis/analyze.js';
import { GraphBuilder } from '../../graph/builder.js';
import { speedClaim } from '../claim.js';
import { definePaper } from '../define-paper.js';

/** The part of the channels that PConv takes, and a map large enough that weights do not count. */
const [PART, CHANNELS, SIDE] = [4, 64, 224];

export default definePaper({
  paper: {
    title: 'Run, Don’t Walk: Chasing Higher FLOPS for Faster Neural Networks',
    url: 'https://arxiv.org/abs/2303.03667',
    year: 2023,
  },
  async reproduce() {
    const [whole, part] = [conv3x3(CHANNELS), conv3x3(CHANNELS / PART)];
    const where = `section 3.2, r = 1/${PART}; ours at ${CHANNELS} channels, ${SIDE}x${SIDE}`;
    return {
      figures: [
        {
          what: 'PConv over a convolution, madds',
          where,
          unit: 'ratio',
          theirs: 1 / PART ** 2,
          ours: part.madds / whole.madds,
        },
        {
          what: 'PConv over a convolution, memory access',
          where,
          unit: 'ratio',
          theirs: 1 / PART,
          ours: part.memoryAccessCost / whole.memoryAccessCost,
          note: 'theirs leaves the weights out',
        },
      ],
      claims: [
        await speedClaim({
          claim: 'FasterNet-S is faster than ConvNeXt-T',
          where: 'table 4 (V100)',
          faster: 'fasternet-s',
          slower: 'convnext-tiny',
        }),
        await speedClaim({
          claim: 'FasterNet-T2 is faster than ResNet-50',
          where: 'table 4 (V100)',
          faster: 'fasternet-t2',
          slower: 'resnet50',
        }),
      ],
      missing: ['Achieved FLOPS of tables 1 and 4: they were timed on a 2080 Ti, an i9-9900X and an ARM processor.'],
    };
  },
});

function conv3x3(channels: number) {
  const builder = new GraphBuilder('conv');
  const x = builder.input('image', [1, channels, SIDE, SIDE]);
  return analyze(
    builder.finish([builder.add('conv', [x], { outChannels: channels, kernel: 3, padding: 1, bias: false })]),
  ).totals;
}
