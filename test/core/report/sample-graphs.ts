import { GraphBuilder } from '../../../src/core/graph/builder.js';
import type { Graph, Value } from '../../../src/core/ir/graph.js';

/** Blocks as in the paper, small enough to read a report of by eye. */
function unit(b: GraphBuilder, x: Value, outChannels: number, kernel: number, name: string): Value {
  const y = b.add('conv', [x], { outChannels, kernel, padding: (kernel - 1) / 2, bias: false }, { name });
  return b.add('relu', [b.add('batchNorm', [y], {}, { name: `${name}.norm` })], {}, { name: `${name}.act` });
}

/** One-shot aggregation: `layers` convolutions of `width`, one concatenation, one 1x1. */
export function osaBlock(name = 'OSA 5x128', channels = 256, width = 128, layers = 5, size = 56): Graph {
  const b = new GraphBuilder(name);
  const input = b.input('x', [1, channels, size, size]);
  const features = [input];
  let x = input;
  b.scope('osa', () => {
    for (let i = 0; i < layers; i++) {
      x = b.scope(`layers.${i}`, () => unit(b, x, width, 3, 'conv'));
      features.push(x);
    }
    x = b.add('concat', features, { axis: 1 }, { name: 'concat' });
    x = unit(b, x, channels, 1, 'aggregate');
  });
  return b.finish([x]);
}

/** Dense connections: every layer reads all features before it. */
export function denseBlock(name = 'Dense k=32', channels = 256, growth = 32, layers = 9, size = 56): Graph {
  const b = new GraphBuilder(name);
  const features = [b.input('x', [1, channels, size, size])];
  const all = () =>
    features.length === 1 ? (features[0] as Value) : b.add('concat', features, { axis: 1 }, { name: 'concat' });
  for (let i = 0; i < layers; i++) features.push(b.scope(`layers.${i}`, () => unit(b, all(), growth, 3, 'conv')));
  const y = b.scope('transition', () => unit(b, all(), channels, 1, 'conv'));
  return b.finish([y]);
}

/** Residual bottlenecks: 1x1, 3x3, 1x1 and an addition. */
export function bottleneckBlock(name = 'Bottleneck 256/64', channels = 256, width = 64, blocks = 4, size = 56): Graph {
  const b = new GraphBuilder(name);
  let x = b.input('x', [1, channels, size, size]);
  for (let i = 0; i < blocks; i++) {
    x = b.scope(`blocks.${i}`, () => {
      const y = unit(b, unit(b, x, width, 1, 'reduce'), width, 3, 'conv');
      const z = b.add('conv', [y], { outChannels: channels, kernel: 1, bias: false }, { name: 'expand' });
      const sum = b.add('add', [b.add('batchNorm', [z], {}, { name: 'expand.norm' }), x], {}, { name: 'add' });
      return b.add('relu', [sum], {}, { name: 'act' });
    });
  }
  return b.finish([x]);
}

/** A long chain of modules, for tests of size and speed: `layers` layers in modules three deep. */
export function deepNetwork(layers = 5000, name = 'deep'): Graph {
  const b = new GraphBuilder(name);
  let x = b.input('x', [1, 32, 28, 28]);
  for (let i = 0; b.finish([x]).nodes.length < layers; i++) {
    const path = `stages.${Math.floor(i / 200)}.blocks.${Math.floor(i / 20) % 10}.units.${i % 20}`;
    x = b.at(path, () => unit(b, x, 32 + ((i * 8) % 96), i % 2 === 0 ? 3 : 1, 'conv'));
  }
  return b.finish([x]);
}
