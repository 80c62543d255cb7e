import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { batchNorm, type ConvOptions, conv, type Kernel, linear } from './layers.js';

/** Layers whose batch norm is folded into the convolution or linear layer next to it in the form for inference. */

export interface Fusible {
  /** The form for inference, everything folded. */
  readonly deploy: boolean;
  /** Names of convolution and norm within their scope; default `c` and `bn`. */
  readonly names?: readonly [conv: string, norm: string];
}

/** Convolution and batch norm in a scope of their own; one convolution with bias in the deploy form. */
export function fusibleConv(
  builder: GraphBuilder,
  input: Value,
  scope: string,
  outChannels: number,
  kernel: Kernel,
  { deploy, names = ['c', 'bn'], ...options }: ConvOptions & Fusible,
): Value {
  if (deploy) return conv(builder, input, scope, outChannels, kernel, { ...options, bias: true });
  return builder.scope(scope, () =>
    batchNorm(builder, conv(builder, input, names[0], outChannels, kernel, options), names[1]),
  );
}

/** Batch norm and linear layer on [N, E] in a scope of their own; one linear layer in the deploy form. */
export function fusibleLinear(
  builder: GraphBuilder,
  input: Value,
  scope: string,
  outFeatures: number,
  { deploy, names = ['l', 'bn'] }: Fusible,
): Value {
  if (deploy) return linear(builder, input, scope, outFeatures);
  return builder.scope(scope, () => linear(builder, batchNorm(builder, input, names[1]), names[0], outFeatures));
}
