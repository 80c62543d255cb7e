import { GraphBuilder } from '../../core/graph/builder.js';
import type { Graph, Value } from '../../core/ir/graph.js';

/** One kernel, or a few, to time alone. */
export interface Microbenchmark {
  readonly name: string;
  /** What it is of; all of one kind and size are held out together. */
  readonly kind: string;
  /** What is timed. */
  readonly graph: Graph;
  /** What it is taken to cost: the same without what only makes the output small. */
  readonly counted: Graph;
}

function micro(
  kind: string,
  name: string,
  shape: readonly number[],
  build: (b: GraphBuilder, x: Value) => Value,
): Microbenchmark {
  const counted = finished(`${kind} ${name}`, shape, build);
  const graph = finished(counted.name, shape, (b, x) => corner(b, build(b, x)));
  return { name: counted.name, kind, graph, counted };
}

function finished(name: string, shape: readonly number[], build: (b: GraphBuilder, x: Value) => Value): Graph {
  const builder = new GraphBuilder(name);
  return builder.finish([build(builder, builder.input('input', shape))]);
}

/**
 * One pixel of an image. Models give little out, and runtimes allocate outputs anew at every run: of a whole feature map
 * that can take longer than the kernel.
 */
function corner(b: GraphBuilder, image: Value): Value {
  const side = image.shape.length === 4 ? (image.shape[2] as number) : 1;
  return side === 1 ? image : b.add('maxPool', [image], { kernel: 2, stride: side });
}

/** Convolutions one after another: alone, one would pay for bringing its input into the runtime's own layout. */
const CHAIN = 4;

function conv(kind: string, kernel: number, channels: number, out: number, side: number, groups = 1): Microbenchmark {
  const attributes = { kernel, padding: kernel >> 1, groups, bias: false };
  const parts = groups === 1 ? '' : ` in ${groups} groups`;
  const name = `${kernel}x${kernel} ${channels}->${out} at ${side}${parts}`;
  return micro(kind, name, [1, channels, side, side], (b, x) => {
    let value = x;
    for (let i = 0; i < CHAIN; i++)
      value = b.add('conv', [value], { ...attributes, outChannels: i % 2 === 0 ? out : channels });
    return value;
  });
}

/** MobileNetV2's block (arXiv 1801.04381, section 3.3): kernels as they follow each other in networks. */
function invertedResidual(channels: number, side: number): Microbenchmark {
  return micro('invertedResidual', `${channels} at ${side}`, [1, channels, side, side], (b, x) => {
    const wide = 6 * channels;
    const product = (value: Value, outChannels: number) =>
      b.add('batchNorm', [b.add('conv', [value], { outChannels, kernel: 1, bias: false })]);
    const depthwise = { outChannels: wide, kernel: 3, padding: 1, groups: wide, bias: false };
    const expanded = b.add('relu6', [product(x, wide)]);
    const filtered = b.add('relu6', [b.add('batchNorm', [b.add('conv', [expanded], depthwise)])]);
    return b.add('add', [x, product(filtered, channels)]);
  });
}

/** Squeeze and excitation (arXiv 1709.01507, section 3): a map weighed by what its own means say. */
function squeezeExcite(channels: number, side: number): Microbenchmark {
  return micro('squeezeExcite', `${channels} at ${side}`, [1, channels, side, side], (b, x) => {
    const product = (value: Value, outChannels: number) => b.add('conv', [value], { outChannels, kernel: 1 });
    const squeezed = b.add('relu', [product(b.add('globalAvgPool', [x]), channels / 4)]);
    return b.add('mul', [x, b.add('sigmoid', [product(squeezed, channels)])]);
  });
}

/** Parts of a transformer's encoder for an image of 14x14 patches and a class token. */
function encoderParts(features: number): Microbenchmark[] {
  const tokens = 197;
  const heads = features / 64;
  const rows = [1, tokens, features];
  const wide = [1, tokens, 4 * features];
  const scores = [heads, tokens, tokens];
  const head = [heads, tokens, 64];
  return [
    micro('linear', `${features}->${4 * features}, ${tokens} rows`, rows, (b, x) =>
      b.add('linear', [x], { outFeatures: 4 * features }),
    ),
    micro('normalization', `layers of ${features}`, rows, (b, x) => b.add('layerNorm', [x])),
    micro('activation', `gelu of ${4 * features}`, wide, (b, x) => b.add('gelu', [x])),
    micro('softmax', `${heads} heads`, scores, (b, x) => b.add('softmax', [x])),
    micro('matmul', `scores of ${heads} heads`, head, (b, x) =>
      b.add('matmul', [x, b.input('keys', [heads, 64, tokens])]),
    ),
    micro('matmul', `values of ${heads} heads`, scores, (b, x) => b.add('matmul', [x, b.input('values', head)])),
    micro('attention', `${heads} heads`, head, (b, x) =>
      b.add('attention', [x, b.input('keys', head), b.input('values', head)]),
    ),
  ];
}

