import type { Chart, ChartOptions, ScriptableScaleContext, TooltipItem } from 'chart.js';
import { shortNumber } from '../../number-format.js';
import { modelColour, modelFill, modelMarker } from '../../palette.js';
import type { ReportModel } from '../../view.js';
import type { AnyDataset, AnyPlugin, ChartContext, ChartPoint } from '../define-chart.js';

type Options = ChartOptions<'bar' | 'line' | 'scatter'>;
type Item = TooltipItem<'bar' | 'line' | 'scatter'>;

/** Options common to all charts: no animation, thin grid, text in the report's font and colours. */
export function baseOptions({ theme, font }: ChartContext): Options {
  const text = { family: font.family, size: font.size };
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    font: text,
    color: theme.text,
    layout: { padding: { top: 6, right: 10, bottom: 0, left: 0 } },
    interaction: { mode: 'nearest', intersect: true },
    plugins: {
      legend: { display: false },
      tooltip: {
        backgroundColor: theme.text,
        titleColor: theme.background,
        bodyColor: theme.background,
        padding: 10,
        cornerRadius: 4,
        caretSize: 5,
        displayColors: false,
        titleFont: { ...text, weight: 600 },
        bodyFont: text,
        filter: (item: Item, index: number, items: readonly Item[]) =>
          lines(item).length > 0 && (!isLayerPoint(item) || items.findIndex(isLayerPoint) === index),
        callbacks: {
          title: ([item]: Item[]) => (item === undefined ? '' : (tooltipLines(item)[0] ?? '')),
          label: (item: Item) => tooltipLines(item).slice(1),
        },
      },
    },
  };
}

function lines({ raw, formattedValue }: Item): readonly string[] {
  return raw !== null && typeof raw === 'object' && 'lines' in raw ? (raw as ChartPoint).lines : [formattedValue];
}

const isLayerPoint = ({ raw, chart }: Item): boolean =>
  raw !== null && typeof raw === 'object' && 'layer' in raw && (chart.config as { type?: string }).type === 'scatter';

/** Distance in pixels within which points look like one. */
const TOGETHER = 3;
/** Layers that a tooltip names. */
const NAMED = 6;

/** What is said of a point; of several that lie on each other, which they are. */
function tooltipLines(item: Item): readonly string[] {
  if (!isLayerPoint(item)) return lines(item);
  const { chart, element } = item;
  const near = chart.data.datasets.flatMap(({ data, order }, set) => {
    // The ring around the selection stands on another point.
    if (!chart.isDatasetVisible(set) || order === -1) return [];
    return chart
      .getDatasetMeta(set)
      .data.flatMap(({ x, y }, i) =>
        Math.hypot(x - element.x, y - element.y) <= TOGETHER ? [data[i] as unknown as ChartPoint] : [],
      );
  });
  return coincident(near.filter(({ lines: said }) => said.length > 0)) ?? lines(item);
}

/** `6 layers: a, b, …`, then what each says in its first line beneath the name; null of a single one. */
export function coincident(points: readonly ChartPoint[]): string[] | null {
  if (points.length < 2) return null;
  const rest = points.length - NAMED;
  return [
    `${points.length} layers:`,
    ...points.slice(0, NAMED).map(({ lines: [name = ''] }) => name),
    ...(rest > 0 ? [`and ${rest} more`] : []),
    ...(points[0]?.lines.slice(1, 2) ?? []).map((line) => `the first: ${line}`),
  ];
}

export interface AxisStyle {
  readonly title?: string;
  readonly type: 'linear' | 'logarithmic';
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly tick?: (value: number) => string;
  readonly reverse?: boolean;
  readonly grid?: boolean;
}

/** A numeric axis with its title; a logarithmic one labels powers of ten, and 2 and 5 where those are few. */
export function axis({ theme, font, width }: ChartContext, style: AxisStyle) {
  const tick = style.tick ?? ((value: number) => shortNumber(value));
  return {
    type: style.type,
    ...(style.min === undefined ? {} : { min: style.min }),
    ...(style.max === undefined ? {} : { max: style.max }),
    reverse: style.reverse ?? false,
    title: {
      display: style.title !== undefined,
      text: style.title ?? '',
      color: theme.mutedText,
      font: { family: font.family, size: font.size },
    },
    grid: {
      display: style.grid ?? true,
      color: theme.gridLine as string | ((context: ScriptableScaleContext) => string),
      drawTicks: false,
      lineWidth: 1,
    },
    border: { color: theme.line, display: true },
    ticks: {
      color: theme.mutedText,
      padding: 6,
      maxRotation: 0,
      autoSkip: true,
      autoSkipPadding: 14,
      includeBounds: false,
      maxTicksLimit: width < 480 ? 6 : 9,
      font: { family: font.family, size: font.size - 1 },
      callback(this: { min: number; max: number }, value: number | string): string | null {
        const number = Number(value);
        return style.type === 'logarithmic' && !isLabelled(number, this.max / this.min) ? null : tick(number);
      },
    },
  };
}

