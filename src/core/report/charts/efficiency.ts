import type { MetricRow } from '../metric-rows.js';
import type { ReportView } from '../view.js';
import { defineChart } from './define-chart.js';
import { onlyPlace, placeBars, placeHeight, placeRows, placeTable } from './drawing/place-bars.js';

/** Rate at which the device works on each network: the paper's GPU computation efficiency. */
export default defineChart({
  id: 'efficiency',
  section: 'measured',
  title: () => 'Computation efficiency',
  caption(view, variant) {
    const where = onlyPlace(rowsOf(view, variant));
    return variant === 'flops'
      ? `Arithmetic operations each second, measured${where}. Higher uses the device better.`
      : `Multiply-adds each second, measured${where}: what the VoVNet paper calls GPU computation efficiency. Higher uses the device better.`;
  },
  variants: () => [
    { id: 'madds', label: 'MAdd/s' },
    { id: 'flops', label: 'FLOP/s' },
  ],
  namesModels: (view, variant) => rowsOf(view, variant).length === 1,
  height: (view) => placeHeight(view, rowsOf(view, null)),
  applies: (view) => rowsOf(view, null).length > 0,
  build: (context) => placeBars(context, rowsOf(context.view, context.variant)),
  table: (view, variant) => placeTable(view, rowsOf(view, variant)),
});

function rowsOf(view: ReportView, variant: string | null): MetricRow[] {
  return placeRows(view, [variant === 'flops' ? 'measuredFlopsPerSecond' : 'measuredMaddsPerSecond']);
}
