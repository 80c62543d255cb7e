import type { Layout } from '../../../ops/window.js';
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
  (op: string): OperationLowering =>
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

const MODES: Readonly<Record<string, string>> = { nearest: 'nearest', bilinear: 'linear', area: 'area' };

const resize: OperationLowering = (operation) => {
  const size = operation.integers(1, 'size') ?? operation.call.fail('it has no size');
  const method = operation.text(2, 'interpolation', 'method') ?? 'bilinear';
  return operation.add('resize', [operation.x], { size, mode: MODES[method] ?? 'cubic', layout: layoutOf(operation) });
};

const shuffle =
  (op: string): OperationLowering =>
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

export const imageOperations: Readonly<Record<string, OperationLowering>> = {
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
