import type { Layout } from '../../../ops/convolution/window.js';
import type { ResolvedAttributes } from '../../../ops/define-op.js';
import type { OpName } from '../../../ops/op-attributes.js';
import type { Operation, OperationLowering } from './operation.js';

function layoutOf(operation: Operation): Layout {
  const format = operation.text(-1, 'data_format') ?? 'channels_last';
  return format === 'channels_first' || format.startsWith('NC') ? 'channelsFirst' : 'channelsLast';
}

function spatial(operation: Operation, sizes: readonly number[] | undefined): number[] | undefined {
  const rank = operation.x.shape.length - 2;
  if (sizes === undefined || sizes.length === 0) return undefined;
  if (sizes.length === rank + 2) return layoutOf(operation) === 'channelsLast' ? sizes.slice(1, -1) : sizes.slice(2);
  return sizes.length === rank ? [...sizes] : new Array<number>(rank).fill(sizes[0] as number);
}

const pool =
  (op: OpName): OperationLowering =>
  (operation) => {
    const kernel =
      spatial(operation, operation.integers(1, 'pool_size', 'ksize')) ?? operation.call.fail('it has no pool size');
    return operation.add(op, [operation.x], {
      kernel,
      stride: spatial(operation, operation.integers(2, 'strides')) ?? kernel,
      padding: (operation.text(3, 'padding') ?? 'valid').toLowerCase() === 'same' ? 'same' : 'valid',
      layout: layoutOf(operation),
      ...(op === 'avgPool' ? { countIncludePad: false } : {}),
    });
  };

const MODES: Readonly<Record<string, ResolvedAttributes<'resize'>['mode']>> = {
  nearest: 'nearest',
  bilinear: 'linear',
  area: 'area',
};

const resize: OperationLowering = (operation) => {
  const size = operation.integers(1, 'size') ?? operation.call.fail('it has no size');
  const method = operation.text(2, 'interpolation', 'method') ?? 'bilinear';
  return operation.add('resize', [operation.x], { size, mode: MODES[method] ?? 'cubic', layout: layoutOf(operation) });
};

const shuffle =
  (op: OpName): OperationLowering =>
  (operation) =>
    operation.add(op, [operation.x], {
      factor: operation.integer(undefined, 1, 'block_size'),
      order: 'depthColumnRow',
      layout: layoutOf(operation),
    });

const normalize: OperationLowering = (operation) => {
  const axis = operation.integers(1, 'axis')?.[0] ?? -1;
  return operation.add('normalize', [operation.x], { axis });
};

const adaptivePool =
  (op: 'adaptiveAvgPool' | 'adaptiveMaxPool'): OperationLowering =>
  (operation) => {
    const rank = operation.x.shape.length - 2;
    const size = operation.integers(1, 'output_size') ?? operation.call.fail('it has no output size');
    const outputSize = size.length === rank ? size : new Array<number>(rank).fill(size[0] as number);
    return operation.add(op, [operation.x], { outputSize, layout: layoutOf(operation) });
  };

/** First of the two spatial axes of an image, with or without a batch. */
function heightAxis(operation: Operation): number {
  return operation.x.shape.length - (layoutOf(operation) === 'channelsLast' ? 3 : 2);
}

/** A margin on one side and a target size, or margins on both. */
function margins(operation: Operation, axis: number, before: string, after: string, target: string) {
  const length = operation.x.shape[axis] as number;
  const number = (name: string) => operation.integers(-1, name)?.[0];
  const [first, last, size] = [number(before), number(after), number(target)];
  return { length, first, last, size };
}

const SIDES = [
  ['top', 'bottom', 'height'],
  ['left', 'right', 'width'],
] as const;

const padImages: OperationLowering = (operation) => {
  const first = heightAxis(operation);
  const pads = operation.x.shape.map((): [number, number] => [0, 0]);
  SIDES.forEach(([before, after, target], i) => {
    const at = margins(operation, first + i, `${before}_padding`, `${after}_padding`, `target_${target}`);
    const start = at.first ?? (at.size ?? at.length) - at.length - (at.last ?? 0);
    pads[first + i] = [start, at.last ?? (at.size ?? at.length + start) - at.length - start];
  });
  return operation.add('pad', [operation.x], { pads });
};

