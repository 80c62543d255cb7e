import type { ChartConfiguration, ChartDataset, Plugin } from 'chart.js';
import type { Theme } from '../palette.js';
import { isMany, type ReportModel, type ReportView, SIDE_BY_SIDE } from '../view.js';

/** A layer chosen in the table or in a chart. */
export interface LayerSelection {
  readonly model: number;
  readonly layer: string;
}

/** A module that a chart is narrowed to. */
export interface ChartFocus {
  readonly model: number;
  /** The empty path is the whole model. */
  readonly path: string;
}

/** Where a chart stands among what it can be narrowed to. */
export interface ChartTrail {
  /** From everything, whose focus is null, to what is shown. */
  readonly steps: readonly ChartStep[];
  /** What lies within it. */
  readonly within: readonly ChartStep[];
}

export interface ChartStep {
  readonly label: string;
  readonly focus: ChartFocus | null;
}

export interface ChartContext {
  readonly view: ReportView;
  readonly theme: Theme;
  /** Family and base size of all text. */
  readonly font: { readonly family: string; readonly size: number };
  /** CSS pixels to draw in. */
  readonly width: number;
  /** One of the chart's variants; null where it has none. */
  readonly variant: string | null;
  readonly selection: LayerSelection | null;
  /** Indices of models that the reader has switched off. */
  readonly hidden: ReadonlySet<number>;
  /** What the chart is narrowed to, where it has a trail. */
  readonly focus?: ChartFocus | null;
}

export interface ChartVariant {
  readonly id: string;
  readonly label: string;
}

/** The numbers of a chart, at full precision. */
export interface ChartTable {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A point of a chart; where it stands for a layer, clicking it selects the layer. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** -1 where it belongs to no model. */
  readonly model: number;
  readonly layer?: string;
  /** All layers that it stands for, where it is a fused kernel. */
  readonly members?: readonly string[];
  /** What a click narrows the chart to, or widens it to. */
  readonly focus?: ChartFocus | null;
  /** Said in the tooltip: a title, then one line each. */
  readonly lines: readonly string[];
}

type Kind = 'bar' | 'line' | 'scatter';
export type ChartValue = ChartPoint | number | [number, number] | null;
export type AnyChart = ChartConfiguration<Kind, ChartValue[], string>;
export type AnyDataset = ChartDataset<Kind, ChartValue[]>;
export type AnyPlugin = Plugin<Kind>;

export type LegendEntry = Pick<ReportModel, 'name' | 'style'>;

/** Where in the report a chart stands. */
export type ChartSection = 'comparison' | 'measured' | 'cost' | 'scaling' | 'history';

/** A chart of the report: the same configuration draws in the browser and in the PNG. */
export interface ChartDefinition {
  readonly id: string;
  readonly section: ChartSection;
  title(view: ReportView, variant: string | null): string;
  /** How to read it, one or two sentences. */
  caption(view: ReportView, variant: string | null): string;
  /** What one can do with it on a page, one sentence. */
  readonly hint?: string;
  /** What stands under it, one line each: what the drawing cannot say. */
  notes?(view: ReportView, variant: string | null): readonly string[];
  /** Other figures that the same chart can show; the first is shown first. */
  variants?(view: ReportView): readonly ChartVariant[];
  /** Whether names stand at what is drawn, so that a legend would only repeat them. Default: no. */
  namesModels?(view: ReportView, variant: string | null): boolean;
  /** What its marks stand for, where that is not the models of the view. */
  legend?(view: ReportView): readonly LegendEntry[];
  /** Whether it draws the layers of each model: of many models it then shows the first few. Default: no. */
  readonly perLayer?: boolean;
  /** Height in CSS pixels. */
  height(view: ReportView, variant: string | null): number;
  /** Whether the report holds anything to draw. */
  applies(view: ReportView): boolean;
  build(context: ChartContext): AnyChart;
  table(view: ReportView, variant: string | null): ChartTable;
  /** Of a chart that can be narrowed to a module. */
  trail?(view: ReportView, variant: string | null, focus: ChartFocus | null): ChartTrail;
}

/** Notes under a chart that stand open; more are folded. */
export const SHOWN_NOTES = 3;

/** Indices of models that a chart leaves out: those switched off, and of layers more than can be told apart. */
export function hiddenIn(
  chart: ChartDefinition,
  { models }: ReportView,
  off: ReadonlySet<number>,
): ReadonlySet<number> {
  if (chart.perLayer !== true) return off;
  const on = models.filter(({ index }) => !off.has(index));
  return new Set([...off, ...on.slice(SIDE_BY_SIDE).map(({ index }) => index)]);
}

/** Models of a chart's legend. */
export function legendOf(
  chart: ChartDefinition,
  view: ReportView,
  off: ReadonlySet<number> = new Set(),
): readonly LegendEntry[] {
  if (chart.legend !== undefined) return chart.legend(view);
  if (chart.perLayer !== true || !isMany(view)) return view.models;
  const hidden = hiddenIn(chart, view, off);
  return view.models.filter(({ index }) => !hidden.has(index));
}

/** The caption where a chart can be clicked. */
export function pageCaption(chart: ChartDefinition, view: ReportView, variant: string | null): string {
  return [chart.caption(view, variant), ...(chart.hint === undefined ? [] : [chart.hint])].join(' ');
}

/** Its notes, and which models it leaves out. */
export function notesOf(chart: ChartDefinition, view: ReportView, variant: string | null): string[] {
  const some =
    chart.perLayer === true && isMany(view)
      ? [`The first ${SIDE_BY_SIDE} of the ${view.models.length} models that are not switched off.`]
      : [];
  return [...some, ...(chart.notes?.(view, variant) ?? [])];
}

export function hasLegend(chart: ChartDefinition, view: ReportView, variant: string | null): boolean {
  const entries = chart.legend?.(view) ?? view.models;
  return entries.length > 1 && chart.namesModels?.(view, variant) !== true;
}

export function defineChart(chart: ChartDefinition): ChartDefinition {
  return chart;
}
