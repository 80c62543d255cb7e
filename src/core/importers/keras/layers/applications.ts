import type { LayerLowering } from '../layer.js';

/** Layers that keras.applications defines for its own models. */
export const applicationLayers: Readonly<Record<string, LayerLowering>> = {
  LayerScale: (call) => call.add('mul', [call.x, call.weight('gamma', [call.config.size('projection_dim')])]),
  StochasticDepth: (call) => call.add('dropout', [call.x]),
  /** InceptionResNetV2: x + scale·y. */
  CustomScaleLayer: (call) => {
    const scale = call.builder.stored(`${call.layer.fullName}.scale`, 'constant', [], call.x.dtype);
    return call.add('add', [call.x, call.after('scale', 'mul', [call.input(1), scale])]);
  },
};
