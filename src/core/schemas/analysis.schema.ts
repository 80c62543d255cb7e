import { ANALYSIS_SCHEMA } from '../analysis/result.js';
import { DTYPE_BITS } from '../ir/tensor.js';
import { METRICS } from '../units.js';

/** JSON Schema of `archmeter/analysis@1` (src/core/analysis/result.ts). */
const count = (description: string) => ({ type: 'number', minimum: 0, description });
const optionalCount = (description: string) => ({ type: ['number', 'null'], minimum: 0, description });
const text = { type: 'string' };
const shape = { type: 'array', items: { type: 'integer', minimum: 0 } };
const dtype = { enum: Object.keys(DTYPE_BITS) };
const byKind = (description: string) => ({
  type: 'object',
  additionalProperties: { type: 'number', minimum: 0 },
  description,
});

function closed(properties: Readonly<Record<string, unknown>>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((key) => !optional.includes(key));
  return { type: 'object', properties, required, additionalProperties: false };
}

const tensors = { type: 'array', items: closed({ name: text, shape, dtype }) };

const traffic = closed({
  readBytes: count(METRICS.readBytes.definition),
  writeBytes: count(METRICS.writeBytes.definition),
  arithmeticIntensity: optionalCount(METRICS.arithmeticIntensity.definition),
  kernels: count(METRICS.kernels.definition),
});

const layer = closed(
  {
    name: text,
    op: text,
    kind: text,
    scope: text,
    kernel: { type: 'integer', minimum: -1, description: 'Fused kernel it belongs to; -1 for a view.' },
    inputShapes: { type: 'array', items: shape },
    outputShapes: { type: 'array', items: shape },
    weightShapes: { type: 'array', items: shape },
    groups: { type: 'integer', minimum: 1 },
    inputLayers: { type: 'array', items: text },
    params: count(METRICS.params.definition),
    paramBytes: count(METRICS.paramBytes.definition),
    madds: count(METRICS.madds.definition),
    flops: count(METRICS.flops.definition),
    activations: count(METRICS.activations.definition),
    memoryAccessCost: count(METRICS.memoryAccessCost.definition),
    memoryAccessCostLowerBound: optionalCount(METRICS.memoryAccessCostLowerBound.definition),
    memoryAccessCostRatio: optionalCount(METRICS.memoryAccessCostRatio.definition),
    readBytes: count(METRICS.readBytes.definition),
    writeBytes: count(METRICS.writeBytes.definition),
    eagerReadBytes: count('Bytes read where every op is its own kernel.'),
    eagerWriteBytes: count('Bytes written where every op is its own kernel.'),
    fusedReadBytes: count('Bytes read from outside its fused kernel.'),
    fusedWriteBytes: count('Bytes written for readers outside its fused kernel.'),
    arithmeticIntensity: optionalCount(METRICS.arithmeticIntensity.definition),
    liveActivationBytes: count('Bytes of activations alive while the layer runs.'),
    trainingFlops: count(METRICS.trainingFlops.definition),
    line: { type: 'integer', minimum: 1, description: 'Line in the file it was read from.' },
  },
  ['line'],
);

const totals = closed({
  params: count(METRICS.params.definition),
  paramBytes: count(METRICS.paramBytes.definition),
  buffers: count(METRICS.buffers.definition),
  madds: count(METRICS.madds.definition),
  flops: count(METRICS.flops.definition),
  activations: count(METRICS.activations.definition),
  memoryAccessCost: count(METRICS.memoryAccessCost.definition),
  paperMemoryAccessCost: count(METRICS.paperMemoryAccessCost.definition),
  memoryAccessCostLowerBound: count(METRICS.memoryAccessCostLowerBound.definition),
  boundedMemoryAccessCost: count('Memory access cost of the layers that have a lower bound.'),
  memoryAccessCostRatio: optionalCount(METRICS.memoryAccessCostRatio.definition),
  memoryAccessCostByKind: byKind('Memory access cost by kind of op.'),
  maddsByKind: byKind('Multiply-adds by kind of op.'),
  readBytes: count(METRICS.readBytes.definition),
  writeBytes: count(METRICS.writeBytes.definition),
  arithmeticIntensity: optionalCount(METRICS.arithmeticIntensity.definition),
  eager: traffic,
  fused: traffic,
  peakActivationBytes: count(METRICS.peakActivationBytes.definition),
  peakLayer: { type: ['string', 'null'] },
  peakTensors: { type: 'array', items: closed({ name: text, bytes: count('Bytes alive.') }) },
  trainingFlops: count(METRICS.trainingFlops.definition),
  peakTrainingBytes: count(METRICS.peakTrainingBytes.definition),
  convolutionalInputOutput: count(METRICS.convolutionalInputOutput.definition),
  maddsPerConvolutionalInputOutput: optionalCount(METRICS.maddsPerConvolutionalInputOutput.definition),
});

export const analysisSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'archmeter analysis',
  ...closed({
    schema: { const: ANALYSIS_SCHEMA },
    archmeter: { ...text, description: 'Version that wrote it.' },
    model: closed({
      name: text,
      source: {
        oneOf: [{ type: 'null' }, closed({ format: text, file: text, producer: text }, ['file', 'producer'])],
      },
      inputs: tensors,
      outputs: tensors,
    }),
    options: closed({
      execution: { enum: ['eager', 'fused'] },
      dtype,
      batch: { type: 'integer', minimum: 0 },
      excludeHead: { type: 'boolean' },
    }),
    totals,
    layers: { type: 'array', items: layer },
    unsupportedOps: {
      type: 'array',
      description: 'Ops without a count. Where it is not empty, every total leaves them out.',
      items: closed({
        type: text,
        count: { type: 'integer', minimum: 1 },
        layers: { type: 'array', items: text },
        reason: { type: ['string', 'null'] },
      }),
    },
    notes: { type: 'array', items: text },
  }),
};
