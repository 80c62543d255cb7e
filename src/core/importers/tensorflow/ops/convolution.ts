import type { Value } from '../../../ir/graph.js';
import { channelsOf, type Padding, spatialSizes } from '../../../ops/convolution/window.js';
import type { Lowering, NodeCall } from '../call.js';
import type { Tensor } from '../tensor.js';
import { fusedActivation, prelu } from './elementwise.js';

/** A stored filter in the canonical order of axes (the same elements); a computed one is transposed. */
export function filterValue(call: NodeCall, filter: Tensor, order: readonly number[]): Value {
  const shape = order.map((axis) => filter.shape[axis] as number);
  if (filter.isStored) return filter.value('parameter', shape, order);
  return call.add('transpose', [filter], { permutation: order }, 'filter').value();
}

function paddingOf(call: NodeCall): Padding {
  const padding = call.attributes.text('padding');
  if (padding === 'SAME') return 'same';
  if (padding === 'VALID') return 'valid';
  if (padding !== 'EXPLICIT') return call.fail(`its padding '${padding}' is not known`);
  const all = call.attributes.integers('explicit_paddings');
  const pairs = Array.from({ length: all.length / 2 }, (_, axis) => all.slice(2 * axis, 2 * axis + 2));
  return call.layout() === 'channelsLast' ? pairs.slice(1, -1) : pairs.slice(2);
}

function window(call: NodeCall, rank: number) {
  const ones = new Array<number>(rank + 2).fill(1);
  return {
    stride: call.spatial('strides', ones),
    padding: paddingOf(call),
    dilation: call.spatial('dilations', ones),
    layout: call.layout(),
  };
}

/** Filter [...k, in / groups, out]. The bias may be an argument of a fused kernel. */
function convolve(call: NodeCall, bias?: Tensor): Tensor {
  const filter = call.input(1);
  const rank = filter.rank - 2;
  if (rank < 1 || call.x.rank !== filter.rank)
    call.fail(`its filter of ${filter.rank} axes does not fit its input of ${call.x.rank}`);
  const spatial = filter.shape.map((_, axis) => axis).slice(0, rank);
  const [perGroup, outChannels] = filter.shape.slice(rank) as [number, number];
  const groups = channelsOf(call.x.shape, call.layout()) / perGroup;
  if (!Number.isSafeInteger(groups)) call.fail(`its filter takes ${perGroup} channels, the input has another number`);
  const weight = filterValue(call, filter, [rank + 1, rank, ...spatial]);
  return call.add('conv', [call.x, weight, ...(bias ? [bias.value('parameter')] : [])], {
    outChannels,
    kernel: filter.shape.slice(0, rank),
    ...window(call, rank),
    groups,
    bias: bias !== undefined,
  });
}

const DEPTHWISE_ORDER = [2, 3, 0, 1];

/** Filter [kh, kw, in, multiplier]: one group for each input channel. */
function depthwise(call: NodeCall, bias?: Tensor): Tensor {
  const filter = call.input(1);
  if (filter.rank !== 4) call.fail(`a depthwise filter has 4 axes, not ${filter.rank}`);
  const [height, width, channels, multiplier] = filter.shape as [number, number, number, number];
  const outChannels = channels * multiplier;
  const shape = [outChannels, 1, height, width];
  const weight = filter.isStored
    ? filter.value('parameter', shape, DEPTHWISE_ORDER)
    : call
        .add(
          'reshape',
          [call.add('transpose', [filter], { permutation: DEPTHWISE_ORDER }, 'filter')],
          { shape },
          'filter',
        )
        .value();
  return call.add('conv', [call.x, weight, ...(bias ? [bias.value('parameter')] : [])], {
    outChannels,
    kernel: [height, width],
    ...window(call, 2),
    groups: channels,
    bias: bias !== undefined,
  });
}

/**
 * A kernel fused with what follows it: `fused_ops` names bias, batch norm, activation and sum, whose tensors follow
 * the kernel's own two.
 */
