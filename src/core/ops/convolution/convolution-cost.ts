import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type Shape, type TensorType } from '../../ir/tensor.js';
import type { Arithmetic, Formula, FormulaFigure, OpCall } from '../define-op.js';
import type { ContractionShape, KernelClass } from '../execution.js';
import { channelsOf, type Layout } from './window.js';

/** Checks and costs shared by convolution and transposed convolution. */

export function checkGroups(groups: number, inChannels: number, outChannels: number): void {
  if (inChannels % groups === 0 && outChannels % groups === 0) return;
  throw new ArchmeterError(
    `groups ${groups} does not divide ${inChannels} input and ${outChannels} output channels`,
    'Choose a number of groups that divides both.',
  );
}

export function checkWeight(weight: TensorType, expected: Shape, groups: number, layout: string): void {
  const given = weight.shape;
  if (given.length === expected.length && given.every((size, axis) => size === expected[axis])) return;
  throw new ArchmeterError(
    `the weight has shape ${formatShape(given)}, the input, outChannels, kernel and groups ${groups} need ${formatShape(expected)}`,
    `Give a weight [${layout}, …kernel].`,
  );
}

/**
 * @param positions output elements (convolution) or input elements (transposed): where the kernel is applied
 * @param depth weights applied at each: Ci/G·k² or Co/G·k²
 * @param biased output elements to which a bias is added
 */
export function convolutionArithmetic(positions: number, depth: number, biased: number): Arithmetic {
  const madds = positions * depth;
  return { madds, flops: 2 * madds + biased };
}

/** Elements of input and output and weights, bias left out (VoVNet section 2.1); input and output areas apart. */
export function withoutBias(call: OpCall<unknown>): number {
  return (
    elementCount((call.inputs[0] as TensorType).shape) +
    elementCount((call.inputs[1] as TensorType).shape) +
    elementCount((call.outputs[0] as TensorType).shape)
  );
}

/**
 * AM-GM: Ai·ci + Ao·co ≥ 2·√(Ai·ci·Ao·co), equality iff Ai·ci = Ao·co. At equal multiply-adds, kernel, stride and groups
 * the product ci·co and so the weights stay (ShuffleNetV2, arXiv 1807.11164, section 2 G1; VoVNet section 2.1).
 */
export function lowerBound(call: OpCall<unknown>): number {
  const input = elementCount((call.inputs[0] as TensorType).shape);
  const output = elementCount((call.outputs[0] as TensorType).shape);
  return 2 * Math.sqrt(input * output) + elementCount((call.inputs[1] as TensorType).shape);
}

const AXES = ['D', 'H', 'W'];

export function convolutionFormulas(
  call: OpCall<unknown>,
  groups: number,
  layout: Layout | undefined,
  transposed = false,
): Partial<Record<FormulaFigure, Formula>> {
  const input = (call.inputs[0] as TensorType).shape;
  const weight = (call.inputs[1] as TensorType).shape;
  const output = (call.outputs[0] as TensorType).shape;
  const axes = AXES.slice(3 - (input.length - 2));
  const named = (prefix: string, shape: Shape, first: number) =>
    Object.fromEntries(axes.map((axis, i) => [`${prefix}${axis}`, shape[first + i] as number]));
  const first = layout === 'channelsLast' ? 1 : 2;
  const N = input[0] as number;
  const Ci = channelsOf(input, layout);
  const Co = channelsOf(output, layout);
  const kernel = axes.map((axis) => `K${axis}`).join('*');
  const inArea = axes.map((axis) => `I${axis}`).join('*');
  const outArea = axes.map((axis) => `O${axis}`).join('*');
  const sizes = { ...named('I', input, first), ...named('O', output, first), ...named('K', weight, 2) };
  const all = { N, Ci, Co, G: groups, ...sizes };
  const bias = call.inputs[2] !== undefined;
  const madds = transposed ? `N*Ci*${inArea}*(Co/G)*${kernel}` : `N*Co*${outArea}*(Ci/G)*${kernel}`;
  return {
    params: {
      expression: `Co*(Ci/G)*${kernel}${bias ? '+Co' : ''}`,
      variables: all,
      source: bias ? 'weights and bias' : 'weights, no bias',
    },
    madds: {
      expression: madds,
      variables: all,
      source: transposed
        ? 'one multiply-add per input element and weight of its channel, also where the product is cut off'
        : 'one multiply-add per output element and weight applied to it',
    },
    flops: {
      expression: `2*${madds}${bias ? `+N*Co*${outArea}` : ''}`,
      variables: all,
      source: '2 per multiply-add, 1 per bias addition',
    },
    memoryAccessCost: {
      expression: `N*${inArea}*Ci+N*${outArea}*Co+${kernel}*Ci*Co/G`,
      variables: all,
      source: 'VoVNet (arXiv 1904.09730) section 2.1, input and output areas apart',
    },
    memoryAccessCostLowerBound: {
      expression: `2*sqrt((N*${inArea}*Ci)*(N*${outArea}*Co))+${kernel}*Ci*Co/G`,
      variables: all,
      source: 'least value of the above at equal multiply-adds: AM-GM, ShuffleNetV2 (arXiv 1807.11164) section 2 G1',
    },
  };
}

/** A grouped convolution whose groups are single channels is depthwise. */
export function convolutionKernel({ inputs, attributes: a }: OpCall<{ readonly groups: number }>): KernelClass {
  const weight = (inputs[1] as TensorType).shape;
  const taps = elementCount(weight.slice(2));
  if (a.groups === 1) return taps === 1 ? 'pointwiseConv' : 'conv';
  if (weight[1] !== 1) return 'groupedConv';
  // torch has kernels of its own for small squares alone (aten/src/ATen/native/cuda/DepthwiseConv2d.cu).
  const square = weight.slice(2).every((size) => size === weight[2]);
  return square && taps <= 9 ? 'depthwiseConv' : 'largeDepthwiseConv';
}

/** As the implicit product of im2col: rows are places of the output, depth the taps of one output element. */
export function convolutionProduct({
  inputs,
  outputs,
  attributes: a,
}: OpCall<{ readonly outChannels: number; readonly groups: number }>): ContractionShape {
  const groups = a.groups;
  return {
    rows: elementCount((outputs[0] as TensorType).shape) / a.outChannels,
    depth: elementCount((inputs[1] as TensorType).shape.slice(1)),
    width: a.outChannels / groups,
    groups,
  };
}
