import type { OpKind } from '../ops/define-op.js';
import type { AnalysisTotals, ExecutionModel, LayerAnalysis, TrafficTotals } from './result.js';

export interface ModelFigures {
  readonly execution: ExecutionModel;
  /** Of trained parameters, used or not. */
  readonly params: number;
  readonly paramBytes: number;
  readonly buffers: number;
  readonly peak: {
    readonly bytes: number;
    readonly layer: string | null;
    readonly tensors: AnalysisTotals['peakTensors'];
  };
  readonly peakTrainingBytes: number;
}

/** Sums over layers; what does not sum (peaks, shared parameters) comes from the model. */
export function sumLayers(layers: readonly LayerAnalysis[], model: ModelFigures): AnalysisTotals {
  const sum = {
    madds: 0,
    flops: 0,
    activations: 0,
    memoryAccessCost: 0,
    paperMemoryAccessCost: 0,
    memoryAccessCostLowerBound: 0,
    boundedMemoryAccessCost: 0,
    trainingFlops: 0,
    convolutionalInputOutput: 0,
    convolutionMadds: 0,
  };
  const costByKind: Partial<Record<OpKind, number>> = {};
  const maddsByKind: Partial<Record<OpKind, number>> = {};
  for (const layer of layers) {
    const { kind, madds, memoryAccessCost } = layer;
    sum.madds += madds;
    sum.flops += layer.flops;
    sum.activations += layer.activations;
    sum.memoryAccessCost += memoryAccessCost;
    sum.trainingFlops += layer.trainingFlops;
    if (layer.memoryAccessCostLowerBound !== null) {
      sum.memoryAccessCostLowerBound += layer.memoryAccessCostLowerBound;
      sum.boundedMemoryAccessCost += memoryAccessCost;
    }
    costByKind[kind] = (costByKind[kind] ?? 0) + memoryAccessCost;
    if (madds > 0) maddsByKind[kind] = (maddsByKind[kind] ?? 0) + madds;
    if (kind === 'convolution') {
      sum.paperMemoryAccessCost += memoryAccessCost;
      sum.convolutionMadds += madds;
      sum.convolutionalInputOutput += elements(layer.inputShapes[0]) + elements(layer.outputShapes[0]);
    }
  }
  const eager = traffic(layers, 'eager', sum.flops);
  const fused = traffic(layers, 'fused', sum.flops);
  const chosen = model.execution === 'eager' ? eager : fused;
  const ratio = (numerator: number, denominator: number) => (denominator === 0 ? null : numerator / denominator);
  return {
    params: model.params,
    paramBytes: model.paramBytes,
    buffers: model.buffers,
    madds: sum.madds,
    flops: sum.flops,
    activations: sum.activations,
    memoryAccessCost: sum.memoryAccessCost,
    paperMemoryAccessCost: sum.paperMemoryAccessCost,
    memoryAccessCostLowerBound: sum.memoryAccessCostLowerBound,
    boundedMemoryAccessCost: sum.boundedMemoryAccessCost,
    memoryAccessCostRatio: ratio(sum.boundedMemoryAccessCost, sum.memoryAccessCostLowerBound),
    memoryAccessCostByKind: costByKind,
    maddsByKind,
    readBytes: chosen.readBytes,
    writeBytes: chosen.writeBytes,
    arithmeticIntensity: chosen.arithmeticIntensity,
    eager,
    fused,
    peakActivationBytes: model.peak.bytes,
    peakLayer: model.peak.layer,
    peakTensors: model.peak.tensors,
    trainingFlops: sum.trainingFlops,
    peakTrainingBytes: model.peakTrainingBytes,
    convolutionalInputOutput: sum.convolutionalInputOutput,
    maddsPerConvolutionalInputOutput: ratio(sum.convolutionMadds, sum.convolutionalInputOutput),
  };
}

function elements(shape: readonly number[] | undefined): number {
  let product = shape === undefined ? 0 : 1;
  for (const size of shape ?? []) product *= size;
  return product;
}

function traffic(layers: readonly LayerAnalysis[], execution: ExecutionModel, flops: number): TrafficTotals {
  let readBytes = 0;
  let writeBytes = 0;
  let kernels = 0;
  let highest = -1;
  for (const layer of layers) {
    readBytes += execution === 'eager' ? layer.eagerReadBytes : layer.fusedReadBytes;
    writeBytes += execution === 'eager' ? layer.eagerWriteBytes : layer.fusedWriteBytes;
    if (layer.kernel >= 0) kernels++;
    highest = Math.max(highest, layer.kernel);
  }
  const moved = readBytes + writeBytes;
  return {
    readBytes,
    writeBytes,
    arithmeticIntensity: moved === 0 ? null : flops / moved,
    kernels: execution === 'eager' ? kernels : highest + 1,
  };
}
