import { METRICS, type MetricId } from '../../units.js';
import type { ZooDot } from '../define-reporter.js';
import { metricRows } from '../metric-rows.js';
import { figureTicks, formatFigure, formatInterval, shortFigure, significant } from '../number-format.js';
import { modelColour, modelMarker } from '../palette.js';
import type { ModelStyle, ReportView } from '../view.js';
import { placeLabels } from '../zoo/labels.js';
import { type AnyDataset, type ChartContext, type ChartPoint, type ChartVariant, defineChart } from './define-chart.js';
import { axis, baseOptions, drawing, fade } from './drawing/style.js';

const AGAINST: readonly MetricId[] = [
  'measuredLatencyMs',
  'measuredEnergyJoules',
  'estimatedLatencyMs',
  'estimatedEnergyJoules',
  'memoryAccessCost',
  'madds',
  'params',
];

interface Candidate extends ChartPoint {
  readonly name: string;
  readonly source: string;
  readonly style: ModelStyle;
  /** Interval of x. */
  readonly low: number | undefined;
  readonly high: number | undefined;
}

/** Published accuracy against cost: models that no other beats in both are joined by a line. */
export default defineChart({
  id: 'pareto',
  section: 'scaling',
  title: (view, variant) => `Published top-1 against ${lowerFirst(headingOf(view, variant))}`,
  caption: (view, variant) =>
    `Up and to the left is better. The broken line joins the models that no other in this report beats in both; lines through marks are intervals. Accuracies are published figures, not measured here.${zooCaption(view, variant)}`,
  notes: ({ models }) => [
    ...new Set(
      models.flatMap(({ published }) =>
        published.filter(({ top1 }) => top1 !== undefined).map(({ model, source }) => `${model}: ${source}`),
      ),
    ),
  ],
  variants: choices,
  namesModels: () => true,
  height: () => 380,
  applies: (view) => choices(view).length > 0,
  build(context) {
    const { view } = context;
    const { unit } = METRICS[metricOf(view, context.variant)];
    const points = candidates(view, context.variant).filter(({ model }) => !context.hidden.has(model));
    const xs = points.map(({ x }) => x);
    const behind = background(context, points).flatMap(({ data }) => (data as ChartPoint[]).map(({ x }) => x));
    const logarithmic = Math.max(...xs, ...behind) / Math.min(...xs, ...behind) > 12;
    return {
      type: 'scatter',
      data: {
        datasets: [
          ...points.map((point) => dot(context, point)),
          ...front(context, points),
          ...background(context, points),
        ],
      },
      options: {
        ...baseOptions(context),
        layout: { padding: { top: 18, right: context.width < 480 ? 40 : 90, bottom: 0, left: 0 } },
        scales: {
          x: {
            grace: '6%',
            ...axis(context, {
              title: headingOf(view, context.variant),
              type: logarithmic ? 'logarithmic' : 'linear',
              max: logarithmic ? 1.08 * Math.max(...xs, ...behind) : undefined,
              tick: logarithmic ? (value) => shortFigure(value, unit) : figureTicks(Math.max(...xs), unit),
            }),
          },
          y: { ...axis(context, { title: 'ImageNet top-1 (%)', type: 'linear' }), grace: '8%' },
        },
      },
      plugins: [whiskers(context, points), names(context, points)],
    };
  },
  table: (view, variant) => ({
    headings: ['Model', headingOf(view, variant), 'Low', 'High', 'Published top-1 %', 'Source'],
    rows: candidates(view, variant).map(({ name, x, y, low, high, source }) => [
      name,
      x,
      low ?? null,
      high ?? null,
      y,
      source,
    ]),
  }),
});

interface Choice extends ChartVariant {
  /** Device or runtime of the figure; null of a count. */
  readonly place: string | null;
}

