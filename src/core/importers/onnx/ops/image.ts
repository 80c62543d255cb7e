import { ArchmeterError } from '../../../errors.js';
import { elementCount, formatShape, type Shape } from '../../../ir/tensor.js';
import { normalizeAxes } from '../../../ops/axis.js';
import type { OpAttributes } from '../../../ops/op-attributes.js';
import type { Call } from '../call.js';
import type { Tensor } from '../tensor.js';
import type { OnnxOps } from './define-onnx-op.js';

/** Output sizes of Resize: of all axes, from sizes or scales, perhaps of some axes alone (opset 18). */
function resizedShape(call: Call, x: Tensor): number[] {
  const [scalesSlot, sizesSlot, roiSlot] = call.opset < 11 ? [1, 3, 4] : [2, 3, 1];
  const rank = x.shape.length;
  const axes = call.has('axes') ? normalizeAxes(call.ints('axes') ?? [], rank) : x.shape.map((_, axis) => axis);
  const scales = given(call, scalesSlot);
  const sizes = call.opset < 11 ? undefined : given(call, sizesSlot);
  const shape = [...x.shape];
  if (sizes !== undefined) {
    check(sizes.length, axes.length, call);
    const policy = call.text('keep_aspect_ratio_policy', 'stretch');
    if (policy === 'stretch')
      axes.forEach((axis, i) => {
        shape[axis] = sizes[i] as number;
      });
    else {
      const ratios = axes.map((axis, i) => (sizes[i] as number) / (x.shape[axis] as number));
      const ratio = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
      for (const axis of axes) shape[axis] = Math.floor((x.shape[axis] as number) * ratio + 0.5);
    }
    return shape;
  }
  if (scales === undefined) throw new ArchmeterError(`${call.type} has neither scales nor sizes`);
  check(scales.length, axes.length, call);
  const crops = call.text('coordinate_transformation_mode') === 'tf_crop_and_resize';
  const roi = crops ? given(call, roiSlot) : undefined;
  axes.forEach((axis, i) => {
    const part = roi === undefined ? 1 : (roi[i + axes.length] as number) - (roi[i] as number);
    shape[axis] = scaled(x.shape[axis] as number, scales[i] as number, part);
  });
  return shape;
}

/** Scales are float32: 1.1 is a little more, which must not lose a whole pixel. */
function scaled(size: number, scale: number, part: number): number {
  return Math.floor(Math.fround(size * part * scale));
}

function given(call: Call, slot: number): readonly number[] | undefined {
  if (call.inputs[slot] === undefined) return undefined;
  const contents = call.contents(slot);
  return contents.length === 0 ? undefined : contents;
}

function check(count: number, axes: number, call: Call): void {
  if (count !== axes) throw new ArchmeterError(`${call.type} gives ${count} sizes or scales for ${axes} axes`);
}

const MODES: Readonly<Record<string, 'nearest' | 'linear' | 'cubic'>> = {
  nearest: 'nearest',
  linear: 'linear',
  bilinear: 'linear',
  cubic: 'cubic',
};

const COORDINATES: Readonly<Record<string, OpAttributes['resize']['coordinates']>> = {
  half_pixel: 'halfPixel',
  half_pixel_symmetric: 'halfPixel',
  asymmetric: 'asymmetric',
  pytorch_half_pixel: 'pytorchHalfPixel',
  tf_crop_and_resize: 'cropAndResize',
};

function resizeAttributes(call: Call): OpAttributes['resize'] {
  const coordinates = call.text('coordinate_transformation_mode', call.opset < 11 ? 'asymmetric' : 'half_pixel');
  const named = COORDINATES[coordinates];
  return {
    mode: MODES[call.text('mode', 'nearest')] ?? 'nearest',
    ...(coordinates === 'align_corners' ? { alignCorners: true } : {}),
    ...(named === undefined ? {} : { coordinates: named }),
    ...(call.flag('antialias') ? { antialias: true } : {}),
  };
}

