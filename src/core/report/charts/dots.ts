import type { MetricId } from '../../units.js';
import { type MetricRow, metricRows } from '../metric-rows.js';
import { isMany, type ReportModel, type ReportView } from '../view.js';
import { type ChartVariant, defineChart } from './define-chart.js';
import { type DotPanel, dotHeight, dotPanels } from './drawing/dot-panels.js';

/** In the order of the panels; the chosen one stands first. */
const DRAWN: readonly MetricId[] = [
  'measuredLatencyMs',
  'measuredEnergyJoules',
  'estimatedLatencyMs',
  'memoryAccessCost',
  'madds',
  'params',
  'peakActivationBytes',
  'estimatedEnergyJoules',
];

const GIVEN = 'given';

/** Many models: a row each, a panel for each figure, sorted by the first. */
export default defineChart({
  id: 'dots',
  section: 'comparison',
  title(view, variant) {
    const [first] = rowsFor(view, variant);
    return first === undefined || variant === GIVEN
      ? 'Models in the order given'
      : `Models by ${inWords(label(first))}`;
  },
  caption(view) {
    const rows = rowsOf(view);
    const hollow = rows.some(({ origin }) => origin === 'estimated') ? ' Hollow: estimated.' : '';
    const lines = rows.some(({ cells }) => cells.some(({ low }) => low !== undefined));
    return `A row a model; further left costs less, on logarithmic axes. Broken line: ${view.models[0]?.name ?? 'the baseline'}.${hollow}${lines ? ' Lines through marks: intervals.' : ''}`;
  },
  variants: (view): ChartVariant[] => [
    ...rowsOf(view).map((row) => ({ id: idOf(row), label: `By ${inWords(label(row))}` })),
    { id: GIVEN, label: 'In the order given' },
  ],
  namesModels: () => true,
  height: (view) => dotHeight(view.models.length),
  applies: (view) => isMany(view) && rowsOf(view).length > 0,
  build: (context) =>
    dotPanels(
      context,
      rowsFor(context.view, context.variant).map((row) => panelOf(row, context.width)),
      sorted(context.view, context.variant),
    ),
  table(view, variant) {
    const rows = rowsFor(view, variant);
    return {
      headings: ['Model', ...rows.map(label)],
      rows: sorted(view, variant).map(({ name, index }) => [
        name,
        ...rows.map(({ cells }) => cells[index]?.value ?? null),
      ]),
    };
  },
});

const idOf = ({ id, place }: MetricRow): string => (place === null ? id : `${id}@${place}`);

const label = ({ heading, place }: MetricRow): string => (place === null ? heading : `${heading}, ${place}`);

/** Inside a sentence; abbreviations stay. */
const inWords = (text: string): string =>
  /^[A-Z][a-z .]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

function rowsOf(view: ReportView): MetricRow[] {
  return metricRows(view)
    .filter(({ id, cells }) => DRAWN.includes(id) && cells.some(({ value }) => value !== null && value > 0))
    .sort((a, b) => DRAWN.indexOf(a.id) - DRAWN.indexOf(b.id));
}

function rowsFor(view: ReportView, variant: string | null): MetricRow[] {
  const rows = rowsOf(view);
  const first = rows.find((row) => idOf(row) === variant);
  return first === undefined ? rows : [first, ...rows.filter((row) => row !== first)];
}

/** Models without the figure come last. */
function sorted(view: ReportView, variant: string | null): ReportModel[] {
  const [first] = rowsFor(view, variant);
  if (first === undefined || variant === GIVEN) return [...view.models];
  const value = ({ index }: ReportModel) => first.cells[index]?.value ?? Number.POSITIVE_INFINITY;
  return [...view.models].sort((a, b) => (value(a) === value(b) ? a.index - b.index : value(a) - value(b)));
}

function panelOf(row: MetricRow, width: number): DotPanel {
  const { unit, cells, origin, heading } = row;
  const title = width < 480 || label(row).length <= 24 ? label(row) : heading;
  return { title, unit, cells, estimated: origin === 'estimated', scale: 'logarithmic' };
}
