import type { OpAttributes } from '../../../ops/op-attributes.js';
import type { Lowering, NodeCall } from '../call.js';
import type { Tensor } from '../tensor.js';

function resize(call: NodeCall, x: Tensor, size: readonly number[], mode: OpAttributes['resize']['mode']): Tensor {
  const alignCorners = call.attributes.flag('align_corners');
  const halfPixel = call.attributes.flag('half_pixel_centers');
  return call.add('resize', [x], {
    size: [...size],
    mode,
    layout: 'channelsLast',
    ...(alignCorners ? { alignCorners } : {}),
    coordinates: halfPixel ? 'halfPixel' : 'asymmetric',
  });
}

const resized =
  (mode: OpAttributes['resize']['mode']): Lowering =>
  (call) =>
    resize(call, call.x, call.known(1), mode);

/** The box of each region, cut out of its image and resized. */
const cropAndResize: Lowering = (call) => {
  const images = call.add('gather', [call.x, call.input(2)], { axis: 0 }, 'images');
  return resize(call, images, call.known(3), 'linear');
};

const shuffle =
  (op: 'pixelShuffle' | 'pixelUnshuffle'): Lowering =>
  (call) =>
    call.add(op, [call.x], {
      factor: call.attributes.integer('block_size'),
      order: 'depthColumnRow',
      layout: call.layout(),
    });

/** Which boxes are kept depends on the scores: as many as may be. */
const nonMaxSuppression: Lowering = (call) => {
  const most = Math.min(call.knownInteger(2), call.x.shape[0] as number);
  const scored = call.op.endsWith('V5');
  const selected = { shape: [most], dtype: 'int32' } as const;
  const count = { shape: [], dtype: 'int32' } as const;
  const scores = { shape: [most], dtype: 'float32' } as const;
  const outputs = scored ? [selected, scores, count] : call.op.endsWith('V4') ? [selected, count] : [selected];
  return call.opaque('which boxes are compared depends on the data', outputs);
};

const transformed: Lowering = (call) => resize(call, call.x, call.known(2), 'linear');

export const imageOps: Readonly<Record<string, Lowering>> = {
  ResizeBilinear: resized('linear'),
  ResizeNearestNeighbor: resized('nearest'),
  ResizeBicubic: resized('cubic'),
  ResizeArea: resized('area'),
  CropAndResize: cropAndResize,
  ImageProjectiveTransformV3: transformed,
  DepthToSpace: shuffle('pixelShuffle'),
  SpaceToDepth: shuffle('pixelUnshuffle'),
  NonMaxSuppressionV2: nonMaxSuppression,
  NonMaxSuppressionV3: nonMaxSuppression,
  NonMaxSuppressionV4: nonMaxSuppression,
  NonMaxSuppressionV5: nonMaxSuppression,
};
