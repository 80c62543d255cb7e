import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/builder.js';
import { type CallOptions, type Layer, LayerCall, type LowerLayer, type Result } from './layer.js';
import { opaque } from './layers/activation.js';
import { LAYERS } from './layers/index.js';
import { isOperation, lowerOperation } from './operations/index.js';

/** Lowers one call of a layer that is no model. */
export function lowerLayer(builder: GraphBuilder, layer: Layer, options: CallOptions, lower: LowerLayer): Result {
  try {
    const call = new LayerCall(builder, layer, options, lower);
    if (isOperation(layer)) return lowerOperation(call);
    const lowering = LAYERS.get(layer.className);
    if (lowering !== undefined) return lowering(call);
    return opaque(call, layer.className || 'unknown layer', 'archmeter does not know this layer class');
  } catch (error) {
    throw error instanceof ArchmeterError ? error.at({ layer: layer.fullName }) : error;
  }
}
