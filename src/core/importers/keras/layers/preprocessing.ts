import type { Value } from '../../../ir/graph.js';
import { channelsOf, spatialSizes } from '../../../ops/convolution/window.js';
import type { ResolvedAttributes } from '../../../ops/define-op.js';
import type { OpName } from '../../../ops/op-attributes.js';
import { isList } from '../config.js';
import type { LayerCall, LayerLowering } from '../layer.js';

function isZero(value: unknown): boolean {
  return Array.isArray(value) ? value.every(isZero) : value === 0 || value === null || value === undefined;
}

function numbers(value: unknown): number[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  return list.every((item) => typeof item === 'number') ? (list as number[]) : undefined;
}

/** x · scale + offset, scalars or one for each channel. */
const rescaling: LayerLowering = (call) => {
  const constant = (key: 'scale' | 'offset'): Value => {
    const list = numbers(call.config.get(key)) ?? call.config.wrong(key, 'a number or a list of numbers');
    const channels = channelsOf(call.x.shape, 'channelsLast');
    if (list.length > 1 && list.length !== channels) call.config.wrong(key, `a number or ${channels} of them`);
    const shape = list.length > 1 ? [list.length] : [];
    return call.builder.stored(`${call.layer.fullName}.${key}`, 'constant', shape, call.x.dtype);
  };
  const scaled = call.add('mul', [call.x, constant('scale')]);
  return isZero(call.config.get('offset')) ? scaled : call.after('offset', 'add', [scaled, constant('offset')]);
};

const INTERPOLATION: Readonly<Record<string, ResolvedAttributes<'resize'>['mode']>> = {
  nearest: 'nearest',
  bilinear: 'linear',
  area: 'area',
};

function resized(call: LayerCall, x: Value, size: readonly number[]): Value {
  const mode = INTERPOLATION[call.config.text('interpolation', 'bilinear')] ?? 'cubic';
  return call.add('resize', [x], { size, mode, layout: call.layout() });
}

const resizing: LayerLowering = (call) => {
  const size = [call.config.size('height'), call.config.size('width')];
  const cropped = call.config.boolean('crop_to_aspect_ratio', false) ? cropTo(call, size, true) : call.x;
  return resized(call, cropped, size);
};

/** Cuts from the middle: to a size, or to the largest part of its aspect ratio. */
function cropTo(call: LayerCall, size: readonly number[], ratioOnly: boolean): Value {
  const layout = call.layout();
  const sizes = spatialSizes(call.x.shape, layout);
  const [height = 1, width = 1] = sizes;
  const [targetHeight = 1, targetWidth = 1] = size;
  const target = ratioOnly
    ? [
        Math.min(height, Math.floor((width * targetHeight) / targetWidth)),
        Math.min(width, Math.floor((height * targetWidth) / targetHeight)),
      ]
    : [targetHeight, targetWidth];
  if (target.every((length, axis) => length === sizes[axis])) return call.x;
  const first = layout === 'channelsLast' ? 1 : 2;
  const starts = target.map((length, axis) => Math.floor(((sizes[axis] as number) - length) / 2));
  const ends = target.map((length, axis) => (starts[axis] as number) + length);
  return call.after('crop', 'slice', [call.x], { starts, ends, axes: [first, first + 1] });
}

/** The middle of the image; where that is smaller than asked for, the image resized (at inference). */
const centerCrop: LayerLowering = (call) => {
  const size = [call.config.size('height'), call.config.size('width')];
  const [height = 0, width = 0] = spatialSizes(call.x.shape, call.layout());
  if (height >= (size[0] as number) && width >= (size[1] as number)) {
    const cropped = cropTo(call, size, false);
    return cropped === call.x ? call.add('identity', [call.x]) : cropped;
  }
  return resized(call, cropTo(call, size, true), size);
};

/** Each image stretched to the whole range of values. */
const autoContrast: LayerLowering = (call) => {
  const extreme = (name: string, op: OpName) => call.part(name, op, [call.x], { axes: [1, 2], keepDims: true });
  const low = extreme('low', 'reduceMin');
  const range = call.part('range', 'sub', [extreme('high', 'reduceMax'), low]);
  const stretched = call.part('stretch', 'div', [call.part('shift', 'sub', [call.x, low]), range]);
  return call.part('clip', 'clip', [stretched], {});
};

/** Changes images in training alone. */
const trainingOnly: LayerLowering = (call) => call.add('dropout', [call.x]);

const TRAINING_ONLY = [
  'RandomFlip RandomRotation RandomTranslation RandomZoom RandomBrightness RandomContrast RandomHue RandomSaturation',
  'RandomShear RandomPerspective RandomSharpness RandomPosterization RandomGrayscale RandomColorJitter',
  'RandomColorDegeneration RandomGaussianBlur RandomInvert RandomErasing RandomElasticTransform RandAugment AugMix',
  'MixUp CutMix RandomHeight RandomWidth Solarization Equalization RandomApply RandomChoice',
].flatMap((line) => line.split(' '));

/** One bin for each element, or an axis with one place for each bin. */
function binned(call: LayerCall): readonly number[] {
  const { shape } = call.x;
  const mode = call.config.text('output_mode', 'int');
  if (mode === 'int') return shape;
  const boundaries = call.config.get('bin_boundaries');
  const bins = isList(boundaries) && boundaries.length > 0 ? boundaries.length + 1 : call.config.size('num_bins');
  return [...(mode === 'one_hot' && shape.at(-1) !== 1 ? shape : shape.slice(0, -1)), bins];
}

/** Bins: as many comparisons as there are boundaries, found by halving. */
const discretization: LayerLowering = (call) =>
  call.add('opaque', call.inputs, {
    type: 'Discretization',
    reason: 'a search among boundaries is not counted',
    outputs: [{ shape: binned(call), dtype: 'int64' }],
  });

/** Indices to one-hot or multi-hot vectors. */
const categoryEncoding: LayerLowering = (call) => {
  const depth = call.config.size('num_tokens');
  const mode = call.config.text('output_mode', 'multi_hot');
  const last = call.x.shape.at(-1);
  const indices =
    last === 1 && call.x.shape.length > 1 ? call.part('squeeze', 'squeeze', [call.x], { axes: [-1] }) : call.x;
  const hot = call.add('oneHot', [indices], { depth });
  if (mode === 'one_hot') return hot;
  if (hot.shape.length < 3) return hot;
  const op = mode === 'count' ? 'reduceSum' : 'reduceMax';
  return call.after('merge', op, [hot], { axes: [-2], keepDims: false });
};

export const preprocessingLayers: Readonly<Record<string, LayerLowering>> = {
  ...Object.fromEntries(TRAINING_ONLY.map((name) => [name, trainingOnly])),
  AutoContrast: autoContrast,
  Rescaling: rescaling,
  Resizing: resizing,
  CenterCrop: centerCrop,
  RandomCrop: centerCrop,
  Discretization: discretization,
  CategoryEncoding: categoryEncoding,
};
