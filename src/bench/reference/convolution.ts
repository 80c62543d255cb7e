import {
  channelsFirst,
  inputOf,
  type Kernel,
  type KernelCall,
  type Kernels,
  outputShape,
  permuted,
  type Tensor,
  tensor,
} from '../../core/evaluate/tensor.js';
import { elementCount } from '../../core/ir/tensor.js';
import { perAxis, resolvePadding, spatialSizes, type WindowAttributes } from '../../core/ops/convolution/window.js';
import { multiply, multiplyPacked, type PackPanels, rowPanels } from './product.js';

type Steps = Pick<WindowAttributes, 'stride' | 'padding' | 'dilation'>;

type ConvAttributes = KernelCall<'conv' | 'convTranspose'>['attributes'];

/** Spatial geometry of a convolution, brought to three axes. */
interface Window {
  readonly input: readonly number[];
  readonly kernel: readonly number[];
  readonly output: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly begin: readonly number[];
}

const triple = (values: readonly number[], fill: number) => [
  ...new Array<number>(3 - values.length).fill(fill),
  ...values,
];

function windowOf(input: readonly number[], kernel: readonly number[], a: Steps): Window {
  const rank = kernel.length;
  const stride = perAxis(a.stride, rank, 'stride');
  const dilation = perAxis(a.dilation, rank, 'dilation');
  const padding = resolvePadding(a.padding, input, kernel, stride, dilation);
  const output = input.map((size, i) => {
    const [begin, end] = padding[i] as [number, number];
    const reach = (dilation[i] as number) * ((kernel[i] as number) - 1) + 1;
    return Math.floor((size + begin + end - reach) / (stride[i] as number)) + 1;
  });
  return {
    input: triple(input, 1),
    kernel: triple(kernel, 1),
    output: triple(output, 1),
    stride: triple(stride, 1),
    dilation: triple(dilation, 1),
    begin: triple(
      padding.map(([begin]) => begin),
      0,
    ),
  };
}

/**
 * Calls `visit(column, source)` for every window element inside the input: `column` indexes [positions, channels ·
 * kernel] and `source` the input of one image and group, both row-major.
 */
function eachTap(
  w: Window,
  channels: number,
  from: number,
  to: number,
  visit: (column: number, source: number) => void,
) {
  const [id, ih, iw] = w.input as [number, number, number];
  const [kd, kh, kw] = w.kernel as [number, number, number];
  const [, oh, ow] = w.output as [number, number, number];
  const [sd, sh, sw] = w.stride as [number, number, number];
  const [dd, dh, dw] = w.dilation as [number, number, number];
  const [bd, bh, bw] = w.begin as [number, number, number];
  const taps = channels * kd * kh * kw;
  for (let position = from; position < to; position++) {
    const x0 = (position % ow) * sw - bw;
    const y0 = (Math.floor(position / ow) % oh) * sh - bh;
    const z0 = Math.floor(position / (ow * oh)) * sd - bd;
    let column = (position - from) * taps;
    for (let channel = 0; channel < channels; channel++) {
      for (let kz = 0; kz < kd; kz++) {
        const z = z0 + kz * dd;
        for (let ky = 0; ky < kh; ky++) {
          const y = y0 + ky * dh;
          const row = ((channel * id + z) * ih + y) * iw;
          const inside = z >= 0 && z < id && y >= 0 && y < ih;
          for (let kx = 0; kx < kw; kx++, column++) {
            const x = x0 + kx * dw;
            if (inside && x >= 0 && x < iw) visit(column, row + x);
          }
        }
      }
    }
  }
}

