import { groupLayers, type LayerGroup } from '../../core/analysis/group.js';
import type { AnalysisResult, LayerAnalysis } from '../../core/analysis/result.js';
import { ArchmeterError } from '../../core/errors.js';
import { DEFAULT_LAYER_COLUMNS, LAYER_COLUMNS, type LayerColumn, layerColumn } from '../../core/report/columns.js';
import { formatExact, formatFigure } from '../../core/report/number-format.js';
import { METRICS } from '../../core/units.js';
import type { Streams } from '../define-command.js';
import { setupOf } from './setup.js';
import { paint, renderTable } from './table.js';

export interface TableView {
  readonly sort?: string | undefined;
  /** Ids separated by commas. */
  readonly columns?: string | undefined;
  readonly top?: number | undefined;
  readonly depth?: number | undefined;
}

const COSTLIEST = 3;
/** A layer of less is not worth naming. */
const LEAST_SHARE = 0.005;

/** Layers (or modules), totals and the costliest layers, as text. */
export function analysisTable(result: AnalysisResult, view: TableView, streams: Streams): string {
  const columns = chooseColumns(view);
  const rows = chooseRows(result, view);
  const table = renderTable(
    columns.map(({ heading, unit, id }) => ({
      heading,
      align: unit === 'text' ? ('left' as const) : ('right' as const),
      shrinkable: id === 'name',
    })),
    rows.map((row) => columns.map((column) => column.format(rowValue(row, column)))),
    streams,
  );
  const hidden =
    (view.depth === undefined ? result.layers.length : groupLayers(result.layers, view.depth).length) - rows.length;
  const parts = [
    heading(result, streams),
    table + (hidden > 0 ? `\n${paint(`${hidden} more`, 'dim', streams.color)}` : ''),
    totalsText(result, streams),
    costliest(result, streams),
    ...remarks(result),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function heading(result: AnalysisResult, streams: Streams): string {
  return `${paint(result.model.name, 'strong', streams.color)}  ${paint(setupOf(result), 'dim', streams.color)}`;
}

function chooseColumns(view: TableView): LayerColumn[] {
  const ids = view.columns?.split(',').map((id) => id.trim()) ?? DEFAULT_LAYER_COLUMNS;
  const chosen = ids.map((id) => {
    const column = layerColumn(id);
    if (column === undefined) {
      throw new ArchmeterError(
        `there is no column '${id}'`,
        `Columns: ${LAYER_COLUMNS.map((known) => known.id).join(', ')}.`,
      );
    }
    return column;
  });
  if (view.depth === undefined) return chosen;
  return chosen.filter(({ id, additive }) => id === 'name' || additive);
}

/** Layers, or groups of them, in the order and number asked for. */
function chooseRows(result: AnalysisResult, view: TableView): (LayerAnalysis | LayerGroup)[] {
  if (view.depth !== undefined && (!Number.isSafeInteger(view.depth) || view.depth < 0)) {
    throw new ArchmeterError('--depth must be a whole number of at least 0');
  }
  const rows: (LayerAnalysis | LayerGroup)[] =
    view.depth === undefined ? [...result.layers] : groupLayers(result.layers, view.depth);
  const column = view.sort === undefined ? undefined : layerColumn(view.sort);
  if (column !== undefined) {
    rows.sort((a, b) => {
      const x = rowValue(a, column);
      const y = rowValue(b, column);
      if (typeof x === 'string' || typeof y === 'string') return String(x).localeCompare(String(y));
      return (y ?? Number.NEGATIVE_INFINITY) - (x ?? Number.NEGATIVE_INFINITY);
    });
  }
  return rows.slice(0, view.top);
}

function rowValue(row: LayerAnalysis | LayerGroup, column: LayerColumn): number | string | null {
  if (!('layers' in row)) return column.value(row);
  if (column.id === 'name') return row.name;
  return row.layers.reduce((sum, layer) => sum + Number(column.value(layer) ?? 0), 0);
}

function totalsText(result: AnalysisResult, streams: Streams): string {
  const { totals } = result;
  const ids = [
    'params',
    'madds',
    'flops',
    'activations',
    'memoryAccessCost',
    'paperMemoryAccessCost',
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
  const rows = ids.flatMap((id) => {
    const value = totals[id];
    if (value === null) return [];
    const { heading: name, unit } = METRICS[id];
    // Whole bytes beside megabytes say nothing more; --json has them.
    return [[name, formatFigure(value, unit), Number.isInteger(value) && unit !== 'bytes' ? formatExact(value) : '']];
  });
  for (const execution of ['eager', 'fused'] as const) {
    const { readBytes, writeBytes, kernels } = totals[execution];
    rows.push([
      `Traffic, ${execution}`,
      formatFigure(readBytes + writeBytes, 'bytes'),
      `in ${kernels} ${kernels === 1 ? 'kernel' : 'kernels'}`,
    ]);
  }
  const columns = [
    { heading: 'Total', align: 'left' },
    { heading: '', align: 'right' },
    { heading: '', align: 'right' },
  ] as const;
  return renderTable(columns, rows, streams);
}

function costliest(result: AnalysisResult, streams: Streams): string {
  const { layers, totals } = result;
  const line = (id: 'madds' | 'memoryAccessCost', what: string) => {
    const top = [...layers].sort((a, b) => b[id] - a[id]).slice(0, COSTLIEST);
    const parts = top
      .filter((layer) => layer[id] >= LEAST_SHARE * totals[id] && layer[id] > 0)
      .map((layer) => `${layer.name} ${((100 * layer[id]) / totals[id]).toFixed(1)} %`);
    return parts.length === 0 ? '' : `${paint(`Costliest by ${what}:`, 'dim', streams.color)} ${parts.join(', ')}`;
  };
  return [line('madds', 'multiply-adds'), line('memoryAccessCost', 'memory access cost')].filter(Boolean).join('\n');
}

function remarks(result: AnalysisResult): string[] {
  const unsupported = result.unsupportedOps.map(
    ({ type, count, reason }) => `${type} (${count}×${reason ? `: ${reason}` : ''})`,
  );
  return [
    ...(unsupported.length > 0 ? [`Totals leave out what archmeter does not know: ${unsupported.join(', ')}`] : []),
    ...result.notes.map((note) => `Note: ${note}`),
  ];
}
