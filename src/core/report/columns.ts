import type { LayerAnalysis } from '../analysis/result.js';
import { formatShape } from '../ir/tensor.js';
import { METRICS, type MetricId, type Unit } from '../units.js';
import { formatFigure } from './number-format.js';

/** A column of the layers table, the same in the terminal, the HTML report and the CSV. */
export interface LayerColumn {
  readonly id: string;
  readonly heading: string;
  /** `text` for words and shapes. */
  readonly unit: Unit | 'text';
  /** Widest usual content in characters. */
  readonly width: number;
  /** Whether the column of a group of layers is the sum of its layers. */
  readonly additive: boolean;
  readonly definition: string;
  value(layer: LayerAnalysis): number | string | null;
  format(value: number | string | null): string;
}

const text = (
  id: string,
  heading: string,
  width: number,
  definition: string,
  value: (layer: LayerAnalysis) => string,
): LayerColumn => ({
  id,
  heading,
  unit: 'text',
  width,
  additive: false,
  definition,
  value,
  format: (cell) => (cell === null ? '' : String(cell)),
});

type LayerFigure = {
  [K in keyof LayerAnalysis]: LayerAnalysis[K] extends number | null ? K : never;
}[keyof LayerAnalysis] &
  string;

const figure = (
  id: LayerFigure,
  additive: boolean,
  about: { readonly heading: string; readonly unit: Unit; readonly definition: string },
): LayerColumn => ({
  id,
  heading: about.heading,
  unit: about.unit,
  width: Math.max(8, about.heading.length),
  additive,
  definition: about.definition,
  value: (layer) => layer[id] ?? null,
  format: (cell) => (typeof cell === 'number' ? formatFigure(cell, about.unit) : ''),
});

const metric = (id: MetricId & LayerFigure, additive = true): LayerColumn => figure(id, additive, METRICS[id]);

export const LAYER_COLUMNS: readonly LayerColumn[] = [
  text('name', 'Layer', 28, 'Name of the layer, unique in the model.', (layer) => layer.name),
  text('op', 'Op', 10, 'What it does.', (layer) => layer.op),
  text('input', 'Input', 14, 'Shape of its first data input.', ({ inputShapes }) => shape(inputShapes[0])),
  text('output', 'Output', 14, 'Shape of its first output.', ({ outputShapes }) => shape(outputShapes[0])),
  text('weight', 'Weight', 14, 'Shape of its first weight.', ({ weightShapes }) => shape(weightShapes[0])),
  metric('params'),
  metric('paramBytes'),
  metric('madds'),
  metric('flops'),
  metric('activations'),
  metric('memoryAccessCost'),
  metric('memoryAccessCostLowerBound'),
  metric('memoryAccessCostRatio', false),
  metric('readBytes'),
  metric('writeBytes'),
  metric('arithmeticIntensity', false),
  figure('liveActivationBytes', false, {
    heading: 'Live',
    unit: 'bytes',
    definition: 'Bytes of activations alive while the layer runs.',
  }),
  metric('trainingFlops'),
];

/** Columns shown where nobody asked for others. */
export const DEFAULT_LAYER_COLUMNS: readonly string[] = [
  'name',
  'op',
  'output',
  'params',
  'madds',
  'flops',
  'memoryAccessCost',
  'memoryAccessCostRatio',
  'readBytes',
  'writeBytes',
  'arithmeticIntensity',
];

export function layerColumn(id: string): LayerColumn | undefined {
  return LAYER_COLUMNS.find((column) => column.id === id);
}

/** Figures of a whole model shown side by side, in this order. */
export const MODEL_METRICS: readonly MetricId[] = [
  'params',
  'madds',
  'flops',
  'paperMemoryAccessCost',
  'memoryAccessCost',
  'memoryAccessCostRatio',
  'readBytes',
  'writeBytes',
  'arithmeticIntensity',
  'activations',
  'peakActivationBytes',
  'trainingFlops',
  'peakTrainingBytes',
  'convolutionalInputOutput',
  'maddsPerConvolutionalInputOutput',
  'kernels',
];

/** Figures of a timed model, in this order. */
export const MEASURED_METRICS: readonly MetricId[] = [
  'measuredLatencyMs',
  'measuredWallMs',
  'measuredImagesPerSecond',
  'measuredMaddsPerSecond',
  'measuredFlopsPerSecond',
  'measuredBandwidth',
  'measuredEnergyJoules',
  'measuredPowerWatts',
];

function shape(dimensions: readonly number[] | undefined): string {
  return dimensions === undefined ? '' : formatShape(dimensions);
}