export function fused(call: NodeCall, kernel: (call: NodeCall, bias?: Tensor) => Tensor): Tensor {
  const ops = call.attributes.texts('fused_ops');
  let next = 2;
  const take = () => call.input(next++);
  const first = ops[0] === 'BiasAdd' ? take() : undefined;
  let x = kernel(call, first);
  for (const op of first === undefined ? ops : ops.slice(1)) {
    if (op === 'BiasAdd' || op === 'Add') x = call.add('add', [x, take()], {}, op);
    else if (op === 'Prelu') x = prelu(call, x, take(), op);
    else if (op === 'FusedBatchNorm') {
      const [scale, shift, mean, variance] = [take(), take(), take(), take()];
      x = batchNorm(call, x, scale, shift, mean, variance, op);
    } else x = fusedActivation(call, x, op);
  }
  return x;
}

export function batchNorm(
  call: NodeCall,
  x: Tensor,
  scale: Tensor,
  shift: Tensor,
  mean: Tensor,
  variance: Tensor,
  part?: string,
): Tensor {
  const weights = [
    scale.value('parameter'),
    shift.value('parameter'),
    ...(mean.elements > 0 ? [mean.value('buffer'), variance.value('buffer')] : []),
  ];
  const epsilon = call.attributes.number('epsilon', 0.0001);
  return call.add('batchNorm', [x, ...weights], { epsilon: Math.max(epsilon, 0), layout: call.layout() }, part);
}

/**
 * Gradient of a convolution as a layer: output size, filter [...k, out, in], input. Its padding follows from the sizes
 * (TensorFlow's conv2d_transpose).
 */
const transposed: Lowering = (call) => {
  const filter = call.input(1);
  const x = call.input(2);
  const rank = filter.rank - 2;
  if (rank < 1 || x.rank !== filter.rank)
    call.fail(`its filter of ${filter.rank} axes does not fit its input of ${x.rank}`);
  const layout = call.layout();
  const spatial = filter.shape.map((_, axis) => axis).slice(0, rank);
  const known = call.known(0);
  const target = known.length === rank ? known : spatialSizes(known, layout);
  const { stride, dilation } = window(call, rank);
  const kernel = filter.shape.slice(0, rank);
  return transposedConvolution(call, x, filterValue(call, filter, [rank + 1, rank, ...spatial]), undefined, {
    target,
    kernel,
    stride,
    dilation,
    outChannels: filter.shape[rank] as number,
  });
};

/** @param weight canonical, [in, out, …kernel] */
export function transposedConvolution(
  call: NodeCall,
  x: Tensor,
  weight: Value,
  bias: Value | undefined,
  sizes: {
    readonly target: readonly number[];
    readonly kernel: readonly number[];
    readonly stride: readonly number[];
    readonly dilation: readonly number[];
    readonly outChannels: number;
  },
): Tensor {
  const { target, kernel, stride, dilation, outChannels } = sizes;
  const excess = spatialSizes(x.shape, call.layout()).map((size, axis) => {
    const full =
      (size - 1) * (stride[axis] as number) + (dilation[axis] as number) * ((kernel[axis] as number) - 1) + 1;
    return full - (target[axis] as number);
  });
  return call.add('convTranspose', [x, weight, ...(bias ? [bias] : [])], {
    outChannels,
    kernel,
    stride,
    dilation,
    padding: excess.map((cut) => (cut > 0 ? [Math.floor(cut / 2), cut - Math.floor(cut / 2)] : [0, 0])),
    outputPadding: excess.map((cut) => Math.max(-cut, 0)),
    layout: call.layout(),
    bias: bias !== undefined,
  });
}

export const convolutionOps: Readonly<Record<string, Lowering>> = {
  Conv1D: (call) => convolve(call),
  Conv2D: (call) => convolve(call),
  Conv3D: (call) => convolve(call),
  _FusedConv2D: (call) => fused(call, convolve),
  FusedConv2D: (call) => fused(call, convolve),
  DepthwiseConv2d: (call) => depthwise(call),
  DepthwiseConv2dNative: (call) => depthwise(call),
  FusedDepthwiseConv2dNative: (call) => fused(call, depthwise),
  _FusedDepthwiseConv2dNative: (call) => fused(call, depthwise),
  Conv2DBackpropInput: transposed,
  Conv3DBackpropInputV2: transposed,
};