/** Windows of one image and group as rows of a matrix, [positions, channels · kernel]: zeros outside the input. */
function windowPanels(w: Window, source: Float64Array): PackPanels {
  const [id, ih, iw] = w.input as [number, number, number];
  const [kd, kh, kw] = w.kernel as [number, number, number];
  const [, oh, ow] = w.output as [number, number, number];
  const [sd, sh, sw] = w.stride as [number, number, number];
  const [dd, dh, dw] = w.dilation as [number, number, number];
  const [bd, bh, bw] = w.begin as [number, number, number];
  return (target, rows, depth) => {
    const panel = 4 * (depth.to - depth.from);
    const count = rows.to - rows.from;
    if (count % 4 !== 0) target.fill(0, (count >> 2) * panel, ((count >> 2) + 1) * panel);
    for (let tap = depth.from; tap < depth.to; tap++) {
      const channel = Math.floor(tap / (kd * kh * kw));
      const z0 = (Math.floor(tap / (kh * kw)) % kd) * dd - bd;
      const y0 = (Math.floor(tap / kw) % kh) * dh - bh;
      const x0 = (tap % kw) * dw - bw;
      const column = (tap - depth.from) * 4;
      for (let position = rows.from; position < rows.to; ) {
        const first = position % ow;
        const line = Math.floor(position / ow);
        const y = y0 + (line % oh) * sh;
        const z = z0 + Math.floor(line / oh) * sd;
        const inside = z >= 0 && z < id && y >= 0 && y < ih;
        const start = ((channel * id + z) * ih + y) * iw;
        const end = Math.min(rows.to, position + ow - first);
        let row = position - rows.from;
        let at = (row >> 2) * panel + column + (row & 3);
        for (let x = x0 + first * sw; position < end; position++, x += sw) {
          target[at] = inside && x >= 0 && x < iw ? (source[start + x] as number) : 0;
          row++;
          at += (row & 3) === 0 ? panel - 3 : 1;
        }
      }
    }
  };
}

function convolve(x: Tensor, weight: Tensor, bias: Tensor | undefined, a: ConvAttributes): Tensor {
  const [batch = 1, channels = 1, ...sizes] = x.shape;
  const [outChannels = 1, perGroup = 1, ...kernel] = weight.shape;
  const w = windowOf(sizes, kernel, a);
  const { groups } = a;
  const outSizes = w.output.slice(3 - kernel.length);
  const n = elementCount(outSizes);
  const y = tensor([batch, outChannels, ...outSizes]);
  const area = elementCount(sizes);
  const k = perGroup * elementCount(kernel);
  const m = outChannels / groups;
  for (let image = 0; image < batch; image++) {
    for (let group = 0; group < groups; group++) {
      const start = (image * channels + group * perGroup) * area;
      const windows = windowPanels(w, x.data.subarray(start, start + perGroup * area));
      const filters = rowPanels(weight.data, group * m * k, k);
      multiplyPacked(filters, windows, y.data, { m, n, k }, (image * outChannels + group * m) * n);
    }
  }
  if (bias) addByChannel(y.data, bias.data, n);
  return y;
}

/** Adds a number to each run of `area` elements, over and over. */
function addByChannel(data: Float64Array, numbers: Float64Array, area: number): void {
  for (let run = 0; run * area < data.length; run++) {
    const shift = numbers[run % numbers.length] as number;
    for (let i = run * area; i < (run + 1) * area; i++) data[i] = (data[i] as number) + shift;
  }
}

/** Every input element times its weights, added where the window lies in the output. */
function convolveTransposed(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  a: ConvAttributes,
  sizes: readonly number[],
): Tensor {
  const [batch = 1, channels = 1, ...inputSizes] = x.shape;
  const [, perGroup = 1, ...kernel] = weight.shape;
  const { groups } = a;
  // The window of the convolution that this one is the gradient of, from the larger image to the smaller.
  const w = {
    ...windowOf(sizes, kernel, transposedPadding(sizes, inputSizes, kernel, a)),
    output: triple(inputSizes, 1),
  };
  const area = elementCount(inputSizes);
  const outArea = elementCount(sizes);
  const outChannels = perGroup * groups;
  const y = tensor([batch, outChannels, ...sizes]);
  const k = channels / groups;
  const taps = perGroup * elementCount(kernel);
  for (let image = 0; image < batch; image++) {
    for (let group = 0; group < groups; group++) {
      const pixels = permuted(
        tensor(
          [k, area],
          x.data.subarray((image * groups + group) * k * area, (image * groups + group + 1) * k * area),
        ),
        [1, 0],
      );
      const filters = permuted(
        tensor([k, taps], weight.data.subarray(group * k * taps, (group + 1) * k * taps)),
        [1, 0],
      );
      const columns = new Float64Array(area * taps);
      multiply(pixels.data, filters.data, columns, { m: area, n: taps, k });
      const start = (image * outChannels + group * perGroup) * outArea;
      eachTap(w, perGroup, 0, area, (column, at) => {
        y.data[start + at] = (y.data[start + at] as number) + (columns[column] as number);
      });
    }
  }
  if (bias) addByChannel(y.data, bias.data, outArea);
  return y;
}