/** Interpolation of any axes; those that do not change are put aside where the layer knows images alone. */
function resizeTo(call: Call, x: Tensor, shape: Shape, attributes: OpAttributes['resize']): Tensor {
  const changed = shape.flatMap((size, axis) => (size === x.shape[axis] ? [] : [axis]));
  if (shape.some((size) => size < 1) && elementCount(x.shape) > 0) {
    throw new ArchmeterError(`${formatShape(x.shape)} is resized to the impossible shape ${formatShape(shape)}`);
  }
  const rank = x.shape.length;
  const isImage = rank >= 3 && rank <= 5;
  if (isImage && changed.every((axis) => axis >= 2))
    return call.emit('resize', [x], { size: shape.slice(2), ...attributes });
  if (isImage && changed.every((axis) => axis >= 1 && axis < rank - 1)) {
    return call.emit('resize', [x], { size: shape.slice(1, -1), layout: 'channelsLast', ...attributes });
  }
  const [first, last] = [changed[0] as number, changed.at(-1) as number];
  if (last - first > 2) throw new ArchmeterError(`resizing axes ${changed.join(', ')} at once is not supported`);
  const outer = elementCount(x.shape.slice(0, first));
  const inner = elementCount(x.shape.slice(last + 1));
  const image = call.emit('reshape', [x], {
    shape: [outer, ...x.shape.slice(first, last + 1), inner],
    allowZero: true,
  });
  const size = shape.slice(first, last + 1);
  const resized = call.emit('resize', [image], { size, layout: 'channelsLast', ...attributes });
  return call.emit('reshape', [resized], { shape, allowZero: true });
}

function resize(call: Call): Tensor {
  const x = call.input(0);
  return resizeTo(call, x, resizedShape(call, x), resizeAttributes(call));
}

function upsample(call: Call): Tensor {
  const x = call.input(0);
  const scales = call.opset < 9 ? (call.floats('scales') ?? oldScales(call)) : call.contents(1);
  check(scales.length, x.shape.length, call);
  const shape = x.shape.map((size, axis) => scaled(size, scales[axis] as number, 1));
  return resizeTo(call, x, shape, {
    mode: MODES[call.text('mode', 'nearest')] ?? 'nearest',
    coordinates: 'asymmetric',
  });
}

/** Upsample-1 scaled height and width alone. */
function oldScales(call: Call): readonly number[] {
  return [1, 1, call.float('height_scale', 1), call.float('width_scale', 1)];
}

function depthToSpace(call: Call): Tensor {
  const order = call.text('mode', 'DCR') === 'CRD' ? 'columnRowDepth' : 'depthColumnRow';
  return call.emit('pixelShuffle', [call.input(0)], { factor: call.int('blocksize', 1), order });
}

function gridSample(call: Call): Tensor {
  const mode = call.text('mode', 'linear');
  const padding = call.text('padding_mode', 'zeros');
  return call.emit('gridSample', [call.input(0), call.input(1)], {
    mode: mode === 'bilinear' ? 'linear' : mode === 'bicubic' ? 'cubic' : (MODES[mode] ?? 'linear'),
    paddingMode: padding === 'border' || padding === 'reflection' ? padding : 'zeros',
    alignCorners: call.flag('align_corners'),
  });
}

/** Grid of sampling points from affine matrices: a product of [points, 3] and each matrix. */
function affineGrid(call: Call): Tensor {
  const theta = call.input(0);
  const size = call.contents(1);
  const spatial = size.slice(2);
  const points = elementCount(spatial);
  const base = call.emit('fill', [], { shape: [points, spatial.length + 1], value: 1, dtype: theta.dtype });
  const grid = call.emit('matmul', [base, theta], { transposeRight: true });
  return call.emit('reshape', [grid], { shape: [size[0] as number, ...spatial, spatial.length] });
}

/** Cut or padded to a size at the centre (opset 18). */
function centerCropPad(call: Call): Tensor {
  const x = call.input(0);
  const sizes = call.contents(1);
  const axes = call.has('axes') ? normalizeAxes(call.ints('axes') ?? [], x.shape.length) : x.shape.map((_, a) => a);
  check(sizes.length, axes.length, call);
  const pads = x.shape.map(() => [0, 0]);
  axes.forEach((axis, i) => {
    const more = (sizes[i] as number) - (x.shape[axis] as number);
    const begin = more < 0 ? -Math.floor(-more / 2) : Math.floor(more / 2);
    pads[axis] = [begin, more - begin];
  });
  return call.emit('pad', [x], { pads });
}

export const IMAGE: OnnxOps = {
  AffineGrid: { contents: [1], lower: affineGrid },
  CenterCropPad: { contents: [1], lower: centerCropPad },
  DepthToSpace: { lower: depthToSpace },
  GridSample: { lower: gridSample },
  Resize: { contents: [1, 2, 3], lower: resize },
  SpaceToDepth: {
    lower: (call) => call.emit('pixelUnshuffle', [call.input(0)], { factor: call.int('blocksize', 1) }),
  },
  Upsample: { contents: [1], lower: upsample },
};
