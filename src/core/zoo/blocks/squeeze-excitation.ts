import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { SQUEEZE_EXCITATION } from '../facts/papers.js';
import { ACTIVATION, type ActivationName, COUNT } from '../options.js';
import { channelsOf, conv, globalPool } from '../parts/layers.js';

const options = {
  type: 'object',
  properties: {
    channels: { ...COUNT, description: 'Channels between the two 1x1 convolutions; default a quarter.' },
    activation: { ...ACTIVATION, description: 'Op name of the activation between them; default relu.' },
    gate: { ...ACTIVATION, description: 'Op name of the gate; default sigmoid.' },
  },
  additionalProperties: false,
} as const;

/** x · gate(fc2(activation(fc1(mean(x))))). */
export default defineBlock<FromSchema<typeof options>>({
  name: 'squeeze-excitation',
  title: 'Squeeze-and-excitation',
  summary: 'Channels scaled by a gate that two 1x1 convolutions compute from the global average.',
  paper: SQUEEZE_EXCITATION,
  options,
  apply: (builder, input, { channels = Math.max(1, channelsOf(input) >> 2), activation = 'relu', gate = 'sigmoid' }) =>
    squeezeExcitation(builder, input, { channels, activation, gate }),
});

export interface SqueezeExcitation {
  readonly channels: number;
  readonly activation: ActivationName;
  readonly gate: ActivationName;
  /** Layer names; default torchvision's. */
  readonly names?: readonly [pool: string, reduce: string, activation: string, expand: string, gate: string];
}

export function squeezeExcitation(builder: GraphBuilder, input: Value, se: SqueezeExcitation): Value {
  const [pool, reduce, activation, expand, gate] = se.names ?? TORCHVISION;
  let x = globalPool(builder, input, pool);
  x = conv(builder, x, reduce, se.channels, 1, { bias: true });
  x = builder.add(se.activation, [x], {}, { name: activation });
  x = conv(builder, x, expand, channelsOf(input), 1, { bias: true });
  x = builder.add(se.gate, [x], {}, { name: gate });
  return builder.add('mul', [x, input], {}, { name: 'scale' });
}

const TORCHVISION = ['avgpool', 'fc1', 'activation', 'fc2', 'scale_activation'] as const;
/** Layer names of timm's EfficientNet blocks. */
export const TIMM_SE_NAMES = ['pool', 'conv_reduce', 'act1', 'conv_expand', 'gate'] as const;

/** timm's SEModule in a scope of its own: ReLU between, sigmoid as the gate. */
export function timmSqueezeExcitation(builder: GraphBuilder, input: Value, scope: string, channels: number): Value {
  const names = ['mean', 'fc1', 'act', 'fc2', 'gate'] as const;
  const se = { channels, activation: 'relu', gate: 'sigmoid', names } as const;
  return builder.scope(scope, () => squeezeExcitation(builder, input, se));
}
