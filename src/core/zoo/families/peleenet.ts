import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { channelsOf, classifierHead, concat, convNorm } from '../parts/layers.js';

/** Layers and bottleneck width of the four dense blocks. */
const BLOCKS = [
  [3, 1],
  [4, 2],
  [8, 4],
  [6, 4],
] as const;

const GROWTH = 32;

/** PeleeNet: two-way dense layers and a stem of two branches. Layer names are those of the authors' code. */
export default defineFamily<null>({
  name: 'peleenet',
  title: 'PeleeNet',
  paper: {
    title: 'Pelee: A Real-Time Object Detection System on Mobile Devices',
    url: 'https://arxiv.org/abs/1804.06882',
    year: 2018,
  },
  variants: [
    {
      name: 'peleenet',
      aliases: ['pelee'],
      published: { params: 2.8e6, madds: 508e6, top1: 72.6, source: 'github.com/Robert-JunWang/PeleeNet' },
      settings: null,
    },
  ],
  build(builder, input, _, { classes }) {
    const features = builder.scope('features', () => {
      let x = builder.scope('stemblock', () => stem(builder, input));
      BLOCKS.forEach(([layers, bottleneck], i) => {
        for (let layer = 1; layer <= layers; layer++) {
          x = builder.scope(`denseblock${i + 1}.denselayer${layer}`, () => denseLayer(builder, x, bottleneck));
        }
        x = basicConv(builder, x, `transition${i + 1}`, channelsOf(x), 1);
        if (i === BLOCKS.length - 1) return;
        x = builder.add('avgPool', [x], { kernel: 2, stride: 2 }, { name: `transition${i + 1}_pool` });
      });
      return x;
    });
    return classifierHead(builder, features, classes, { linear: 'classifier' });
  },
});

function basicConv(builder: GraphBuilder, input: Value, scope: string, channels: number, kernel: number, stride = 1) {
  return builder.scope(scope, () =>
    convNorm(builder, input, ['conv', 'norm', 'relu'], channels, kernel, { stride, activation: 'relu' }),
  );
}

function stem(builder: GraphBuilder, input: Value): Value {
  const first = basicConv(builder, input, 'stem1', 32, 3, 2);
  const narrow = basicConv(builder, first, 'stem2a', 16, 1);
  const strided = basicConv(builder, narrow, 'stem2b', 32, 3, 2);
  const pooled = builder.add('maxPool', [first], { kernel: 2, stride: 2 }, { name: 'pool' });
  return basicConv(builder, concat(builder, [pooled, strided]), 'stem3', 32, 1);
}

/** Half of the growth from one 3x3, half from two; the bottleneck never exceeds half of the input. */
function denseLayer(builder: GraphBuilder, input: Value, bottleneck: number): Value {
  const growth = GROWTH / 2;
  const wanted = Math.floor((growth * bottleneck) / 4) * 4;
  const inner = wanted > channelsOf(input) / 2 ? Math.floor(channelsOf(input) / 8) * 4 : wanted;
  const left = basicConv(builder, basicConv(builder, input, 'branch1a', inner, 1), 'branch1b', growth, 3);
  const middle = basicConv(builder, basicConv(builder, input, 'branch2a', inner, 1), 'branch2b', growth, 3);
  const right = basicConv(builder, middle, 'branch2c', growth, 3);
  return concat(builder, [input, left, right]);
}
