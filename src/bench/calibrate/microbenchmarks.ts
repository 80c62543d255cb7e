import { GraphBuilder } from '../../core/graph/builder.js';
import type { Graph, Value } from '../../core/ir/graph.js';

/** One kernel, or a few, to time alone. */
export interface Microbenchmark {
  readonly name: string;
  /** What it is of; all of one kind and size are held out together. */
  readonly kind: string;
  readonly graph: Graph;
}

function micro(
  kind: string,
  name: string,
  shape: readonly number[],
  build: (b: GraphBuilder, x: Value) => Value,
): Microbenchmark {
  const builder = new GraphBuilder(`${kind} ${name}`);
  const graph = builder.finish([build(builder, builder.input('input', shape))]);
  return { name: graph.name, kind, graph };
}

function conv(
  kind: string,
  kernel: number,
  channels: number,
  out: number,
  side: number,
  groups = 1,
  stride = 1,
): Microbenchmark {
  const attributes = { outChannels: out, kernel, padding: kernel >> 1, groups, stride, bias: false };
  return micro(kind, `${channels}->${out} at ${side}`, [1, channels, side, side], (b, x) =>
    b.add('conv', [x], attributes),
  );
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
    micro('linear', '2048->1000, one row', [1, 2048], (b, x) => b.add('linear', [x], { outFeatures: 1000 })),
    ...maps.flatMap(([channels, side]) => [
      conv('conv', 3, channels, channels, side),
      conv('pointwiseConv', 1, channels, channels * 2, side),
      conv('pointwiseConv', 1, channels * 4, channels, side),
      conv('depthwiseConv', 3, channels * 4, channels * 4, side, channels * 4),
    ]),
    ...maps.slice(1, 4).map(([channels, side]) => conv('groupedConv', 3, channels, channels, side, 8)),
    ...maps.slice(1, 4).map(([channels, side]) => conv('largeDepthwiseConv', 7, channels, channels, side, channels)),
    conv('conv', 7, 3, 64, 224, 1, 2),
    ...[14, 56, 112].flatMap((side) => [
      micro('elementwise', `add at ${side}`, [1, 128, side, side], (b, x) => b.add('add', [x, b.add('relu', [x])])),
      micro('activation', `relu at ${side}`, [1, 256, side, side], (b, x) => b.add('relu', [x])),
      micro('pooling', `max 3 at ${side}`, [1, 64, side, side], (b, x) =>
        b.add('maxPool', [x], { kernel: 3, stride: 2, padding: 1 }),
      ),
      micro('concat', `at ${side}`, [1, 64, side, side], (b, x) => b.add('concat', [x, b.add('relu', [x])])),
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
