import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { conv, convNorm, flatten, globalPool, linear, roundChannels } from './layers.js';

/** Kernel, expanded channels, output channels, squeeze-and-excitation, stride. */
type Row = readonly [number, number, number, boolean, number];

/** By stage (paper, table 7). */
const STAGES: readonly (readonly Row[])[] = [
  [[3, 16, 16, false, 1]],
  [[3, 48, 24, false, 2]],
  [[3, 72, 24, false, 1]],
  [[5, 72, 40, true, 2]],
  [[5, 120, 40, true, 1]],
  [[3, 240, 80, false, 2]],
  [
    [3, 200, 80, false, 1],
    [3, 184, 80, false, 1],
    [3, 184, 80, false, 1],
    [3, 480, 112, true, 1],
    [3, 672, 112, true, 1],
  ],
  [[5, 672, 160, true, 2]],
  [
    [5, 960, 160, false, 1],
    [5, 960, 160, true, 1],
    [5, 960, 160, false, 1],
    [5, 960, 160, true, 1],
  ],
];

/** One bottleneck, widths applied. */
export interface GhostRow {
  readonly kernel: number;
  readonly expandedChannels: number;
  readonly outChannels: number;
  /** Channels of its squeeze-and-excitation; undefined: none. */
  readonly squeeze?: number;
  readonly stride: number;
}

/** What all versions of GhostNet have around their bottlenecks. Layer names are timm's. */
export function ghostNet(
  builder: GraphBuilder,
  input: Value,
  width: number,
  classes: number,
  bottleneck: (input: Value, row: GhostRow, index: number) => Value,
): Value {
  const scaled = (channels: number) => roundChannels(channels * width, 4);
  const relu = { activation: 'relu' } as const;
  let x = convNorm(builder, input, ['conv_stem', 'bn1', 'act1'], scaled(16), 3, { stride: 2, ...relu });
  let index = 0;
  STAGES.forEach((rows, stage) => {
    rows.forEach(([kernel, expanded, channels, squeeze, stride], i) => {
      const row = {
        expandedChannels: scaled(expanded),
        outChannels: scaled(channels),
        kernel,
        stride,
        ...(squeeze ? { squeeze: roundChannels(scaled(expanded) / 4, 4) } : {}),
      };
      x = builder.scope(`blocks.${stage}.${i}`, () => bottleneck(x, row, index++));
    });
  });
  x = builder.scope(`blocks.${STAGES.length}.0`, () =>
    convNorm(builder, x, ['conv', 'bn1', 'act1'], scaled(960), 1, relu),
  );
  x = globalPool(builder, x, 'global_pool');
  x = conv(builder, x, 'conv_head', 1280, 1, { bias: true });
  x = builder.add('relu', [x], {}, { name: 'act2' });
  return linear(builder, flatten(builder, x), 'classifier', classes);
}