/** `same` padding cuts what the output has too much; given padding is what it says. */
function transposedPadding(
  sizes: readonly number[],
  inputSizes: readonly number[],
  kernel: readonly number[],
  a: Steps,
): Steps {
  if (a.padding !== 'same' && a.padding !== 'sameLower') return a;
  const stride = perAxis(a.stride, kernel.length, 'stride');
  const dilation = perAxis(a.dilation, kernel.length, 'dilation');
  const padding = kernel.map((size, i) => {
    const reach = (dilation[i] as number) * (size - 1) + 1;
    const total = Math.max(((inputSizes[i] as number) - 1) * (stride[i] as number) + reach - (sizes[i] as number), 0);
    const small = Math.floor(total / 2);
    return a.padding === 'same' ? [small, total - small] : [total - small, small];
  });
  return { ...a, padding };
}

const conv: Kernel<'conv'> = (call) => [
  channelsFirst(call, inputOf(call, 0), (x) => convolve(x, inputOf(call, 1), call.inputs[2], call.attributes)),
];

const convTranspose: Kernel<'convTranspose'> = (call) => {
  const sizes = spatialSizes(outputShape(call), call.attributes.layout);
  return [
    channelsFirst(call, inputOf(call, 0), (x) =>
      convolveTransposed(x, inputOf(call, 1), call.inputs[2], call.attributes, sizes),
    ),
  ];
};

/** Every window as a column: [N, C·kernel, positions]. */
const unfold: Kernel<'unfold'> = (call) => {
  const x = inputOf(call, 0);
  const [batch = 1, channels = 1, ...sizes] = x.shape;
  const kernel = perAxis(call.attributes.kernel, sizes.length, 'kernel');
  const w = windowOf(sizes, kernel, call.attributes);
  const shape = outputShape(call);
  const [, rows = 1, positions = 1] = shape;
  const y = tensor(shape);
  const area = elementCount(sizes);
  for (let image = 0; image < batch; image++) {
    const source = image * channels * area;
    eachTap(w, channels, 0, positions, (column, at) => {
      const row = column % rows;
      y.data[(image * rows + row) * positions + (column - row) / rows] = x.data[source + at] as number;
    });
  }
  return [y];
};

/** Columns added up where windows overlap. */
const fold: Kernel<'fold'> = (call) => {
  const x = inputOf(call, 0);
  const [batch = 1, channels = 1, ...sizes] = outputShape(call);
  const kernel = perAxis(call.attributes.kernel, sizes.length, 'kernel');
  const w = windowOf(sizes, kernel, call.attributes);
  const [, rows = 1, positions = 1] = x.shape;
  const y = tensor(outputShape(call));
  const area = elementCount(sizes);
  for (let image = 0; image < batch; image++) {
    const target = image * channels * area;
    eachTap(w, channels, 0, positions, (column, at) => {
      const row = column % rows;
      const value = x.data[(image * rows + row) * positions + (column - row) / rows] as number;
      y.data[target + at] = (y.data[target + at] as number) + value;
    });
  }
  return [y];
};

export const convolution: Kernels = { conv, convTranspose, unfold, fold };
