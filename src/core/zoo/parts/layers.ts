import type { GraphBuilder, LayerArguments } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import type { OpAttributes, OpName } from '../../ops/op-attributes.js';
import type { ActivationName } from '../options.js';

/** Layers as the reference implementations spell them: short forms for the zoo's files. */

export interface ConvOptions {
  readonly stride?: number;
  /** Default: half the dilated kernel, which keeps the size at stride 1. */
  readonly padding?: number | readonly number[] | 'same';
  readonly groups?: number;
  readonly dilation?: number;
  /** Default false: batch norm follows. */
  readonly bias?: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export type Kernel = number | readonly [number, number];

/** Adds a layer; a dotted name stands for a module path within the current scope. */
export function layer<N extends OpName>(
  builder: GraphBuilder,
  op: N,
  inputs: readonly Value[],
  attributes: OpAttributes[N],
  path: string,
): Value {
  const dot = path.lastIndexOf('.');
  const rest = [attributes, { name: path.slice(dot + 1) }] as LayerArguments<N>;
  if (dot < 0) return builder.add(op, inputs, ...rest);
  return builder.scope(path.slice(0, dot), () => builder.add(op, inputs, ...rest));
}

/** 2-d convolution. */
export function conv(
  builder: GraphBuilder,
  input: Value,
  name: string,
  outChannels: number,
  kernel: Kernel,
  options: ConvOptions = {},
): Value {
  const attributes: Mutable<OpAttributes['conv']> = { outChannels, kernel };
  const dilation = options.dilation ?? 1;
  const half = (size: number) => (dilation * (size - 1)) >> 1;
  const padding = options.padding ?? (typeof kernel === 'number' ? half(kernel) : kernel.map(half));
  if (options.stride !== undefined && options.stride !== 1) attributes.stride = options.stride;
  if (padding !== 0) attributes.padding = padding;
  if (dilation !== 1) attributes.dilation = dilation;
  if (options.groups !== undefined && options.groups !== 1) attributes.groups = options.groups;
  if (!options.bias) attributes.bias = false;
  return layer(builder, 'conv', [input], attributes, name);
}

export function batchNorm(builder: GraphBuilder, input: Value, name: string): Value {
  return layer(builder, 'batchNorm', [input], {}, name);
}

export function linear(builder: GraphBuilder, input: Value, name: string, outFeatures: number, bias = true): Value {
  return layer(builder, 'linear', [input], bias ? { outFeatures } : { outFeatures, bias: false }, name);
}

export function add(builder: GraphBuilder, left: Value, right: Value, name = 'add'): Value {
  return builder.add('add', [left, right], {}, { name });
}

/** Joins channels. */
export function concat(builder: GraphBuilder, inputs: readonly Value[], name = 'concat'): Value {
  return builder.add('concat', inputs, { axis: 1 }, { name });
}

export interface ConvNormOptions extends ConvOptions {
  /** Op name of the activation; none where left out. */
  readonly activation?: ActivationName | undefined;
}

/** Names of the three layers within the current scope. */
export type ConvNormNames = readonly [conv: string, norm: string, activation: string];

/** Convolution, batch norm and, where given, activation, in the current scope. */
export function convNorm(
  builder: GraphBuilder,
  input: Value,
  [convName, normName, activationName]: ConvNormNames,
  outChannels: number,
  kernel: Kernel,
  options: ConvNormOptions = {},
): Value {
  const x = batchNorm(builder, conv(builder, input, convName, outChannels, kernel, options), normName);
  return options.activation === undefined ? x : layer(builder, options.activation, [x], {}, activationName);
}

/** torchvision's Conv2dNormActivation and its like: an nn.Sequential `0` conv, `1` norm, `2` activation in a scope of its own. */
export function sequentialConvNorm(
  builder: GraphBuilder,
  input: Value,
  scope: string,
  outChannels: number,
  kernel: Kernel,
  options: ConvNormOptions = {},
): Value {
  return builder.scope(scope, () => convNorm(builder, input, ['0', '1', '2'], outChannels, kernel, options));
}

/** timm's ConvNormAct: `conv`, `bn` and `bn.act` in a scope of its own. */
export function timmConvNorm(
  builder: GraphBuilder,
  input: Value,
  scope: string,
  outChannels: number,
  kernel: Kernel,
  options: ConvNormOptions = {},
): Value {
  return builder.scope(scope, () =>
    timmNorm(builder, conv(builder, input, 'conv', outChannels, kernel, options), options.activation),
  );
}

/** timm's BatchNormAct2d: the activation is a module of the norm. */
export function timmNorm(builder: GraphBuilder, input: Value, activation?: ActivationName, name = 'bn'): Value {
  const x = batchNorm(builder, input, name);
  return activation === undefined ? x : builder.scope(name, () => builder.add(activation, [x], {}, { name: 'act' }));
}

/** Global average pooling to [N, C, 1, 1]. */
export function globalPool(builder: GraphBuilder, input: Value, name = 'avgpool'): Value {
  return builder.add('globalAvgPool', [input], { keepDims: true }, { name });
}

export function flatten(builder: GraphBuilder, input: Value, name = 'flatten'): Value {
  return builder.add('flatten', [input], { startAxis: 1 }, { name });
}

/** Global average pooling, flatten and a linear classifier: the head of most networks here. */
export function classifierHead(
  builder: GraphBuilder,
  input: Value,
  classes: number,
  names: { readonly pool?: string; readonly linear: string },
): Value {
  return linear(builder, flatten(builder, globalPool(builder, input, names.pool)), names.linear, classes);
}

export function channelsOf(value: Value): number {
  return value.shape[1] as number;
}

/**
 * `value` rounded to a multiple of `divisor`, never below the share `limit` of it (MobileNet's and RegNet's channel
 * rounding; timm's squeeze-and-excitation has no limit).
 */
export function roundChannels(value: number, divisor = 8, limit = 0.9): number {
  const rounded = Math.max(divisor, Math.floor((value + divisor / 2) / divisor) * divisor);
  return rounded < limit * value ? rounded + divisor : rounded;
}

/** Rounding to the nearest whole number, halves to the even one, as Python's and torch's `round`. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}
