import { type Device, matchDevice } from '../../src/core/analysis/devices/index.js';
import { countKernels, type Workload, workloadSeconds } from '../../src/core/analysis/latency/fit.js';
import { lowerKernels } from '../../src/core/analysis/latency/lower-kernels.js';
import type { ExecutionModel } from '../../src/core/analysis/result.js';
import { readTable } from './reference.js';
import { languageModel } from './transformers.js';

/** A whole model that NeuSight timed: PyTorch, 32 bits, forward pass alone. None is fitted on. */
export interface TimedModel extends Workload {
  readonly name: string;
  readonly model: string;
  readonly device: Device;
  readonly execution: ExecutionModel;
  readonly seconds: number;
  /** Published estimates of others, in seconds; NaN where there is none. */
  readonly published: Readonly<Record<(typeof PUBLISHED)[number], number>>;
  /** Of its products, and of all that is read and written. */
  readonly flops: number;
  readonly bytes: number;
}

const PUBLISHED = ['neusight', 'roofline', 'habitat', 'micro'] as const;

export function timedModels(): TimedModel[] {
  const lowered = new Map<string, Workload['kernels']>();
  return readTable('neusight-models').map((row) => {
    const { model = '', device = '', sequence = '', batch = '' } = row;
    const execution = row['compiled'] === '1' ? 'fused' : 'eager';
    const name = `${model}, ${batch} x ${sequence}`;
    const key = `${name} ${execution}`;
    let kernels = lowered.get(key);
    if (kernels === undefined) {
      kernels = countKernels(
        lowerKernels(languageModel(model, Number(batch), Number(sequence)), { execution, precision: 'float32' }),
      );
      lowered.set(key, kernels);
    }
    const seconds = (text: string | undefined) => (text ? Number(text) / 1e3 : Number.NaN);
    const sum = (part: (kernel: (typeof kernels)[number]['kernel']) => number) =>
      (kernels as Workload['kernels']).reduce((total, { kernel, count }) => total + count * part(kernel), 0);
    return {
      name,
      model,
      device: matchDevice(device) as Device,
      execution,
      kernels,
      batch: 1,
      seconds: seconds(row['milliseconds']),
      published: Object.fromEntries(PUBLISHED.map((id) => [id, seconds(row[id])])) as TimedModel['published'],
      flops: 2 * sum(({ madds }) => madds),
      bytes: sum(({ readBytes, writeBytes, weightBytes }) => readBytes + writeBytes + weightBytes),
    };
  });
}

export const estimateModel = (model: TimedModel, theta: ArrayLike<number>): number =>
  workloadSeconds(model, model.device, theta);

/** Each kernel at peak or at full bandwidth, whichever takes longer. */
export function rooflineOf({ kernels, device }: TimedModel): number {
  const peak = (device.matrixFloat32Tflops ?? device.float32Tflops) * 1e12;
  const bandwidth = device.memoryBandwidthGbs * 1e9;
  return kernels.reduce((sum, { kernel, count }) => {
    const bytes = kernel.readBytes + kernel.writeBytes + kernel.weightBytes;
    return sum + count * Math.max((2 * kernel.madds) / peak, bytes / bandwidth);
  }, 0);
}