/** Figures that at least two models with a published accuracy have, by metric and place. */
function choices(view: ReportView): Choice[] {
  return metricRows(view)
    .filter(
      ({ id, cells }) =>
        AGAINST.includes(id) &&
        view.models.filter(({ index }) => top1Of(view, index) !== undefined && cells[index]?.value != null).length > 1,
    )
    .sort((a, b) => AGAINST.indexOf(a.id) - AGAINST.indexOf(b.id))
    .map(({ id, place, heading }) => ({
      id: `${id}@${place ?? ''}`,
      place,
      label: place === null ? heading : `${heading}, ${place}`,
    }));
}

/** Inside a sentence; abbreviations stay. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function chosen(view: ReportView, variant: string | null): Choice | undefined {
  const all = choices(view);
  return all.find(({ id }) => id === variant) ?? all[0];
}

function metricOf(view: ReportView, variant: string | null): MetricId {
  return (chosen(view, variant)?.id.split('@')[0] ?? 'madds') as MetricId;
}

function headingOf(view: ReportView, variant: string | null): string {
  return chosen(view, variant)?.label ?? '';
}

function top1Of({ models }: ReportView, index: number) {
  return models[index]?.published.find(({ top1 }) => top1 !== undefined);
}

function candidates(view: ReportView, variant: string | null): Candidate[] {
  const choice = chosen(view, variant);
  const row = metricRows(view).find(({ id, place }) => `${id}@${place ?? ''}` === choice?.id);
  return view.models.flatMap(({ index, name, style }) => {
    const { value: x = null, low, high } = row?.cells[index] ?? {};
    const published = top1Of(view, index);
    if (row === undefined || x === null || published?.top1 === undefined) return [];
    const lines = [
      name,
      `${significant(published.top1)} % top-1 (${published.source})`,
      `${row.heading} ${formatFigure(x, row.unit)}`,
      ...(low === undefined || high === undefined ? [] : [formatInterval(low, high, row.unit)]),
    ];
    return [{ x, y: published.top1, model: index, name, source: published.source, style, low, high, lines }];
  });
}

function dot({ theme }: ChartContext, point: Candidate): AnyDataset {
  const colour = modelColour(theme, point.style);
  return {
    type: 'scatter',
    label: point.name,
    data: [point],
    pointStyle: modelMarker(point.style),
    pointRadius: 6,
    pointHoverRadius: 8,
    pointBackgroundColor: colour,
    pointBorderColor: theme.background,
    pointBorderWidth: 1,
  };
}

const ZOO_COUNTS = ['params', 'madds', 'memoryAccessCost'] as const;

/** The zoo's figure of the chart, where it has one: counts, and estimates for devices that are known. */
function zooFigure(view: ReportView, variant: string | null): ((model: ZooDot) => number | undefined) | undefined {
  const metric = metricOf(view, variant);
  const count = ZOO_COUNTS.find((known) => known === metric);
  if (count !== undefined) return (model) => model[count];
  const device = chosen(view, variant)?.place;
  if (metric !== 'estimatedLatencyMs' || device == null) return undefined;
  const has = view.document.zoo?.some(({ estimatedLatencyMs = {} }) => Object.hasOwn(estimatedLatencyMs, device));
  return has === true ? (model) => model.estimatedLatencyMs?.[device] : undefined;
}

function zooCaption(view: ReportView, variant: string | null): string {
  if ((view.document.zoo ?? []).length === 0 || zooFigure(view, variant) === undefined) return '';
  const alike = metricOf(view, variant) === 'estimatedLatencyMs' ? ', estimated alike (fp32, eager, batch 1)' : '';
  return ` Grey: other models of the zoo, each at its own image size${alike}.`;
}

/** How far beyond the report's own models the background reaches: a factor of the cost, points of accuracy. */
const REACH = { cost: 3, accuracy: 5 };

