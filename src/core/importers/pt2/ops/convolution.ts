import { ArchmeterError } from '../../../errors.js';
import type { Value } from '../../../ir/graph.js';
import { each } from '../lower/axes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';

interface Window {
  readonly stride: readonly number[];
  readonly padding: readonly (number | readonly [number, number])[];
  readonly dilation: readonly number[];
  readonly groups: number;
  /** Transposed convolution only. */
  readonly outputPadding?: readonly number[];
}

const uniform = (values: readonly number[], value: number) => values.every((x) => x === value);

/** One number where all axes have the same. */
function short(values: readonly number[]): number | readonly number[] {
  const [first] = values;
  return first !== undefined && uniform(values, first) ? first : values;
}

function shortPadding(padding: Window['padding']) {
  const numbers = padding.map((entry) => (typeof entry === 'number' ? entry : entry[0] === entry[1] ? entry[0] : -1));
  if (numbers.every((size) => size >= 0)) return short(numbers);
  return padding.map((entry) => (typeof entry === 'number' ? [entry, entry] : entry));
}

/** Adds a convolution; an input without batch axis gets one for the while. */
function convolution(n: NodeContext, name: string, window: Window, transposed = false): Value {
  const given = n.tensor(name);
  const weight = n.tensor('weight');
  const rank = weight.shape.length - 2;
  if (rank < 1) throw new ArchmeterError(`${n.node.target} has a weight of ${weight.shape.length} axes`);
  const batched = given.shape.length === weight.shape.length;
  const x = batched ? given : n.add('unsqueeze', [given], { axes: [0] });
  const bias = n.optional('bias');
  const { groups, stride, dilation, padding, outputPadding } = window;
  const attributes = {
    outChannels: transposed ? (weight.shape[1] as number) * groups : (weight.shape[0] as number),
    kernel: short(weight.shape.slice(2)),
    ...(uniform(stride, 1) ? {} : { stride: short(each(stride, rank)) }),
    ...(padding.every((entry) => entry === 0) ? {} : { padding: shortPadding(padding) }),
    ...(uniform(dilation, 1) ? {} : { dilation: short(each(dilation, rank)) }),
    ...(groups === 1 ? {} : { groups }),
    ...(outputPadding === undefined || uniform(outputPadding, 0)
      ? {}
      : { outputPadding: short(each(outputPadding, rank)) }),
    ...(bias === undefined ? { bias: false } : {}),
  };
  const y = n.add(transposed ? 'convTranspose' : 'conv', bias ? [x, weight, bias] : [x, weight], attributes);
  return batched ? y : n.add('squeeze', [y], { axes: [0] });
}

function common(n: NodeContext, rank: number) {
  return {
    stride: each(n.integers('stride', [1]), rank),
    dilation: each(n.integers('dilation', [1]), rank),
    groups: n.integer('groups', 1),
  };
}

/** `padding` may be numbers, or the text same or valid (torch puts the odd element at the end). */
function conv(n: NodeContext) {
  const kernel = n.tensor('weight').shape.slice(2);
  const window = common(n, kernel.length);
  const mode = n.word('padding', '');
  if (mode === 'same') {
    const padding = kernel.map((size, axis) => {
      const total = (size - 1) * (window.dilation[axis] as number);
      return [Math.floor(total / 2), total - Math.floor(total / 2)] as const;
    });
    return convolution(n, 'input', { ...window, padding });
  }
  const padding = mode === 'valid' ? kernel.map(() => 0) : each(n.integers('padding', [0]), kernel.length);
  return convolution(n, 'input', { ...window, padding });
}

function convTranspose(n: NodeContext) {
  const rank = n.tensor('weight').shape.length - 2;
  const window = {
    ...common(n, rank),
    padding: each(n.integers('padding', [0]), rank),
    outputPadding: each(n.integers('output_padding', [0]), rank),
  };
  return convolution(n, 'input', window, true);
}

/** Core aten: one operator for all of them. */
function general(n: NodeContext) {
  const rank = n.tensor('weight').shape.length - 2;
  const transposed = n.flag('transposed');
  const window = { ...common(n, rank), padding: each(n.integers('padding', [0]), rank) };
  if (!transposed) return convolution(n, 'input', window);
  return convolution(n, 'input', { ...window, outputPadding: each(n.integers('output_padding', [0]), rank) }, true);
}

const backend =
  (input: string): Lowering =>
  (n) => {
    const rank = n.tensor('weight').shape.length - 2;
    return convolution(n, input, { ...common(n, rank), padding: each(n.integers('padding', [0]), rank) });
  };

export const CONVOLUTION: Readonly<Record<string, Lowering>> = {
  conv1d: conv,
  conv2d: conv,
  conv3d: conv,
  conv_transpose1d: convTranspose,
  conv_transpose2d: convTranspose,
  conv_transpose3d: convTranspose,
  convolution: general,
  _convolution: general,
  convolution_overrideable: general,
  mkldnn_convolution: backend('self'),
  cudnn_convolution: backend('self'),
};
