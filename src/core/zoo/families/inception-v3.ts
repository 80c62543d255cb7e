import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { AUXILIARY_OPTION, type AuxiliaryOptions, auxiliaryHead } from '../parts/auxiliary.js';
import { classifierHead, concat, convNorm, flatten, globalPool, type Kernel, linear } from '../parts/layers.js';

/** Inception v3. Layer names are torchvision's, and timm's. */
export default defineFamily<null, AuxiliaryOptions>({
  name: 'inception-v3',
  title: 'Inception v3',
  paper: {
    title: 'Rethinking the Inception Architecture for Computer Vision',
    url: 'https://arxiv.org/abs/1512.00567',
    year: 2015,
  },
  options: AUXILIARY_OPTION,
  variants: [
    {
      name: 'inception-v3',
      aliases: ['inception_v3'],
      published: {
        params: 27161264,
        madds: 5.713e9,
        top1: 77.294,
        source: 'torchvision IMAGENET1K_V1, with the auxiliary classifier',
      },
      resolution: 299,
      settings: null,
      options: { aux: 'idle' },
    },
  ],
  build(builder, input, _, { aux, classes }) {
    const conv = (
      x: Value,
      scope: string,
      channels: number,
      kernel: Kernel,
      stride = 1,
      padding: number | undefined = 0,
    ) => basicConv(builder, x, scope, channels, kernel, stride, padding);
    const maxPool = (x: Value, name: string) => builder.add('maxPool', [x], { kernel: 3, stride: 2 }, { name });
    let x = conv(input, 'Conv2d_1a_3x3', 32, 3, 2);
    x = conv(x, 'Conv2d_2a_3x3', 32, 3);
    x = conv(x, 'Conv2d_2b_3x3', 64, 3, 1, 1);
    x = conv(maxPool(x, 'maxpool1'), 'Conv2d_3b_1x1', 80, 1);
    x = conv(x, 'Conv2d_4a_3x3', 192, 3);
    x = maxPool(x, 'maxpool2');
    const module = (name: string, body: (input: Value) => Value[]) => {
      x = builder.scope(name, () => concat(builder, body(x)));
    };
    for (const [name, pooled] of [
      ['Mixed_5b', 32],
      ['Mixed_5c', 64],
      ['Mixed_5d', 64],
    ] as const) {
      module(name, (input) => inceptionA(builder, input, pooled));
    }
    module('Mixed_6a', (input) => inceptionB(builder, input));
    for (const [name, channels] of [
      ['Mixed_6b', 128],
      ['Mixed_6c', 160],
      ['Mixed_6d', 160],
      ['Mixed_6e', 192],
    ] as const) {
      module(name, (input) => inceptionC(builder, input, channels));
    }
    auxiliaryHead(builder, x, aux, (b, value) => auxiliary(b, value, classes));
    module('Mixed_7a', (input) => inceptionD(builder, input));
    module('Mixed_7b', (input) => inceptionE(builder, input));
    module('Mixed_7c', (input) => inceptionE(builder, input));
    return classifierHead(builder, x, classes, { linear: 'fc' });
  },
});

/** Without `padding` the size is kept. */
function basicConv(
  builder: GraphBuilder,
  input: Value,
  scope: string,
  channels: number,
  kernel: Kernel,
  stride = 1,
  padding?: number,
): Value {
  return builder.scope(scope, () =>
    convNorm(builder, input, ['conv', 'bn', 'relu'], channels, kernel, {
      stride,
      activation: 'relu',
      ...(padding === undefined ? {} : { padding }),
    }),
  );
}

/** Layers one after the other: scope, channels, kernel. */
function chain(builder: GraphBuilder, input: Value, layers: readonly (readonly [string, number, Kernel])[]): Value {
  return layers.reduce((x, [scope, channels, kernel]) => basicConv(builder, x, scope, channels, kernel), input);
}

function poolBranch(builder: GraphBuilder, input: Value, channels: number): Value {
  const pooled = builder.add('avgPool', [input], { kernel: 3, stride: 1, padding: 1 }, { name: 'avg_pool' });
  return basicConv(builder, pooled, 'branch_pool', channels, 1);
}

