import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { CSPNET } from '../facts/papers.js';
import { ACTIVATION, type ActivationName, COUNT, LAYERS, RATIO } from '../options.js';
import { add, channelsOf, concat, timmConvNorm } from '../parts/layers.js';

const options = {
  type: 'object',
  properties: {
    outChannels: { ...COUNT, description: 'Output channels.' },
    depth: { ...LAYERS, description: 'Residual blocks in the branch.' },
    stride: { ...COUNT, description: 'Of a 3x3 convolution before the split; default 1: none.' },
    expandRatio: { ...RATIO, description: 'Channels before the split over outChannels; default 2.' },
    blockRatio: { ...RATIO, description: "Blocks' output over outChannels; default 1." },
    bottleRatio: { ...RATIO, description: "Blocks' inner over their output channels; default 0.5." },
    groups: { ...COUNT, description: 'Of the 3x3 convolutions; default 1.' },
    crossLinear: { type: 'boolean', description: 'No activation before the split; default true.' },
    downGrowth: { type: 'boolean', description: 'The strided convolution widens to outChannels; default false.' },
    dark: {
      type: 'boolean',
      description: 'DarkNet blocks (1x1, 3x3) instead of bottlenecks (1x1, 3x3, 1x1); default false.',
    },
    activation: { ...ACTIVATION, description: 'Op name; default leakyRelu.' },
  },
  required: ['outChannels', 'depth'],
  additionalProperties: false,
} as const;

type Options = FromSchema<typeof options>;

/** Cross stage partial: half of the channels bypass the stage's blocks and are concatenated after them. */
export default defineBlock<Options>({
  name: 'csp-stage',
  title: 'CSP stage',
  summary: '1x1 expansion, split in two, residual blocks on one half, concatenation, 1x1 transition.',
  paper: CSPNET,
  options,
  sizing: {
    width: 'inner channels of 3 bottleneck blocks',
    options: (_, outChannels, width) => ({ outChannels, depth: 3, bottleRatio: width / outChannels }),
  },
  apply(builder, input, o) {
    const activation = o.activation ?? 'leakyRelu';
    const convNorm = (x: Value, scope: string, channels: number, kernel = 1, extra = {}) =>
      timmConvNorm(builder, x, scope, channels, kernel, { activation, ...extra });
    const { outChannels, stride = 1, groups = 1 } = o;
    const expanded = Math.max(2, Math.round(outChannels * (o.expandRatio ?? 2)));
    const half = expanded >> 1;
    let x = input;
    if (stride > 1) x = convNorm(x, 'conv_down', o.downGrowth ? outChannels : channelsOf(x), 3, { stride, groups });
    x = convNorm(x, 'conv_exp', expanded, 1, (o.crossLinear ?? true) ? { activation: undefined } : {});
    const [bypass, branch] = builder.addAll('split', [x], { axis: 1, sizes: [half, expanded - half] }) as [
      Value,
      Value,
    ];
    x = branch;
    const blockChannels = Math.max(1, Math.round(outChannels * (o.blockRatio ?? 1)));
    const inner = Math.max(1, Math.round(blockChannels * (o.bottleRatio ?? 0.5)));
    for (let i = 0; i < o.depth; i++) {
      x = builder.scope(`blocks.${i}`, () =>
        residualBlock(builder, x, blockChannels, inner, { groups, activation, dark: o.dark ?? false }),
      );
    }
    x = convNorm(x, 'conv_transition_b', half);
    return convNorm(concat(builder, [bypass, x]), 'conv_transition', outChannels);
  },
});

interface ResidualBlock {
  readonly groups: number;
  readonly activation: ActivationName;
  readonly dark: boolean;
}

/** DarkNet's block (1x1, 3x3, added after the activation) or ResNet's bottleneck (1x1, 3x3, 1x1, added before it). */
export function residualBlock(
  builder: GraphBuilder,
  input: Value,
  outChannels: number,
  inner: number,
  { groups, activation, dark }: ResidualBlock,
): Value {
  let x = timmConvNorm(builder, input, 'conv1', inner, 1, { activation });
  x = timmConvNorm(builder, x, 'conv2', dark ? outChannels : inner, 3, { groups, activation });
  if (dark) return add(builder, x, input);
  x = timmConvNorm(builder, x, 'conv3', outChannels, 1);
  return builder.add(activation, [add(builder, x, input)], {}, { name: 'act3' });
}
