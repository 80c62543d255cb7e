import { GraphBuilder } from '../../src/core/graph/builder.js';
import type { Graph, Value } from '../../src/core/ir/graph.js';

/** Small graphs with the structures that deep networks are made of. */

function convNormRelu(b: GraphBuilder, x: Value, outChannels: number, kernel: number, stride = 1, groups = 1): Value {
  const y = b.add('conv', [x], { outChannels, kernel, stride, padding: (kernel - 1) / 2, bias: false, groups });
  return b.add('relu', [b.add('batchNorm', [y])]);
}

function normReluConv(b: GraphBuilder, x: Value, outChannels: number, kernel: number): Value {
  const y = b.add('relu', [b.add('batchNorm', [x])]);
  return b.add('conv', [y], { outChannels, kernel, padding: (kernel - 1) / 2, bias: false });
}

/** One-shot aggregation: every layer's output joined once, at the end. */
export function osaBlock(size: number, channels: number, width: number, layers = 5, batch = 1): Graph {
  const b = new GraphBuilder('osa');
  const x = b.input('x', [batch, channels, size, size]);
  const features = [x];
  for (let i = 0; i < layers; i++) features.push(convNormRelu(b, features.at(-1) as Value, width, 3));
  const joined = b.add('concat', features, { axis: 1 });
  return b.finish([convNormRelu(b, joined, channels, 1)]);
}

/** Dense connections with a bottleneck, batch norm first. */
export function denseBlock(size: number, channels: number, growth: number, layers: number): Graph {
  const b = new GraphBuilder('dense');
  const x = b.input('x', [1, channels, size, size]);
  const features = [x];
  for (let i = 0; i < layers; i++) {
    const joined = features.length === 1 ? x : b.add('concat', features, { axis: 1 });
    features.push(normReluConv(b, normReluConv(b, joined, 4 * growth, 1), growth, 3));
  }
  return b.finish([normReluConv(b, b.add('concat', features, { axis: 1 }), channels, 1)]);
}

/** Bottleneck residual blocks. */
export function residualBlocks(size: number, channels: number, width: number, blocks: number): Graph {
  const b = new GraphBuilder('residual');
  const input = b.input('x', [1, channels, size, size]);
  let x = input;
  for (let i = 0; i < blocks; i++) {
    const y = convNormRelu(b, convNormRelu(b, x, width, 1), width, 3);
    const z = b.add('batchNorm', [b.add('conv', [y], { outChannels: channels, kernel: 1, bias: false })]);
    x = b.add('relu', [b.add('add', [z, x])]);
  }
  return b.finish([x]);
}

/** A stem, a squeeze-and-excitation block, depthwise and grouped convolution, pooling and a classifier. */
export function smallClassifier(size = 32, batch = 1): Graph {
  const b = new GraphBuilder('classifier');
  const image = b.input('image', [batch, 3, size, size]);
  const stem = convNormRelu(b, image, 16, 3, 2);
  const pooled = b.add('maxPool', [stem], { kernel: 3, stride: 2, padding: 1, ceilMode: true });
  const grouped = convNormRelu(b, pooled, 32, 3, 1, 4);
  const depthwise = convNormRelu(b, grouped, 32, 3, 1, 32);
  const squeezed = b.add('globalAvgPool', [depthwise]);
  const gate = b.add('sigmoid', [b.add('conv', [squeezed], { outChannels: 32, kernel: 1 })]);
  const excited = b.add('mul', [depthwise, gate]);
  const features = b.add('flatten', [b.add('globalAvgPool', [excited])], {});
  return b.finish([b.add('linear', [features], { outFeatures: 10 })]);
}
