import { elementCount } from '../../../ir/tensor.js';
import { perAxis, spatialSizes } from '../../../ops/convolution/window.js';
import type { ExportCall, Exporter, Exporters, Name } from '../call.js';
import { padsOf, windowOf } from './convolution.js';

type Sliding = 'maxPool' | 'avgPool' | 'lpPool';

type ImageOp = Sliding | 'adaptiveAvgPool' | 'adaptiveMaxPool' | 'resize';

/** Spatial sizes of the output. */
function outputSizes(call: ExportCall<ImageOp>): number[] {
  return spatialSizes(call.outputType().shape, call.attributes.layout);
}

/** The window with the padding at the end that the output size asks for; `excess` is how far that passes the given one. */
function poolWindow(call: ExportCall<Sliding>) {
  const sizes = call.imageShape(0).slice(2);
  const output = outputSizes(call);
  const w = windowOf(call, sizes, perAxis(call.attributes.kernel, sizes.length, 'kernel'));
  const padding = w.padding.map(([begin], i) => {
    const reach = (w.dilation[i] as number) * ((w.kernel[i] as number) - 1) + 1;
    const needed = ((output[i] as number) - 1) * (w.stride[i] as number) + reach - (sizes[i] as number) - begin;
    return [begin, Math.max(0, needed)] as const;
  });
  const excess = padding.map(([, end], i) => Math.max(0, end - (w.padding[i]?.[1] as number)));
  return { ...w, padding, given: w.padding, excess };
}

const maxPool: Exporter<'maxPool'> = (call) => {
  const w = poolWindow(call);
  call.emitImage('MaxPool', [call.image(0)], {
    kernel_shape: w.kernel,
    strides: w.stride,
    dilations: w.dilation,
    pads: padsOf(w.padding),
  });
};

const avgPool: Exporter<'avgPool'> = (call) => {
  const { countIncludePad, divisor } = call.attributes;
  const w = poolWindow(call);
  const window = { kernel_shape: w.kernel, strides: w.stride, dilations: w.dilation };
  const area = elementCount(w.kernel);
  if (divisor !== undefined) {
    const mean = call.op('AveragePool', [call.image(0)], { ...window, pads: padsOf(w.padding), count_include_pad: 1 });
    call.emitImage('Mul', [mean, call.scalar(area / divisor)]);
    return;
  }
  if (!countIncludePad || w.excess.every((size) => size === 0)) {
    const counted = countIncludePad ? 1 : 0;
    call.emitImage('AveragePool', [call.image(0)], { ...window, pads: padsOf(w.padding), count_include_pad: counted });
    return;
  }
  // Padding counts, what ceil mode reads beyond it does not: the padding becomes part of the image.
  const image = [[0, 0] as const, [0, 0] as const, ...w.given.map(([begin, end]) => [begin, end] as const)];
  const padded = call.op('Pad', [call.image(0), call.integers(padsOf(image))]);
  const beyond = w.excess.map((size) => [0, size] as const);
  call.emitImage('AveragePool', [padded], { ...window, pads: padsOf(beyond), count_include_pad: 0 });
};

const lpPool: Exporter<'lpPool'> = (call) => {
  const { p } = call.attributes;
  if (!Number.isInteger(p)) call.refuse(`its norm has a whole p, not ${p}`);
  const w = poolWindow(call);
  call.emitImage('LpPool', [call.image(0)], {
    kernel_shape: w.kernel,
    strides: w.stride,
    dilations: w.dilation,
    pads: padsOf(w.padding),
    p,
  });
};

function globalPool(type: 'GlobalAveragePool' | 'GlobalMaxPool'): Exporter<'globalAvgPool' | 'globalMaxPool'> {
  return (call) => {
    if (call.attributes.keepDims) return call.emitImage(type, [call.image(0)]);
    call.emit('Flatten', [call.op(type, [call.image(0)])], { axis: 1 });
  };
}