/** Ladders of matrix products and convolutions, copies of rising size, and kernels that do nothing but start. */
export function microbenchmarks(): Microbenchmark[] {
  const maps: readonly (readonly [channels: number, side: number])[] = [
    [32, 112],
    [64, 56],
    [128, 28],
    [256, 14],
    [512, 7],
  ];
  return [
    ...[256, 512, 1024, 2048].map((features) =>
      micro('linear', `${features}`, [64, features], (b, x) => b.add('linear', [x], { outFeatures: features })),
    ),
    ...[
      [2048, 1000],
      [4096, 4096],
    ].map(([features = 0, out = 0]) =>
      micro('linear', `${features}->${out}, one row`, [1, features], (b, x) =>
        b.add('linear', [x], { outFeatures: out }),
      ),
    ),
    ...maps.flatMap(([channels, side]) => [
      conv('conv', 3, channels, channels, side),
      conv('pointwiseConv', 1, channels, channels * 2, side),
      conv('pointwiseConv', 1, channels * 4, channels, side),
      conv('depthwiseConv', 3, channels * 4, channels * 4, side, channels * 4),
    ]),
    ...maps
      .slice(1, 4)
      .flatMap(([channels, side]) => [
        conv('groupedConv', 3, channels, channels, side, 2),
        conv('groupedConv', 3, channels, channels, side, 16),
      ]),
    ...maps.slice(1).map(([channels, side]) => conv('largeDepthwiseConv', 5, channels, channels, side, channels)),
    ...maps.slice(1, 4).map(([channels, side]) => conv('largeDepthwiseConv', 7, channels, channels, side, channels)),
    micro('conv', '7x7 3->64 at 224', [1, 3, 224, 224], (b, x) =>
      b.add('conv', [x], { outChannels: 64, kernel: 7, padding: 3, stride: 2, bias: false }),
    ),
    ...[
      [16, 56],
      [32, 28],
      [64, 14],
      [160, 7],
    ].map(([channels = 0, side = 0]) => invertedResidual(channels, side)),
    ...[
      [96, 56],
      [192, 28],
      [480, 14],
    ].map(([channels = 0, side = 0]) => squeezeExcite(channels, side)),
    ...[192, 384].flatMap(encoderParts),
    ...[14, 56, 112].flatMap((side) => [
      micro('elementwise', `add at ${side}`, [1, 128, side, side], (b, x) =>
        b.add('add', [x, b.input('other', [1, 128, side, side])]),
      ),
      micro('activation', `relu at ${side}`, [1, 256, side, side], (b, x) => b.add('relu', [x])),
      micro('activation', `hardSwish at ${side}`, [1, 128, side, side], (b, x) => b.add('hardSwish', [x])),
      micro('pooling', `max 3 at ${side}`, [1, 64, side, side], (b, x) =>
        b.add('maxPool', [x], { kernel: 3, stride: 2, padding: 1 }),
      ),
      micro('concat', `at ${side}`, [1, 64, side, side], (b, x) =>
        b.add('concat', [x, b.input('other', [1, 64, side, side])]),
      ),
      micro('batchNorm', `at ${side}`, [1, 128, side, side], (b, x) => b.add('batchNorm', [x])),
      micro('reduction', `mean at ${side}`, [1, 128, side, side], (b, x) => b.add('globalAvgPool', [x])),
    ]),
    ...[1, 8, 32].map((count) =>
      micro('launch', `${count} kernels`, [1, 16], (b, x) => {
        let value = x;
        // Softmax does not fuse: each is a kernel.
        for (let i = 0; i < count; i++) value = b.add('softmax', [value]);
        return value;
      }),
    ),
  ];
}
