import { hardBlock, hardConv, hardDepthwise } from '../blocks/hardnet.js';
import { defineFamily, type Published } from '../define-family.js';
import { HARDNET } from '../facts/papers.js';
import { flatten, globalPool, linear } from '../parts/layers.js';

/** Layers, growth rate, output channels of the 1x1 after it, whether the image is halved after that. */
type Block = readonly [layers: number, growth: number, outChannels: number, down: boolean];

interface Settings {
  readonly stem: readonly [number, number];
  readonly blocks: readonly Block[];
  readonly multiplier: number;
  readonly depthwise?: boolean;
  /** HarDNet-85 has a dropout before its last 1x1, which shifts the names by one. */
  readonly dropout?: boolean;
}

const H68: Settings = {
  stem: [32, 64],
  multiplier: 1.7,
  blocks: [
    [8, 14, 128, true],
    [16, 16, 256, false],
    [16, 20, 320, true],
    [16, 40, 640, true],
    [4, 160, 1024, false],
  ],
};

const H85: Settings = {
  stem: [48, 96],
  multiplier: 1.7,
  dropout: true,
  blocks: [
    [8, 24, 192, true],
    [16, 24, 256, false],
    [16, 28, 320, true],
    [16, 36, 480, false],
    [16, 48, 720, true],
    [4, 256, 1280, false],
  ],
};

const H39: Settings = {
  stem: [24, 48],
  multiplier: 1.6,
  blocks: [
    [4, 16, 96, true],
    [16, 20, 320, true],
    [8, 64, 640, true],
    [4, 160, 1024, false],
  ],
};

const authors = (millions: number, billions: number, top1: number): Published => ({
  params: millions * 1e6,
  madds: billions * 1e9,
  top1,
  source: 'github.com/PingoLH/Pytorch-HarDNet',
});

/** HarDNet: dense blocks with harmonic links. DS: depthwise separable. Layer names are those of the authors' code. */
export default defineFamily<Settings>({
  name: 'hardnet',
  title: 'HarDNet',
  paper: HARDNET,
  variants: [
    { name: 'hardnet68', published: authors(17.6, 4.3, 76.5), settings: H68 },
    { name: 'hardnet85', published: authors(36.7, 9.1, 78), settings: H85 },
    { name: 'hardnet39ds', published: authors(3.5, 0.44, 72.1), settings: { ...H39, depthwise: true } },
    { name: 'hardnet68ds', published: authors(4.2, 0.8, 74.3), settings: { ...H68, depthwise: true } },
  ],
  build(builder, input, { stem, blocks, multiplier, depthwise = false, dropout }, { classes }) {
    return builder.scope('base', () => {
      let index = 0;
      const next = () => String(index++);
      let x = builder.scope(next(), () => hardConv(builder, input, stem[0], 3, 2));
      x = builder.scope(next(), () => hardConv(builder, x, stem[1], depthwise ? 1 : 3));
      const down = (kernel: number, padding: number) => {
        x = depthwise
          ? builder.scope(next(), () => hardDepthwise(builder, x, 2))
          : builder.add('maxPool', [x], { kernel, stride: 2, ...(padding ? { padding } : {}) }, { name: next() });
      };
      down(3, 1);
      blocks.forEach(([layers, growth, outChannels, halve], i) => {
        x = builder.scope(next(), () => hardBlock(builder, x, layers, growth, multiplier, depthwise));
        if (dropout && i === blocks.length - 1) index++;
        x = builder.scope(next(), () => hardConv(builder, x, outChannels, 1));
        if (halve) down(2, 0);
      });
      return builder.scope(next(), () =>
        linear(builder, flatten(builder, globalPool(builder, x, '0'), '1'), '3', classes),
      );
    });
  },
});
