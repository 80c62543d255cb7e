import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { timmSqueezeExcitation } from '../blocks/squeeze-excitation.js';
import { type Fusible, fusibleConv } from './fusible-conv.js';
import { add, channelsOf, conv, roundChannels } from './layers.js';

/** What EfficientViT (arXiv 2305.07027, figure 4) and SHViT put around their attention. Layer names are timm's. */

export interface SandwichForm extends Fusible {
  /** The identity beside a depthwise convolution is folded into it. */
  readonly foldsIdentity: boolean;
}

/** x + depthwise 3x3 of x. */
export function residualDepthwise(builder: GraphBuilder, input: Value, scope: string, form: SandwichForm): Value {
  const groups = channelsOf(input);
  if (form.foldsIdentity) return conv(builder, input, scope, groups, 3, { groups, bias: true });
  return builder.scope(scope, () =>
    add(builder, input, fusibleConv(builder, input, 'm', groups, 3, { groups, ...form })),
  );
}

/** x + 1x1 to twice the channels, ReLU, 1x1 back. */
export function feedForward(builder: GraphBuilder, input: Value, scope: string, form: SandwichForm): Value {
  const channels = channelsOf(input);
  const x = builder.scope(`${scope}.m`, () => {
    const hidden = fusibleConv(builder, input, 'pw1', 2 * channels, 1, form);
    return fusibleConv(builder, builder.add('relu', [hidden], {}, { name: 'act' }), 'pw2', channels, 1, form);
  });
  return builder.scope(scope, () => add(builder, input, x));
}

/** Inverted bottleneck of stride 2 with squeeze-and-excitation. */
export function patchMerging(builder: GraphBuilder, input: Value, outChannels: number, form: SandwichForm): Value {
  const hidden = 4 * channelsOf(input);
  let x = fusibleConv(builder, input, 'conv1', hidden, 1, form);
  x = builder.add('relu', [x], {}, { name: 'act1' });
  x = fusibleConv(builder, x, 'conv2', hidden, 3, { stride: 2, groups: hidden, ...form });
  x = builder.add('relu', [x], {}, { name: 'act2' });
  x = timmSqueezeExcitation(builder, x, 'se', roundChannels(hidden / 4, 8, 0));
  return fusibleConv(builder, x, 'conv3', outChannels, 1, form);
}
