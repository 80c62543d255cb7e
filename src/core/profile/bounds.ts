import type { Device, DeviceField } from '../analysis/devices/index.js';
import type { LayerAnalysis } from '../analysis/result.js';
import { DTYPE_BITS, type DType } from '../ir/tensor.js';
import type { LayerBound, LayerWork } from '../measurement.js';
import { CONTRACTION_KINDS } from '../ops/define-op.js';

/** What a row's layers do in all; of a group that ran as one, values between its layers are counted as moved. */
export function workOfLayers(layers: readonly LayerAnalysis[]): LayerWork {
  let [madds, flops, bytes] = [0, 0, 0];
  for (const layer of layers) {
    madds += layer.madds;
    flops += layer.flops;
    bytes += layer.eagerReadBytes + layer.eagerWriteBytes;
  }
  return { madds, flops, bytes };
}

/**
 * The least time that a device could take for some layers: what its peak rate or its memory allows, whichever is longer.
 * Roofline (Williams, Waterman, Patterson 2009): Σ of the layers' bounds, each at the rate of its units. Products of 16-bit
 * types run on matrix units where the device has them; 32-bit ones are held against the vector rate, which a device that
 * was allowed TF32 passes.
 */
export function boundOf(layers: readonly LayerAnalysis[], device: Device, dtype: DType): LayerBound {
  let [compute, memory, total] = [0, 0, 0];
  for (const layer of layers) {
    const byCompute = (layer.flops / rateOf(layer, device, dtype)) * 1e3;
    const byMemory = ((layer.eagerReadBytes + layer.eagerWriteBytes) / (device.memoryBandwidthGbs * 1e9)) * 1e3;
    compute += byCompute;
    memory += byMemory;
    total += Math.max(byCompute, byMemory);
  }
  return { latencyMs: total, by: compute > memory ? 'compute' : 'memory' };
}

/** Figures of a data sheet that bounds stand on. */
export const BOUND_FIELDS: readonly DeviceField[] = [
  'float32Tflops',
  'float16Tflops',
  'tensorFloat16Tflops',
  'memoryBandwidthGbs',
];

/** FLOP/s of the units that a layer runs on. */
function rateOf({ kind }: LayerAnalysis, device: Device, dtype: DType): number {
  const vector = (DTYPE_BITS[dtype] <= 16 ? device.float16Tflops : null) ?? device.float32Tflops;
  const matrix = DTYPE_BITS[dtype] <= 16 ? device.tensorFloat16Tflops : null;
  return (CONTRACTION_KINDS.has(kind) ? (matrix ?? vector) : vector) * 1e12;
}
