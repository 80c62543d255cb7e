/**
 * Every figure that archmeter reports: its name, heading, unit and definition, once.
 * Reporters, help texts, configuration and schemas read it here.
 */
export type Unit =
  | 'count'
  | 'elements'
  | 'bytes'
  | 'ops'
  | 'ratio'
  | 'ms'
  | 'J'
  | 'W'
  | '1/s'
  | 'op/s'
  | 'byte/s'
  | 'op/byte';

/** Units of figures that another element type changes; counts of elements and operations stay as they are. */
const BY_PRECISION: ReadonlySet<Unit> = new Set<Unit>(['bytes', 'byte/s', 'op/byte', 'op/s', '1/s', 'ms', 'J', 'W']);

/** Whether a figure of that unit means little without its element type. */
export function dependsOnPrecision(unit: Unit | undefined): boolean {
  return unit !== undefined && BY_PRECISION.has(unit);
}

export interface Metric {
  readonly heading: string;
  readonly unit: Unit;
  /** Which direction is good; `neither` has none. */
  readonly better: 'lower' | 'higher' | 'neither';
  /** `analytic` is computed from the graph, exactly; `estimated` from a model of a device; `measured` was timed. */
  readonly origin: 'analytic' | 'estimated' | 'measured';
  readonly definition: string;
}

const analytic = (heading: string, unit: Unit, definition: string, better: Metric['better'] = 'lower'): Metric => ({
  heading,
  unit,
  better,
  origin: 'analytic',
  definition,
});

export const METRICS = {
  params: analytic('Params', 'count', 'Trained parameters, each shared tensor once.'),
  paramBytes: analytic('Param bytes', 'bytes', 'Bytes of the trained parameters in their element type.'),
  buffers: analytic('Buffers', 'count', 'Stored elements that are not trained, such as running statistics.', 'neither'),
  madds: analytic(
    'MAdds',
    'ops',
    'Multiply-adds of contractions (convolution, matrix product, attention, einsum, recurrent cells). Bias and elementwise work excluded. Many papers print this figure as "FLOPs".',
  ),
  flops: analytic(
    'FLOPs',
    'ops',
    'Arithmetic operations: 2 per multiply-add, plus bias, normalisation, activation, pooling and elementwise work; a transcendental function is 1.',
  ),
  activations: analytic('Activations', 'elements', 'Output elements of convolution and linear layers.'),
  memoryAccessCost: analytic(
    'Memory access cost',
    'elements',
    'Elements read + weights + elements written, over all layers. For a convolution the formula of VoVNet (arXiv 1904.09730, section 2.1): h·w·(ci+co) + k²·ci·co/groups, with input and output areas apart.',
  ),
  paperMemoryAccessCost: analytic(
    'MAC (paper)',
    'elements',
    'Memory access cost summed over convolutions alone, as the VoVNet paper does. It leaves out the traffic of normalisation, activation and concatenation.',
  ),
  memoryAccessCostLowerBound: analytic(
    'Least access',
    'elements',
    'Least memory access cost of convolution and linear layers at the same multiply-adds, by AM-GM (ShuffleNetV2, arXiv 1807.11164, G1).',
    'neither',
  ),
  memoryAccessCostRatio: analytic(
    'Access / least',
    'ratio',
    'Memory access cost of convolution and linear layers over the least that their multiply-adds need: 1 is the best.',
  ),
  readBytes: analytic('Read', 'bytes', 'Bytes read by all kernels under the execution model.'),
  writeBytes: analytic('Written', 'bytes', 'Bytes written by all kernels under the execution model.'),
  arithmeticIntensity: analytic('Intensity', 'op/byte', 'FLOPs per byte read or written.', 'higher'),
  peakActivationBytes: analytic(
    'Peak activations',
    'bytes',
    'Largest sum of activation bytes alive at once in execution order, at inference, nothing in place.',
  ),
  trainingFlops: analytic(
    'Training FLOPs',
    'ops',
    'Forward and backward: a contraction costs its forward twice again in the backward pass (once where its input needs no gradient), other ops once again.',
  ),
  peakTrainingBytes: analytic('Training peak', 'bytes', 'Activations kept for the backward pass when it begins.'),
  convolutionalInputOutput: analytic(
    'CIO',
    'elements',
    'Convolutional input/output (HarDNet, arXiv 1909.00948): input and output elements of convolutions.',
  ),
  maddsPerConvolutionalInputOutput: analytic(
    'MAdds/CIO',
    'ratio',
    'Multiply-adds per convolutional input/output element.',
    'higher',
  ),
  kernels: analytic('Kernels', 'count', 'Kernels launched under the execution model.'),
  estimatedLatencyMs: {
    heading: 'Est. latency',
    unit: 'ms',
    better: 'lower',
    origin: 'estimated',
    definition: 'Time of one batch by the latency model of a device.',
  },
  estimatedEnergyJoules: {
    heading: 'Est. energy',
    unit: 'J',
    better: 'lower',
    origin: 'estimated',
    definition: 'Energy of one image by the energy model of a device.',
  },
  measuredLatencyMs: {
    heading: 'Latency',
    unit: 'ms',
    better: 'lower',
    origin: 'measured',
    definition: 'Median time of one batch, by the device clock where the runtime has one.',
  },
  measuredWallMs: {
    heading: 'Wall time',
    unit: 'ms',
    better: 'lower',
    origin: 'measured',
    definition: 'Median wall time of one batch, the host included, beside a latency by the device clock.',
  },
  measuredImagesPerSecond: {
    heading: 'Images/s',
    unit: '1/s',
    better: 'higher',
    origin: 'measured',
    definition: 'Batch size over the median wall time.',
  },
  measuredMaddsPerSecond: {
    heading: 'MAdd/s',
    unit: 'op/s',
    better: 'higher',
    origin: 'measured',
    definition:
      'Computation efficiency as in the paper (which counts a multiply-add as one FLOP): multiply-adds over latency.',
  },
  measuredFlopsPerSecond: {
    heading: 'FLOP/s',
    unit: 'op/s',
    better: 'higher',
    origin: 'measured',
    definition: 'Computation efficiency: arithmetic operations over latency.',
  },
  measuredEnergyJoules: {
    heading: 'Energy/image',
    unit: 'J',
    better: 'lower',
    origin: 'measured',
    definition: 'Energy of one image as the meter read it, idle power included.',
  },
  measuredPowerWatts: {
    heading: 'Power',
    unit: 'W',
    better: 'lower',
    origin: 'measured',
    definition: 'Mean power during the run.',
  },
  measuredBandwidth: {
    heading: 'Bandwidth',
    unit: 'byte/s',
    better: 'higher',
    origin: 'measured',
    definition: 'Bytes moved under the fused execution model over latency.',
  },
} as const satisfies Record<string, Metric>;

export type MetricId = keyof typeof METRICS;

/** `57.3 kB`, in sentences of rooms that know no reports. */
export function bytesInWords(bytes: number): string {
  const [scale, unit] = bytes >= 1e9 ? [1e9, 'GB'] : bytes >= 1e6 ? [1e6, 'MB'] : [1e3, 'kB'];
  return `${(bytes / scale).toPrecision(3)} ${unit}`;
}
