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

/** Largest of computing at peak and moving every operand once at full bandwidth, summed over layers. */
function roofline({ layers, table: { device, precision } }: Case): number {
  const half = precision !== 'float32';
  const peak = ((half ? device.tensorFloat16Tflops : null) ?? device.float32Tflops) * 1e12;
  const perElement = (half ? 2 : 4) / (device.memoryBandwidthGbs * 1e9);
  return layers.reduce((sum, [madds, elements]) => sum + Math.max((2 * madds) / peak, elements * perElement), 0);
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
