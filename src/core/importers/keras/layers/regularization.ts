import type { LayerLowering } from '../layer.js';

/** Nothing at inference. */
const dropout: LayerLowering = (call) => {
  const rate = call.config.get('rate');
  return call.add('dropout', [call.x], typeof rate === 'number' && rate >= 0 && rate <= 1 ? { rate } : {});
};

const identity: LayerLowering = (call) => call.add('identity', [call.x]);

/** Skips the steps in which every feature has the mask value, for the layers after it. */
const masking: LayerLowering = (call) => {
  const mask = call.builder.stored(`${call.layer.fullName}.mask_value`, 'constant', [], call.x.dtype);
  const differs = call.part('differs', 'notEqual', [call.x, mask]);
  const any = call.part('any', 'reduceAny', [differs], { axes: [-1], keepDims: true });
  return call.part('mask', 'mul', [call.x, call.part('cast', 'cast', [any], { to: call.x.dtype })]);
};

export const regularizationLayers: Readonly<Record<string, LayerLowering>> = {
  Dropout: dropout,
  AlphaDropout: dropout,
  GaussianDropout: dropout,
  GaussianNoise: dropout,
  SpatialDropout1D: dropout,
  SpatialDropout2D: dropout,
  SpatialDropout3D: dropout,
  ActivityRegularization: identity,
  Identity: identity,
  Masking: masking,
};
