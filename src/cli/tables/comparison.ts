import type { AnalysisResult } from '../../core/analysis/result.js';
import { formatFigure, formatRatio } from '../../core/report/number-format.js';
import { paperCostCaveat } from '../../core/report/paper-cost.js';
import { METRICS } from '../../core/units.js';
import type { Streams } from '../define-command.js';
import { setupLines } from './setup.js';
import { type Cell, paint, renderTable } from './table.js';

const COMPARED = [
  'params',
  'madds',
  'flops',
  'activations',
  'paperMemoryAccessCost',
  'memoryAccessCost',
  'memoryAccessCostRatio',
  'readBytes',
  'writeBytes',
  'arithmeticIntensity',
  'peakActivationBytes',
  'trainingFlops',
  'peakTrainingBytes',
  'convolutionalInputOutput',
  'maddsPerConvolutionalInputOutput',
] as const;

/** One row a figure, one column a model; each with its ratio to the first, the best of a row strong. */
export function comparisonTable(analyses: readonly AnalysisResult[], streams: Streams): string {
  const caveat = paperCostCaveat(analyses);
  const rows = COMPARED.map((id) => {
    const { heading, unit, better } = METRICS[id];
    const values = analyses.map(({ totals }) => totals[id]);
    const ranks = id !== 'paperMemoryAccessCost' || caveat === undefined;
    return figureRow(heading, values, (value) => formatFigure(value, unit), ranks ? better : 'neither');
  });
  for (const execution of ['eager', 'fused'] as const) {
    const values = analyses.map(({ totals }) => totals[execution].readBytes + totals[execution].writeBytes);
    rows.push(figureRow(`Traffic, ${execution}`, values, (value) => formatFigure(value, 'bytes'), 'lower'));
    const kernels = analyses.map(({ totals }) => totals[execution].kernels);
    rows.push(figureRow(`Kernels, ${execution}`, kernels, (value) => formatFigure(value, 'count'), 'lower'));
  }
  const columns = [
    { heading: '', align: 'left' as const },
    ...analyses.map(({ model }) => ({ heading: model.name, align: 'right' as const })),
  ];
  const remarks = [...(caveat === undefined ? [] : [caveat]), ...unknown(analyses)];
  const told = ['× is the ratio to the first', ...(streams.color ? ['the best of a row is bold'] : [])];
  const legend = analyses.length === 1 ? [] : [paint(told.join('; '), 'dim', streams.color)];
  const setup = paint(setupLines(analyses), 'dim', streams.color);
  return `${[setup, '', renderTable(columns, rows, streams), ...legend, ...remarks].join('\n')}\n`;
}

/** What the totals leave out, and remarks on the models. */
function unknown(analyses: readonly AnalysisResult[]): string[] {
  return analyses.flatMap(({ model, unsupportedOps, notes }) => [
    ...(unsupportedOps.length === 0
      ? []
      : [
          `${model.name}: totals leave out ${unsupportedOps.map(({ type, count }) => `${type} (${count}x)`).join(', ')}`,
        ]),
    ...notes.map((note) => `${model.name}: ${note}`),
  ]);
}

/** Values with ratios; the best marked unless all are equal. */
function figureRow(
  heading: string,
  values: readonly (number | null)[],
  format: (value: number) => string,
  better: 'lower' | 'higher' | 'neither',
): Cell[] {
  const known = values.filter((value): value is number => value !== null);
  const best = better === 'lower' ? Math.min(...known) : Math.max(...known);
  const differ = better !== 'neither' && known.some((value) => value !== known[0]);
  const first = values[0];
  return [
    { text: heading },
    ...values.map((value, i): Cell => {
      if (value === null) return { text: '–', style: 'dim' };
      const ratio =
        i > 0 && typeof first === 'number' && first !== 0 ? `  ${formatRatio(value / first).padStart(6)}` : '';
      return { text: `${format(value)}${ratio}`, ...(differ && value === best ? { style: 'strong' as const } : {}) };
    }),
  ];
}
