import {
  channelsFirst,
  inputOf,
  isChannelsLast,
  type Kernel,
  type KernelCall,
  type Kernels,
  type Tensor,
  tensor,
} from '../../core/evaluate/tensor.js';
import { elementCount } from '../../core/ir/tensor.js';
import { perAxis, resolvePadding } from '../../core/ops/convolution/window.js';
import type { OpName } from '../../core/ops/op-attributes.js';

/** Per output position along one axis: the inputs in its window, and the window's size with padding counted. */
interface Span {
  readonly inside: readonly number[];
  readonly padded: number;
}

type Sliding = 'maxPool' | 'avgPool' | 'lpPool';

/** Windows along each spatial axis. */
type Spans = readonly (readonly Span[])[];

function slidingSpans(
  { attributes: a }: KernelCall<Sliding>,
  sizes: readonly number[],
  outputs: readonly number[],
): Spans {
  const rank = sizes.length;
  const kernel = perAxis(a.kernel, rank, 'kernel');
  const stride = perAxis(a.stride, rank, 'stride');
  const dilation = perAxis(a.dilation, rank, 'dilation');
  const padding = resolvePadding(a.padding, sizes, kernel, stride, dilation);
  return sizes.map((size, axis) => {
    const [begin, end] = padding[axis] as [number, number];
    return Array.from({ length: outputs[axis] as number }, (_, o) => {
      const taps = Array.from(
        { length: kernel[axis] as number },
        (_, k) => o * (stride[axis] as number) - begin + k * (dilation[axis] as number),
      );
      return {
        inside: taps.filter((i) => i >= 0 && i < size),
        // A window that ceilMode lets run past the padding counts only what lies within it, as in PyTorch.
        padded: taps.filter((i) => i < size + end).length,
      };
    });
  });
}

/** PyTorch's adaptive pooling: window i is [⌊i·in/out⌋, ⌈(i+1)·in/out⌉). */
function adaptiveSpans(sizes: readonly number[], outputs: readonly number[]): Spans {
  return sizes.map((size, axis) => {
    const count = outputs[axis] as number;
    return Array.from({ length: count }, (_, o) => {
      const start = Math.floor((o * size) / count);
      const end = Math.ceil(((o + 1) * size) / count);
      return { inside: Array.from({ length: end - start }, (_, i) => start + i), padded: end - start };
    });
  });
}

type Reduce = (values: readonly number[], padded: number) => number;

function pool(x: Tensor, spans: Spans, reduce: Reduce): Tensor {
  const [batch = 1, channels = 1, ...sizes] = x.shape;
  const outputs = spans.map((axis) => axis.length);
  const y = tensor([batch, channels, ...outputs]);
  const area = elementCount(sizes);
  const positions = elementCount(outputs);
  const windows = Array.from({ length: positions }, (_, position) => offsetsOf(position, spans, sizes));
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let position = 0; position < positions; position++) {
      const { offsets, padded } = windows[position] as (typeof windows)[number];
      const values = offsets.map((offset) => x.data[plane * area + offset] as number);
      y.data[plane * positions + position] = reduce(values, padded);
    }
  }
  return y;
}

function offsetsOf(position: number, spans: Spans, sizes: readonly number[]): { offsets: number[]; padded: number } {
  let offsets = [0];
  let padded = 1;
  let divisor = elementCount(spans.map((axis) => axis.length));
  let rest = position;
  spans.forEach((axis, i) => {
    divisor /= axis.length;
    const span = axis[Math.floor(rest / divisor)] as Span;
    rest %= divisor;
    padded *= span.padded;
    const size = sizes[i] as number;
    offsets = offsets.flatMap((offset) => span.inside.map((at) => offset * size + at));
  });
  return { offsets, padded };
}

const largest: Reduce = (values) => values.reduce((max, x) => (x > max || Number.isNaN(x) ? x : max), -Infinity);
const total = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0);

function kernelOf<N extends OpName>(
  spansOf: (call: KernelCall<N>, sizes: readonly number[]) => Spans,
  reduce: (call: KernelCall<N>) => Reduce,
): Kernel<N> {
  return (call) => [
    channelsFirst(call, inputOf(call, 0), (x) => pool(x, spansOf(call, x.shape.slice(2)), reduce(call))),
  ];
}

function spatialOutput(call: KernelCall): readonly number[] {
  const shape = call.outputs[0]?.shape ?? [];
  return isChannelsLast(call) ? shape.slice(1, -1) : shape.slice(2);
}

const sliding = (call: KernelCall<Sliding>, sizes: readonly number[]) => slidingSpans(call, sizes, spatialOutput(call));
const adaptive = (call: KernelCall, sizes: readonly number[]) => adaptiveSpans(sizes, spatialOutput(call));

function globally(reduce: Reduce): Kernel {
  return (call) => {
    const y = channelsFirst(call, inputOf(call, 0), (x) => {
      const sizes = x.shape.slice(2);
      return pool(
        x,
        adaptiveSpans(
          sizes,
          sizes.map(() => 1),
        ),
        reduce,
      );
    });
    return [tensor(call.outputs[0]?.shape ?? y.shape, y.data)];
  };
}

const average: Reduce = (values) => total(values) / values.length;

export const pooling: Kernels = {
  maxPool: kernelOf(sliding, () => largest),
  avgPool: kernelOf<'avgPool'>(sliding, ({ attributes: { divisor, countIncludePad } }) => {
    if (divisor !== undefined) return (values) => total(values) / divisor;
    return countIncludePad ? (values, padded) => total(values) / padded : average;
  }),
  lpPool: kernelOf<'lpPool'>(sliding, ({ attributes: { p } }) => {
    return (values) => total(values.map((x) => Math.abs(x) ** p)) ** (1 / p);
  }),
  adaptiveAvgPool: kernelOf(adaptive, () => average),
  adaptiveMaxPool: kernelOf(adaptive, () => largest),
  globalAvgPool: globally(average),
  globalMaxPool: globally(largest),
};
