import type { MetricRow } from '../metric-rows.js';
import type { ReportView } from '../view.js';
import { defineChart } from './define-chart.js';
import { onlyPlace, placeBars, placeHeight, placeRows, placeTable } from './drawing/place-bars.js';

/** Latency wherever it is known: measured here, estimated elsewhere. */
export default defineChart({
  id: 'speed',
  section: 'measured',
  title: () => 'Latency by device',
  caption: (view) =>
    rowsOf(view).some(({ origin }) => origin === 'estimated')
      ? 'Time of one batch. Solid bars are measured, hollow ones estimated by a model of the device; lines are intervals.'
      : `Median time of one batch${onlyPlace(rowsOf(view))}; lines are intervals.`,
  namesModels: (view) => rowsOf(view).length === 1,
  height: (view) => placeHeight(view, rowsOf(view)),
  // One measured place alone is what the chart of samples shows.
  applies: (view) => rowsOf(view).length > (view.measurements.length > 0 ? 1 : 0),
  build: (context) => placeBars(context, rowsOf(context.view)),
  table: (view) => placeTable(view, rowsOf(view)),
});

function rowsOf(view: ReportView): MetricRow[] {
  return placeRows(view, ['measuredLatencyMs', 'estimatedLatencyMs']);
}
