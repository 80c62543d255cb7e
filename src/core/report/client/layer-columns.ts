import { layerTimes } from '../charts/drawing/layer-timing.js';
import { DEFAULT_LAYER_COLUMNS, LAYER_COLUMNS, type LayerColumn } from '../columns.js';
import { formatFigure } from '../number-format.js';
import type { ReportModel, ReportView } from '../view.js';

/** The table's columns: those of every analysis, and times where the report has them. */
export function columnsOf(view: ReportView, model: ReportModel): LayerColumn[] {
  const times = layerTimes(model, view.document.devices?.[0]);
  if (times.size === 0) return [...LAYER_COLUMNS];
  const measured = [...times.values()].some(({ source }) => source === 'measured');
  const time: LayerColumn = {
    id: 'time',
    heading: measured ? 'Time' : 'Est. time',
    unit: 'ms',
    width: 9,
    additive: true,
    definition: measured
      ? 'Measured where it was measured, estimated otherwise.'
      : 'Estimated by a model of the device.',
    value: ({ name }) => times.get(name)?.latencyMs ?? null,
    format: (cell) => (typeof cell === 'number' ? formatFigure(cell, 'ms') : ''),
  };
  // Before all other figures: beyond the right edge nobody would look for it.
  const at = LAYER_COLUMNS.findIndex(({ id }) => id === 'params');
  return [...LAYER_COLUMNS.slice(0, at), time, ...LAYER_COLUMNS.slice(at)];
}

/** The columns to show, the name always first. */
export function chosenColumns(columns: readonly LayerColumn[], chosen: readonly string[] | null): LayerColumn[] {
  const ids = new Set(['name', ...(chosen ?? [...DEFAULT_LAYER_COLUMNS, 'time'])]);
  return columns.filter(({ id }) => ids.has(id));
}
