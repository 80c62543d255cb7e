import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineBlock } from '../define-block.js';
import { MOBILENET_V2 } from '../facts/papers.js';
import { ACTIVATION, type ActivationName, COUNT, RATIO } from '../options.js';
import { add, type ConvNormNames, channelsOf, convNorm } from '../parts/layers.js';
import { type SqueezeExcitation, squeezeExcitation } from './squeeze-excitation.js';

const options = {
  type: 'object',
  properties: {
    outChannels: { ...COUNT, description: 'Output channels.' },
    expansion: { ...RATIO, description: 'Expanded over input channels; default 6.' },
    expandedChannels: { ...COUNT, description: 'Instead of expansion: channels of the depthwise convolution.' },
    expand: { type: 'boolean', description: 'Keeps the 1x1 expansion where it does not widen; default false.' },
    kernel: { ...COUNT, description: 'Of the depthwise convolution; default 3.' },
    stride: { ...COUNT, description: 'Of the depthwise convolution; default 1.' },
    activation: { ...ACTIVATION, description: 'Op name; default relu6.' },
    squeeze: { ...COUNT, description: 'Squeeze-and-excitation through this many channels; none where left out.' },
    gate: { ...ACTIVATION, description: 'Op name of the squeeze-and-excitation gate; default sigmoid.' },
  },
  required: ['outChannels'],
  additionalProperties: false,
} as const;

/** Expand 1x1, depthwise, project 1x1 without activation; identity where shapes agree. Also called MBConv. */
export default defineBlock<FromSchema<typeof options>>({
  name: 'inverted-residual',
  title: 'Inverted residual',
  summary: 'MobileNetV2: 1x1 expansion, depthwise convolution, optional squeeze-and-excitation, linear 1x1 projection.',
  paper: MOBILENET_V2,
  options,
  sizing: {
    width: 'channels of the depthwise convolution',
    options: (_, outChannels, width) => ({ outChannels, expandedChannels: width, expand: true }),
  },
  apply(builder, input, o) {
    const activation = o.activation ?? 'relu6';
    return invertedResidual(builder, input, {
      expanded: o.expandedChannels ?? Math.max(1, Math.round(channelsOf(input) * (o.expansion ?? 6))),
      outChannels: o.outChannels,
      expand: o.expand ?? false,
      kernel: o.kernel ?? 3,
      stride: o.stride ?? 1,
      activation,
      ...(o.squeeze ? { squeeze: { channels: o.squeeze, activation: 'relu', gate: o.gate ?? 'sigmoid' } } : {}),
    });
  },
});

export interface InvertedResidual {
  readonly expanded: number;
  /** Expands even where that does not widen. */
  readonly expand?: boolean;
  readonly outChannels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly activation: ActivationName;
  readonly squeeze?: SqueezeExcitation;
  /** Default: where channels and size stay. */
  readonly residual?: boolean;
  readonly naming?: InvertedResidualNaming;
}

/** Scope and layer names of the `index`-th part; the projection has no activation. */
export interface InvertedResidualNaming {
  readonly scope: string;
  part(index: number, projection: boolean): { readonly scope?: string; readonly names: ConvNormNames };
}

/** torchvision's MobileNetV3 and EfficientNet: `block.0.0`, squeeze-and-excitation as a part of its own. */
const NESTED: InvertedResidualNaming = {
  scope: 'block',
  part: (index) => ({ scope: String(index), names: ['0', '1', '2'] }),
};

export function invertedResidual(builder: GraphBuilder, input: Value, block: InvertedResidual): Value {
  const { expanded, outChannels, kernel, stride, activation, squeeze } = block;
  const naming = block.naming ?? NESTED;
  let index = 0;
  const part = (x: Value, channels: number, size: number, depthwise: boolean, projection: boolean) => {
    const { scope, names } = naming.part(index++, projection);
    const layers = () =>
      convNorm(builder, x, names, channels, size, {
        ...(depthwise ? { groups: channels, stride } : {}),
        activation: projection ? undefined : activation,
      });
    return scope === undefined ? layers() : builder.scope(scope, layers);
  };
  const body = builder.scope(naming.scope, () => {
    let x = input;
    if (block.expand || expanded !== channelsOf(input)) x = part(x, expanded, 1, false, false);
    x = part(x, expanded, kernel, true, false);
    if (squeeze) x = builder.scope(String(index++), () => squeezeExcitation(builder, x, squeeze));
    return part(x, outChannels, 1, false, true);
  });
  const residual = block.residual ?? (stride === 1 && channelsOf(input) === outChannels);
  return residual ? add(builder, body, input) : body;
}
