import { elementCount } from '../../core/ir/tensor.js';
import { type Padding, type PerAxis, perAxis, resolvePadding } from '../../core/ops/window.js';
import { multiply } from './product.js';
import { channelsFirst, inputOf, type Kernel, type Tensor, tensor } from './tensor.js';

interface ConvAttributes {
  readonly stride?: PerAxis;
  readonly padding?: Padding;
  readonly dilation?: PerAxis;
  readonly groups?: number;
  readonly outputPadding?: PerAxis;
}

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

function windowOf(input: readonly number[], kernel: readonly number[], a: ConvAttributes): Window {
  const rank = kernel.length;
  const stride = perAxis(a.stride, rank, 1, 'stride');
  const dilation = perAxis(a.dilation, rank, 1, 'dilation');
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

/** Positions handled at once, so that the unfolded input stays small. */
const BLOCK = 2048;

function convolve(x: Tensor, weight: Tensor, bias: Tensor | undefined, a: ConvAttributes): Tensor {
  const [batch = 1, channels = 1, ...sizes] = x.shape;
  const [outChannels = 1, perGroup = 1, ...kernel] = weight.shape;
  const w = windowOf(sizes, kernel, a);
  const groups = a.groups ?? channels / perGroup;
  const outSizes = w.output.slice(3 - kernel.length);
  const positions = elementCount(outSizes);
  const y = tensor([batch, outChannels, ...outSizes]);
  const area = elementCount(sizes);
  const k = perGroup * elementCount(kernel);
  const m = outChannels / groups;
  for (let image = 0; image < batch; image++) {
    for (let group = 0; group < groups; group++) {
      const start = (image * channels + group * perGroup) * area;
      const source = x.data.subarray(start, start + perGroup * area);
      for (let from = 0; from < positions; from += BLOCK) {
        const to = Math.min(from + BLOCK, positions);
        const columns = new Float64Array((to - from) * k);
        eachTap(w, perGroup, from, to, (column, at) => {
          columns[column] = source[at] as number;
        });
        const block = new Float64Array(m * (to - from));
        multiply(weight.data, columns, block, { m, n: to - from, k }, { a: group * m * k });
        for (let row = 0; row < m; row++) {
          const channel = group * m + row;
          const shift = bias === undefined ? 0 : (bias.data[channel] as number);
          const out = (image * outChannels + channel) * positions;
          for (let i = from; i < to; i++) y.data[out + i] = (block[row * (to - from) + i - from] as number) + shift;
        }
      }
    }
  }
  return y;
}

const conv: Kernel = (call) => {
  const [, weight, bias] = call.inputs;
  return [
    channelsFirst(call, inputOf(call, 0), (x) =>
      convolve(x, weight as Tensor, bias, call.attributes as ConvAttributes),
    ),
  ];
};

export const convolution: Readonly<Record<string, Kernel>> = { conv };