/** Models of the zoo near those of the report, in grey behind them. */
function background({ theme, view, variant }: ChartContext, points: readonly Candidate[]): AnyDataset[] {
  const figure = zooFigure(view, variant);
  const zoo = view.document.zoo ?? [];
  if (figure === undefined || zoo.length === 0 || points.length === 0) return [];
  const { heading, unit } = METRICS[metricOf(view, variant)];
  const own = new Set(points.map(({ name }) => name));
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const data = zoo.flatMap((model): ChartPoint[] => {
    const { name, top1 } = model;
    const x = figure(model);
    const near =
      x !== undefined &&
      x > Math.min(...xs) / REACH.cost &&
      x < Math.max(...xs) * REACH.cost &&
      top1 > Math.min(...ys) - REACH.accuracy &&
      top1 < Math.max(...ys) + REACH.accuracy;
    if (!near || own.has(name)) return [];
    const lines = [name, `${significant(top1)} % top-1`, `${heading} ${formatFigure(x, unit)}`];
    return [{ x, y: top1, model: -1, lines }];
  });
  const grey = fade(theme.mutedText, 0.4);
  return [
    {
      type: 'scatter',
      label: 'zoo',
      order: 5,
      data,
      pointStyle: 'circle',
      pointRadius: 2.5,
      pointHoverRadius: 5,
      pointBackgroundColor: grey,
      pointBorderWidth: 0,
    },
  ];
}

function front({ theme }: ChartContext, points: readonly Candidate[]): AnyDataset[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || b.y - a.y);
  let best = Number.NEGATIVE_INFINITY;
  const unbeaten = sorted.filter(({ y }) => {
    if (y <= best) return false;
    best = y;
    return true;
  });
  if (unbeaten.length < 2) return [];
  return [
    {
      type: 'line',
      label: 'front',
      data: unbeaten.map(({ x, y }) => ({ x, y, model: -1, lines: [] })),
      stepped: 'before',
      borderColor: theme.mutedText,
      borderWidth: 1.25,
      borderDash: [4, 4],
      pointRadius: 0,
      pointHitRadius: 0,
    },
  ];
}

/** The interval of each cost; what reaches beyond the picture ends at its edge. */
function whiskers({ theme }: ChartContext, points: readonly Candidate[]) {
  return drawing('whiskers', 'beforeDatasetsDraw', (chart, canvas) => {
    const { x, y } = chart.scales;
    if (x === undefined || y === undefined) return;
    canvas.lineWidth = 1.25;
    for (const { low, high, y: top, style } of points) {
      if (low === undefined || high === undefined) continue;
      const [from, to] = [low, high].map((value) => Math.min(x.right, Math.max(x.left, x.getPixelForValue(value))));
      const middle = y.getPixelForValue(top);
      canvas.strokeStyle = modelColour(theme, style);
      canvas.beginPath();
      canvas.moveTo(from as number, middle);
      canvas.lineTo(to as number, middle);
      canvas.stroke();
    }
  });
}

function names({ theme, font }: ChartContext, points: readonly Candidate[]) {
  return drawing('names', 'afterDatasetsDraw', (chart, canvas) => {
    const { x, y } = chart.scales;
    if (x === undefined || y === undefined) return;
    const size = font.size - 1;
    canvas.font = `${size}px ${font.family}`;
    canvas.textBaseline = 'alphabetic';
    // The halo keeps a name legible over intervals and the zoo.
    canvas.lineWidth = 3;
    canvas.lineJoin = 'round';
    canvas.strokeStyle = theme.background;
    canvas.fillStyle = theme.text;
    const places = points.map((point) => ({
      name: point.name,
      x: x.getPixelForValue(point.x),
      y: y.getPixelForValue(point.y),
    }));
    const marks = places.map((at) => ({ left: at.x - 6, top: at.y - 6, right: at.x + 6, bottom: at.y + 6 }));
    const frame = { ...chart.chartArea, right: chart.width };
    const placed = placeLabels(
      [...places].sort((a, b) => b.name.length - a.name.length),
      marks,
      frame,
      size,
    );
    // No legend names the models: one without room stands where it covers another.
    const others = places.filter(({ name }) => placed.every(({ text }) => text !== name));
    const forced = others.map((at) => ({ text: at.name, x: at.x + 8, y: at.y - 4, anchor: 'start' as const }));
    for (const label of [...placed, ...forced]) {
      canvas.textAlign = label.anchor;
      canvas.strokeText(label.text, label.x, label.y);
      canvas.fillText(label.text, label.x, label.y);
    }
  });
}
