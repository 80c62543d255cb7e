import type { MetricRow } from '../metric-rows.js';
import type { ReportView } from '../view.js';
import { defineChart } from './define-chart.js';
import { onlyPlace, placeBars, placeHeight, placeRows, placeTable } from './drawing/place-bars.js';

/** Energy of one image wherever it is known. */
export default defineChart({
  id: 'energy',
  section: 'measured',
  title: () => 'Energy of one image',
  caption: (view) =>
    rowsOf(view).some(({ origin }) => origin === 'estimated')
      ? 'Solid bars are measured with idle power subtracted, hollow ones estimated by a model of the device.'
      : `Measured${onlyPlace(rowsOf(view))}, idle power subtracted.`,
  notes: ({ models }) => [
    ...new Set(
      models.flatMap(({ estimates }) =>
        estimates
          .filter(({ energyJoules, energyMode }) => energyJoules !== undefined && energyMode === 'literature')
          .map(
            ({ device }) =>
              `Energy on ${device} follows figures from the literature: good for ranking, not for joules.`,
          ),
      ),
    ),
  ],
  namesModels: (view) => rowsOf(view).length === 1,
  height: (view) => placeHeight(view, rowsOf(view)),
  applies: (view) => rowsOf(view).length > 0,
  build: (context) => placeBars(context, rowsOf(context.view)),
  table: (view) => placeTable(view, rowsOf(view)),
});

function rowsOf(view: ReportView): MetricRow[] {
  return placeRows(view, ['measuredEnergyJoules', 'estimatedEnergyJoules']);
}
