import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { GHOSTNET } from '../facts/papers.js';
import { COUNT } from '../options.js';
import { add, batchNorm, channelsOf, conv, convNorm } from '../parts/layers.js';
import { ghostModule } from './ghost-module.js';
import { squeezeExcitation, TIMM_SE_NAMES } from './squeeze-excitation.js';

const options = {
  type: 'object',
  properties: {
    outChannels: { ...COUNT, description: 'Output channels.' },
    expandedChannels: { ...COUNT, description: 'Between the two ghost modules; default 3 x input.' },
    kernel: { ...COUNT, description: 'Of the depthwise convolutions at stride 2; default 3.' },
    stride: { ...COUNT, description: 'Default 1.' },
    squeeze: { ...COUNT, description: 'Squeeze-and-excitation through this many channels; none where left out.' },
    attention: {
      type: 'boolean',
      description: 'The long-range attention of GhostNetV2 on the first module; default false.',
    },
  },
  required: ['outChannels'],
  additionalProperties: false,
} as const;

type Options = FromSchema<typeof options>;

/** Inverted residual whose 1x1 convolutions are ghost modules; depthwise convolution at stride 2 only. */
export default defineBlock<Options>({
  name: 'ghost-bottleneck',
  title: 'Ghost bottleneck',
  summary: 'Ghost module that expands, depthwise convolution where strided, ghost module that projects, shortcut.',
  paper: GHOSTNET,
  options,
  sizing: {
    width: 'channels between the two ghost modules',
    options: (_, outChannels, width) => ({ outChannels, expandedChannels: width }),
  },
  apply: (builder, input, o) => ghostBottleneck(builder, input, o),
});

/** Layer names are timm's. */
export function ghostBottleneck(builder: GraphBuilder, input: Value, o: Options): Value {
  const { outChannels, kernel = 3, stride = 1, squeeze, attention } = o;
  const expanded = o.expandedChannels ?? 3 * channelsOf(input);
  let x = builder.scope('ghost1', () =>
    attention ? attendedModule(builder, input, expanded) : ghostModule(builder, input, { outChannels: expanded }),
  );
  if (stride > 1) x = convNorm(builder, x, ['conv_dw', 'bn_dw', ''], expanded, kernel, { stride, groups: expanded });
  if (squeeze) {
    const se = { channels: squeeze, activation: 'relu', gate: 'hardSigmoid', names: TIMM_SE_NAMES } as const;
    x = builder.scope('se', () => squeezeExcitation(builder, x, se));
  }
  x = builder.scope('ghost2', () => ghostModule(builder, x, { outChannels, activation: 'none' }));
  if (stride === 1 && channelsOf(input) === outChannels) return add(builder, x, input);
  return add(builder, x, ghostShortcut(builder, input, outChannels, kernel, stride));
}

/** Depthwise and 1x1 convolution where the identity does not fit. */
export function ghostShortcut(
  builder: GraphBuilder,
  input: Value,
  outChannels: number,
  kernel: number,
  stride: number,
): Value {
  return builder.scope('shortcut', () => {
    const groups = channelsOf(input);
    const y = convNorm(builder, input, ['0', '1', ''], groups, kernel, { stride, groups });
    return convNorm(builder, y, ['2', '3', ''], outChannels, 1);
  });
}

/** Ghost module times a gate of horizontal and vertical depthwise convolutions at half resolution (DFC attention). */
function attendedModule(builder: GraphBuilder, input: Value, outChannels: number): Value {
  const attention = attend(builder, input, outChannels);
  return gated(builder, ghostModule(builder, input, { outChannels }), attention);
}

/** Long-range attention of half the size (GhostNetV2, arXiv 2211.12905, section 3.2). */
export function attend(builder: GraphBuilder, input: Value, outChannels: number): Value {
  const pooled = builder.add('avgPool', [input], { kernel: 2, stride: 2 }, { name: 'pool' });
  return builder.scope('short_conv', () => {
    let x = convNorm(builder, pooled, ['0', '1', ''], outChannels, 1);
    x = batchNorm(builder, conv(builder, x, '2', outChannels, [1, 5], { groups: outChannels }), '3');
    return batchNorm(builder, conv(builder, x, '4', outChannels, [5, 1], { groups: outChannels }), '5');
  });
}

/** `features` times the sigmoid of `attention`, enlarged. */
export function gated(builder: GraphBuilder, features: Value, attention: Value): Value {
  const gate = builder.add('sigmoid', [attention], {}, { name: 'gate_fn' });
  const size = features.shape.slice(2);
  const enlarged = builder.add('resize', [gate], { size, mode: 'nearest' }, { name: 'interpolate' });
  return builder.add('mul', [features, enlarged], {}, { name: 'scale' });
}
