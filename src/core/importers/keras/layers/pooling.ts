import type { LayerCall, LayerLowering } from '../layer.js';
import { rankOf } from './convolution.js';

const pool =
  (op: 'maxPool' | 'avgPool'): LayerLowering =>
  (call) => {
    const rank = rankOf(call);
    const kernel = call.config.has('pool_size')
      ? call.config.sizes('pool_size', rank)
      : call.config.sizes('pool_length', rank, 2);
    return call.add(op, [call.x], {
      kernel,
      stride: call.config.has('strides') ? call.config.sizes('strides', rank) : kernel,
      padding: paddingOf(call),
      layout: call.layout(),
      // Keras and TensorFlow average over the elements inside the input alone.
      ...(op === 'avgPool' ? { countIncludePad: false } : {}),
    });
  };

function paddingOf(call: LayerCall): 'same' | 'valid' {
  const padding = call.config.text('padding', 'valid');
  return padding === 'same' || padding === 'valid' ? padding : call.config.wrong('padding', "'same' or 'valid'");
}

const globalPool =
  (op: 'globalMaxPool' | 'globalAvgPool'): LayerLowering =>
  (call) => {
    rankOf(call);
    return call.add(op, [call.x], { keepDims: call.config.boolean('keepdims', false), layout: call.layout() });
  };

const adaptivePool =
  (op: 'adaptiveMaxPool' | 'adaptiveAvgPool'): LayerLowering =>
  (call) =>
    call.add(op, [call.x], { outputSize: call.config.sizes('output_size', rankOf(call)), layout: call.layout() });

function forRanks(name: string, lowering: LayerLowering): [string, LayerLowering][] {
  return [1, 2, 3].map((rank) => [`${name}${rank}D`, lowering]);
}

export const poolingLayers: Readonly<Record<string, LayerLowering>> = Object.fromEntries([
  ...forRanks('MaxPooling', pool('maxPool')),
  ...forRanks('MaxPool', pool('maxPool')),
  ...forRanks('AveragePooling', pool('avgPool')),
  ...forRanks('AvgPool', pool('avgPool')),
  ...forRanks('GlobalMaxPooling', globalPool('globalMaxPool')),
  ...forRanks('GlobalMaxPool', globalPool('globalMaxPool')),
  ...forRanks('GlobalAveragePooling', globalPool('globalAvgPool')),
  ...forRanks('GlobalAvgPool', globalPool('globalAvgPool')),
  ...forRanks('AdaptiveMaxPooling', adaptivePool('adaptiveMaxPool')),
  ...forRanks('AdaptiveAveragePooling', adaptivePool('adaptiveAvgPool')),
]);
