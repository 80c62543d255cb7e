import { workloadSeconds } from '../../src/core/analysis/latency/fit.js';
import { bindKernel } from '../../src/core/analysis/latency/kernel-time.js';
import { nonNegativeLeastSquares } from '../../src/core/statistics/non-negative-least-squares.js';
import { median } from '../../src/core/statistics/quantile.js';
import type { Case } from './cases.js';

/** Learns from cases of one table and returns seconds of one image. */
export interface Predictor {
  readonly id: string;
  readonly title: string;
  fit(training: readonly Case[]): (judged: Case) => number;
}

export const secondsOf = ({ row }: Case): number => 1 / row.imagesPerSecond;

/** One figure times a constant, the median ratio of the training cases. */
function proportional(id: string, title: string, figure: (judged: Case) => number): Predictor {
  return {
    id,
    title,
    fit(training) {
      const scale = median(training.map((one) => secondsOf(one) / figure(one)));
      return (judged) => scale * figure(judged);
    },
  };
}

/** Least squares of relative errors, no coefficient negative. */
function linear(id: string, title: string, figures: (judged: Case) => readonly number[]): Predictor {
  return {
    id,
    title,
    fit(training) {
      const rows = training.map((one) => figures(one).map((value) => value / secondsOf(one)));
      const { coefficients } = nonNegativeLeastSquares(
        rows,
        training.map(() => 1),
      );
      return (judged) => figures(judged).reduce((sum, value, i) => sum + value * (coefficients[i] as number), 0);
    },
  };
}

/** Largest of computing at peak and moving bytes at full bandwidth, summed over kernels. */
function roofline({ kernels, table: { device } }: Case): number {
  let seconds = 0;
  for (const { kernel, count } of kernels) {
    const vector = bindKernel(kernel).vector;
    const peak = (kernel.half && !vector ? device.tensorFloat16Tflops : null) ?? device.float32Tflops;
    const compute = (2 * kernel.madds) / (peak * 1e12);
    const moved =
      (kernel.readBytes + kernel.writeBytes + (kernel.batched ? 0 : kernel.weightBytes)) /
      (device.memoryBandwidthGbs * 1e9);
    seconds += kernel.batched ? count * Math.max(compute, moved) : 0;
  }
  return seconds;
}

export const PREDICTORS: readonly Predictor[] = [
  proportional('params', 'Params', ({ totals }) => totals.params),
  proportional('madds', 'MAdds', ({ totals }) => totals.madds),
  proportional('activations', 'Activations', ({ totals }) => totals.activations),
  proportional('paperMemoryAccessCost', 'MAC (paper, convolutions)', ({ totals }) => totals.paperMemoryAccessCost + 1),
  proportional('memoryAccessCost', 'Memory access cost, all ops', ({ totals }) => totals.memoryAccessCost),
  proportional('eagerBytes', 'Bytes moved, eager', ({ totals }) => totals.eagerBytes),
  proportional('roofline', 'Plain roofline, one factor fitted', roofline),
  linear('linear', 'Linear fit of MAdds and activations', ({ totals }) => [totals.madds, totals.activations]),
];

export { workloadSeconds };