function inceptionA(builder: GraphBuilder, input: Value, pooled: number): Value[] {
  return [
    chain(builder, input, [['branch1x1', 64, 1]]),
    chain(builder, input, [
      ['branch5x5_1', 48, 1],
      ['branch5x5_2', 64, 5],
    ]),
    chain(builder, input, [
      ['branch3x3dbl_1', 64, 1],
      ['branch3x3dbl_2', 96, 3],
      ['branch3x3dbl_3', 96, 3],
    ]),
    poolBranch(builder, input, pooled),
  ];
}

function inceptionB(builder: GraphBuilder, input: Value): Value[] {
  const branch3x3 = basicConv(builder, input, 'branch3x3', 384, 3, 2, 0);
  const double = chain(builder, input, [
    ['branch3x3dbl_1', 64, 1],
    ['branch3x3dbl_2', 96, 3],
  ]);
  const branch3x3dbl = basicConv(builder, double, 'branch3x3dbl_3', 96, 3, 2, 0);
  return [branch3x3, branch3x3dbl, builder.add('maxPool', [input], { kernel: 3, stride: 2 }, { name: 'max_pool' })];
}

function inceptionC(builder: GraphBuilder, input: Value, channels: number): Value[] {
  return [
    chain(builder, input, [['branch1x1', 192, 1]]),
    chain(builder, input, [
      ['branch7x7_1', channels, 1],
      ['branch7x7_2', channels, [1, 7]],
      ['branch7x7_3', 192, [7, 1]],
    ]),
    chain(builder, input, [
      ['branch7x7dbl_1', channels, 1],
      ['branch7x7dbl_2', channels, [7, 1]],
      ['branch7x7dbl_3', channels, [1, 7]],
      ['branch7x7dbl_4', channels, [7, 1]],
      ['branch7x7dbl_5', 192, [1, 7]],
    ]),
    poolBranch(builder, input, 192),
  ];
}

function inceptionD(builder: GraphBuilder, input: Value): Value[] {
  const narrow = chain(builder, input, [['branch3x3_1', 192, 1]]);
  const branch3x3 = basicConv(builder, narrow, 'branch3x3_2', 320, 3, 2, 0);
  const seven = chain(builder, input, [
    ['branch7x7x3_1', 192, 1],
    ['branch7x7x3_2', 192, [1, 7]],
    ['branch7x7x3_3', 192, [7, 1]],
  ]);
  const branch7x7x3 = basicConv(builder, seven, 'branch7x7x3_4', 192, 3, 2, 0);
  return [branch3x3, branch7x7x3, builder.add('maxPool', [input], { kernel: 3, stride: 2 }, { name: 'max_pool' })];
}

/** Ends in branches that split once more: 1x3 and 3x1 side by side. */
function inceptionE(builder: GraphBuilder, input: Value): Value[] {
  const split = (x: Value, a: string, b: string) =>
    concat(builder, [basicConv(builder, x, a, 384, [1, 3]), basicConv(builder, x, b, 384, [3, 1])]);
  const branch1x1 = chain(builder, input, [['branch1x1', 320, 1]]);
  const branch3x3 = chain(builder, input, [['branch3x3_1', 384, 1]]);
  const joined = split(branch3x3, 'branch3x3_2a', 'branch3x3_2b');
  const double = chain(builder, input, [
    ['branch3x3dbl_1', 448, 1],
    ['branch3x3dbl_2', 384, 3],
  ]);
  return [branch1x1, joined, split(double, 'branch3x3dbl_3a', 'branch3x3dbl_3b'), poolBranch(builder, input, 192)];
}

function auxiliary(builder: GraphBuilder, input: Value, classes: number): void {
  builder.scope('AuxLogits', () => {
    let x = builder.add('avgPool', [input], { kernel: 5, stride: 3 }, { name: 'pool' });
    x = basicConv(builder, x, 'conv0', 128, 1);
    x = basicConv(builder, x, 'conv1', 768, 5, 1, 0);
    linear(builder, flatten(builder, globalPool(builder, x)), 'fc', classes);
  });
}