/** Rows named on the left, without lines between them. */
export function rowAxis({ theme, font, width }: ChartContext, labels: readonly string[]) {
  const longest = width < 480 ? 16 : 30;
  return {
    type: 'category' as const,
    labels: [...labels],
    grid: { display: false },
    border: { display: false },
    ticks: {
      color: theme.text,
      font: { family: font.family, size: font.size },
      autoSkip: false,
      padding: 6,
      callback: (_: unknown, index: number) => shorten(labels[index] ?? '', longest),
    },
  };
}

export function shorten(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

/** Of a logarithmic axis: whether a tick gets its number. */
function isLabelled(value: number, span: number): boolean {
  const mantissa = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
  const near = (number: number) => Math.abs(mantissa - number) < 1e-6;
  return near(1) || (span < 200 && (near(2) || near(5)));
}

/** Grid lines of an axis of ratios: the one at 1 stands out. */
export function ratioGrid({ theme }: ChartContext) {
  return {
    color: ({ tick }: ScriptableScaleContext) => (tick?.value === 1 ? theme.mutedText : theme.gridLine),
    drawTicks: false,
  };
}

/** Adds transparency to `#rrggbb`. */
export function fade(colour: string, opacity: number): string {
  return `${colour}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`;
}

/** Largest number of points drawn at full strength; more are drawn finer. */
const MANY = 600;

/**
 * The layers of one model as points in its colour and marker, those that are not `filled` hollow. Options are the same
 * for all points of a set: chart.js then resolves them once.
 */
export function layerPoints(
  context: ChartContext,
  model: ReportModel,
  points: readonly ChartPoint[],
  filled: (point: ChartPoint) => boolean = () => true,
  radius: (point: ChartPoint) => number | undefined = () => undefined,
): AnyDataset[] {
  const colour = modelColour(context.theme, model.style);
  const many = points.length > MANY;
  const solid = fade(modelFill(context.theme, model.style), many ? 0.45 : 0.8);
  const set = (data: ChartPoint[], fill: string): AnyDataset => ({
    type: 'scatter',
    label: model.name,
    data,
    hidden: context.hidden.has(model.index),
    pointStyle: modelMarker(model.style),
    ...radii(data, radius, many ? 2.5 : 4),
    pointHitRadius: 4,
    pointBackgroundColor: fill,
    pointBorderColor: colour,
    pointBorderWidth: many ? 0.5 : 1.25,
    pointHoverBorderWidth: 2,
    clip: 12,
  });
  const sets = [
    set(points.filter(filled), solid),
    set(
      points.filter((point) => !filled(point)),
      fade(colour, 0.1),
    ),
  ];
  return sets.filter(({ data }) => data.length > 0);
}

/** One radius for the set where no point has its own: chart.js then resolves it once. */
function radii(points: readonly ChartPoint[], radius: (point: ChartPoint) => number | undefined, otherwise: number) {
  const own = points.map(radius);
  if (own.every((value) => value === undefined)) return { pointRadius: otherwise, pointHoverRadius: 7 };
  const known = own.map((value) => value ?? otherwise);
  return { pointRadius: known, pointHoverRadius: known.map((value) => value + 2) };
}

/** A ring around the selected layer, above everything else. */
export function selectionRing({ theme, selection, hidden }: ChartContext, points: readonly ChartPoint[]): AnyDataset[] {
  if (selection === null || hidden.has(selection.model)) return [];
  const chosen = points.filter(
    ({ model, layer, members }) =>
      model === selection.model && (members?.includes(selection.layer) ?? layer === selection.layer),
  );
  if (chosen.length === 0) return [];
  return [
    {
      type: 'scatter',
      label: 'selected',
      data: chosen,
      order: -1,
      pointStyle: 'circle',
      pointRadius: 9,
      pointHoverRadius: 9,
      pointBackgroundColor: 'transparent',
      pointBorderColor: theme.text,
      pointBorderWidth: 2.5,
      clip: 16,
    },
  ];
}

/** Draws over or under the datasets in chart coordinates. */
export function drawing(
  id: string,
  when: 'beforeDatasetsDraw' | 'afterDatasetsDraw',
  draw: (chart: Chart, context: Chart['ctx']) => void,
): AnyPlugin {
  return {
    id,
    [when](chart: Chart) {
      const { ctx } = chart;
      ctx.save();
      draw(chart, ctx);
      ctx.restore();
    },
  };
}

/** Limits of a logarithmic axis with some room around the values. */
export function logLimits(values: readonly number[], room = 1.4): { readonly min: number; readonly max: number } {
  return { min: Math.min(...values) / room, max: Math.max(...values) * room };
}

/** Bars of one model: filled in its shade, bordered in its colour where that is paler. */
export function barColours({ theme }: ChartContext, { style }: Pick<ReportModel, 'style'>) {
  return {
    backgroundColor: modelFill(theme, style),
    borderColor: modelColour(theme, style),
    borderWidth: style.shade === 0 ? 0 : 1,
    borderSkipped: false,
    maxBarThickness: 26,
  } as const;
}