const cropImages: OperationLowering = (operation) => {
  const first = heightAxis(operation);
  const cuts = SIDES.map(([before, after, target], i) => {
    const at = margins(operation, first + i, `${before}_cropping`, `${after}_cropping`, `target_${target}`);
    const start = at.first ?? at.length - (at.last ?? 0) - (at.size ?? at.length);
    const end =
      at.last === undefined || at.last === null ? start + (at.size ?? at.length - start) : at.length - at.last;
    return [start, end] as const;
  });
  return operation.add('slice', [operation.x], {
    starts: cuts.map(([start]) => start),
    ends: cuts.map(([, end]) => end),
    axes: [first, first + 1],
  });
};

/** Windows of an image, each flattened into channels: [N, H, W, C] → [N, h, w, kH·kW·C]. */
const extractPatches: OperationLowering = (operation) => {
  const { call } = operation;
  const given = operation.integers(1, 'size') ?? call.fail('it has no size');
  const size = given.length === 2 ? given : [given[0] as number, given[0] as number];
  const stated = operation.integers(2, 'strides') ?? size;
  const strides = stated.length === 2 ? stated : [stated[0] as number, stated[0] as number];
  const isFirst = layoutOf(operation) === 'channelsFirst';
  let x = isFirst ? call.after('channelsLast', 'transpose', [operation.x], { permutation: [0, 2, 3, 1] }) : operation.x;
  if ((operation.text(4, 'padding') ?? 'valid').toLowerCase() === 'same') {
    const total = size.map((k, i) => {
      const [length, step] = [x.shape[1 + i] as number, strides[i] as number];
      return Math.max((Math.ceil(length / step) - 1) * step + k - length, 0);
    });
    const pads = [[0, 0], ...total.map((all) => [Math.floor(all / 2), Math.ceil(all / 2)]), [0, 0]];
    x = call.after('pad', 'pad', [x], { pads });
  }
  size.forEach((length, i) => {
    x = call.after('windows', 'slidingWindow', [x], { axis: 1 + i, size: length, step: strides[i] });
  });
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const inner = call.after('order', 'transpose', [x], { permutation: [0, 1, 2, 4, 5, 3] });
  const flat = operation.add('reshape', [inner], {
    shape: [batch, height, width, (size[0] as number) * (size[1] as number) * channels],
  });
  return isFirst ? call.after('channelsFirst', 'transpose', [flat], { permutation: [0, 3, 1, 2] }) : flat;
};

/** A weighted sum of the three colours. */
const grayscale: OperationLowering = (operation) => {
  const axis = layoutOf(operation) === 'channelsLast' ? -1 : -3;
  const shape = axis === -1 ? [3] : [3, 1, 1];
  const weights = operation.call.constant('weights', shape, operation.x.dtype);
  const weighted = operation.call.after('weighted', 'mul', [operation.x, weights]);
  return operation.add('reduceSum', [weighted], { axes: [axis], keepDims: true });
};

export const imageOperations: Readonly<Record<string, OperationLowering>> = {
  adaptiveaveragepool: adaptivePool('adaptiveAvgPool'),
  adaptivemaxpool: adaptivePool('adaptiveMaxPool'),
  padimages: padImages,
  cropimages: cropImages,
  extractpatches: extractPatches,
  rgbtograyscale: grayscale,
  maxpool: pool('maxPool'),
  maxpool2d: pool('maxPool'),
  averagepool: pool('avgPool'),
  avgpool: pool('avgPool'),
  avgpool2d: pool('avgPool'),
  resize,
  resizebilinear: resize,
  resizenearestneighbor: (operation) =>
    operation.add('resize', [operation.x], {
      size: operation.integers(1, 'size') ?? [],
      mode: 'nearest',
      layout: layoutOf(operation),
    }),
  depthtospace: shuffle('pixelShuffle'),
  spacetodepth: shuffle('pixelUnshuffle'),
  normalize,
  l2normalize: normalize,
  dropout: (operation) => operation.add('dropout', [operation.x]),
};
