import { ghostBottleneck } from '../blocks/ghost-bottleneck.js';
import type { Paper } from '../define-block.js';
import { defineFamily } from '../define-family.js';
import { GHOSTNET } from '../facts/papers.js';
import { timm } from '../facts/published.js';
import { ghostNet } from '../parts/ghostnet-layout.js';

interface Settings {
  readonly width: number;
  /** GhostNetV2: long-range attention on the first ghost module of all but the first two blocks. */
  readonly attention?: boolean;
}

const V2: Paper = {
  title: 'GhostNetV2: Enhance Cheap Operation with Long-Range Attention',
  url: 'https://arxiv.org/abs/2211.12905',
  year: 2022,
};

/** GhostNet: MobileNetV3's layout with ghost modules for the 1x1 convolutions. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'ghostnet',
  title: 'GhostNet',
  paper: GHOSTNET,
  variants: [
    {
      name: 'ghostnet',
      aliases: ['ghostnet_100'],
      published: timm(5182508, 73.958, 'ghostnet_100.in1k'),
      settings: { width: 1 },
    },
    {
      name: 'ghostnet-0.5',
      aliases: ['ghostnet_050'],
      published: { params: 2.6e6, madds: 42e6, top1: 66.2, source: 'paper, table 7' },
      settings: { width: 0.5 },
    },
    {
      name: 'ghostnet-1.3',
      aliases: ['ghostnet_130'],
      published: { params: 7.3e6, madds: 226e6, top1: 75.7, source: 'paper, table 7' },
      settings: { width: 1.3 },
    },
    {
      name: 'ghostnet-v2',
      aliases: ['ghostnetv2_100'],
      paper: V2,
      published: timm(6156908, 75.186, 'ghostnetv2_100.in1k'),
      settings: { width: 1, attention: true },
    },
    {
      name: 'ghostnet-v2-1.3',
      aliases: ['ghostnetv2_130'],
      paper: V2,
      published: timm(8.96e6, 76.746, 'ghostnetv2_130.in1k'),
      settings: { width: 1.3, attention: true },
    },
    {
      name: 'ghostnet-v2-1.6',
      aliases: ['ghostnetv2_160'],
      paper: V2,
      published: timm(12.39e6, 77.836, 'ghostnetv2_160.in1k'),
      settings: { width: 1.6, attention: true },
    },
  ],
  build(builder, input, { width, attention = false }, { classes }) {
    return ghostNet(builder, input, width, classes, (x, row, index) =>
      ghostBottleneck(builder, x, { ...row, attention: attention && index > 1 }),
    );
  },
});
