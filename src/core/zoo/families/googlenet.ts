import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { AUXILIARY_OPTION, type AuxiliaryOptions, auxiliaryHead } from '../parts/auxiliary.js';
import { classifierHead, concat, convNorm, flatten, linear } from '../parts/layers.js';

/** Channels of the branches: 1x1; 1x1 and 3x3; 1x1 and "5x5" (3x3 in torchvision); 1x1 after the pool. */
type Inception = readonly [number, number, number, number, number, number];

const MODULES: readonly (readonly [name: string, branches: Inception])[] = [
  ['inception3a', [64, 96, 128, 16, 32, 32]],
  ['inception3b', [128, 128, 192, 32, 96, 64]],
  ['inception4a', [192, 96, 208, 16, 48, 64]],
  ['inception4b', [160, 112, 224, 24, 64, 64]],
  ['inception4c', [128, 128, 256, 24, 64, 64]],
  ['inception4d', [112, 144, 288, 32, 64, 64]],
  ['inception4e', [256, 160, 320, 32, 128, 128]],
  ['inception5a', [256, 160, 320, 32, 128, 128]],
  ['inception5b', [384, 192, 384, 48, 128, 128]],
];

/** Auxiliary classifiers by the module they follow. */
const AUXILIARIES: Readonly<Record<string, string>> = { inception4a: 'aux1', inception4d: 'aux2' };

/** Inception v1 with batch norm. Layer names are torchvision's. */
export default defineFamily<null, AuxiliaryOptions>({
  name: 'googlenet',
  title: 'GoogLeNet',
  paper: { title: 'Going Deeper with Convolutions', url: 'https://arxiv.org/abs/1409.4842', year: 2014 },
  options: AUXILIARY_OPTION,
  variants: [
    {
      name: 'googlenet',
      aliases: ['inception-v1'],
      published: {
        params: 6624904,
        madds: 1.498e9,
        top1: 69.778,
        source: 'torchvision IMAGENET1K_V1, without auxiliary classifiers',
      },
      settings: null,
      options: { aux: 'idle' },
    },
  ],
  build(builder, input, _, { aux, classes }) {
    let x = basicConv(builder, input, 'conv1', 64, 7, 2);
    x = pool(builder, x, 3, 'maxpool1');
    x = basicConv(builder, x, 'conv2', 64, 1);
    x = basicConv(builder, x, 'conv3', 192, 3);
    x = pool(builder, x, 3, 'maxpool2');
    for (const [name, branches] of MODULES) {
      x = builder.scope(name, () => inception(builder, x, branches));
      const head = AUXILIARIES[name];
      if (head !== undefined) auxiliaryHead(builder, x, aux, (b, value) => auxiliary(b, value, head, classes));
      if (name === 'inception3b') x = pool(builder, x, 3, 'maxpool3');
      if (name === 'inception4e') x = pool(builder, x, 2, 'maxpool4');
    }
    return classifierHead(builder, x, classes, { linear: 'fc' });
  },
});

function basicConv(builder: GraphBuilder, input: Value, scope: string, channels: number, kernel: number, stride = 1) {
  return builder.scope(scope, () =>
    convNorm(builder, input, ['conv', 'bn', 'relu'], channels, kernel, { stride, activation: 'relu' }),
  );
}

const pool = (builder: GraphBuilder, input: Value, kernel: number, name: string) =>
  builder.add('maxPool', [input], { kernel, stride: 2, ceilMode: true }, { name });

function inception(
  builder: GraphBuilder,
  input: Value,
  [one, reduce3, three, reduce5, five, pooled]: Inception,
): Value {
  const branch1 = basicConv(builder, input, 'branch1', one, 1);
  const branch2 = basicConv(builder, basicConv(builder, input, 'branch2.0', reduce3, 1), 'branch2.1', three, 3);
  const branch3 = basicConv(builder, basicConv(builder, input, 'branch3.0', reduce5, 1), 'branch3.1', five, 3);
  const branch4 = builder.scope('branch4', () => {
    const x = builder.add('maxPool', [input], { kernel: 3, stride: 1, padding: 1, ceilMode: true }, { name: '0' });
    return basicConv(builder, x, '1', pooled, 1);
  });
  return concat(builder, [branch1, branch2, branch3, branch4]);
}

function auxiliary(builder: GraphBuilder, input: Value, scope: string, classes: number): void {
  builder.scope(scope, () => {
    let x = builder.add('adaptiveAvgPool', [input], { outputSize: 4 }, { name: 'pool' });
    x = flatten(builder, basicConv(builder, x, 'conv', 128, 1));
    x = builder.add('relu', [linear(builder, x, 'fc1', 1024)], {}, { name: 'relu' });
    linear(builder, x, 'fc2', classes);
  });
}