/** Windows [⌊i·in/out⌋, ⌈(i+1)·in/out⌉) along each axis: a pooling where they are even, else slices reduced one by one. */
function adaptive(call: ExportCall<'adaptiveAvgPool' | 'adaptiveMaxPool' | 'resize'>, kind: 'Average' | 'Max'): void {
  const sizes = call.imageShape(0).slice(2);
  const output = outputSizes(call);
  const window = sizes.map((size, i) => size / (output[i] as number));
  if (output.every((size) => size === 1)) {
    call.emitImage(`Global${kind}Pool`, [call.image(0)]);
  } else if (window.every(Number.isInteger)) {
    call.emitImage(`${kind}Pool`, [call.image(0)], { kernel_shape: window, strides: window });
  } else {
    let x = call.image(0);
    sizes.forEach((size, i) => {
      x = adaptAxis(call, x, i + 2, size, output[i] as number, kind === 'Max' ? 'ReduceMax' : 'ReduceMean');
    });
    call.emitImage('Identity', [x]);
  }
}

function adaptAxis(call: ExportCall, x: Name, axis: number, size: number, count: number, reduce: string): Name {
  const windows = Array.from({ length: count }, (_, o) => {
    const start = Math.floor((o * size) / count);
    const end = Math.ceil(((o + 1) * size) / count);
    const slice = call.op('Slice', [x, call.integers([start]), call.integers([end]), call.integers([axis])]);
    return call.op(reduce, [slice, call.integers([axis])], { keepdims: 1 });
  });
  return windows.length === 1 ? (windows[0] as Name) : call.op('Concat', windows, { axis });
}

const COORDINATES = {
  halfPixel: 'half_pixel',
  asymmetric: 'asymmetric',
  pytorchHalfPixel: 'pytorch_half_pixel',
} as const;

/** Sizes as ONNX wants them; image modes beyond nearest, linear and cubic are poolings. */
const resize: Exporter<'resize'> = (call) => {
  const a = call.attributes;
  if (a.mode === 'area') return adaptive(call, 'Average');
  if (a.coordinates === 'cropAndResize') return call.refuse('the crop is not part of the graph');
  const shape = call.imageShape(0);
  const rank = shape.length - 2;
  const coordinates = a.alignCorners ? 'align_corners' : COORDINATES[a.coordinates];
  const scales =
    a.size === undefined
      ? call.constant([1, 1, ...perAxis(a.scale ?? 1, rank, 'scale', 0)], [rank + 2], 'float32')
      : '';
  const sizes = a.size === undefined ? '' : call.integers([...shape.slice(0, 2), ...perAxis(a.size, rank, 'size')]);
  call.emitImage('Resize', [call.image(0), '', scales, sizes], {
    mode: a.mode,
    coordinate_transformation_mode: coordinates,
    nearest_mode: coordinates === 'asymmetric' ? 'floor' : 'round_prefer_ceil',
    ...(a.antialias && { antialias: 1 }),
  });
};

const gridSample: Exporter<'gridSample'> = (call) => {
  const a = call.attributes;
  call.emit('GridSample', [call.input(0), call.input(1)], {
    mode: a.mode,
    padding_mode: a.paddingMode,
    align_corners: a.alignCorners ? 1 : 0,
  });
};

/** Channels to blocks of pixels. */
const pixelShuffle: Exporter<'pixelShuffle'> = (call) => {
  const { factor, order } = call.attributes;
  call.emitImage('DepthToSpace', [call.image(0)], {
    blocksize: factor,
    mode: order === 'depthColumnRow' ? 'DCR' : 'CRD',
  });
};

/** ONNX's SpaceToDepth has the order of TensorFlow only. */
const pixelUnshuffle: Exporter<'pixelUnshuffle'> = (call) => {
  const { factor: r, order } = call.attributes;
  if (order === 'depthColumnRow') return call.emitImage('SpaceToDepth', [call.image(0)], { blocksize: r });
  const [n = 1, c = 1, h = 1, w = 1] = call.imageShape(0);
  const blocks = call.op('Reshape', [call.image(0), call.integers([n, c, h / r, r, w / r, r])]);
  const moved = call.op('Transpose', [blocks], { perm: [0, 1, 3, 5, 2, 4] });
  call.emitImage('Reshape', [moved, call.integers([n, c * r * r, h / r, w / r])]);
};

export const pooling: Exporters = {
  maxPool,
  avgPool,
  lpPool,
  globalAvgPool: globalPool('GlobalAveragePool'),
  globalMaxPool: globalPool('GlobalMaxPool'),
  adaptiveAvgPool: (call) => adaptive(call, 'Average'),
  adaptiveMaxPool: (call) => adaptive(call, 'Max'),
  resize,
  gridSample,
  pixelShuffle,
  pixelUnshuffle,
};
