import type { ChartConfiguration } from 'chart.js';
import type { Theme } from '../palette.js';
import type { ReportView } from '../view.js';

/** A layer chosen in the table or in a chart. */
export interface LayerSelection {
  readonly model: number;
  readonly layer: string;
}

export interface ChartContext {
  readonly view: ReportView;
  readonly theme: Theme;
  /** Family and base size of all text. */
  readonly font: { readonly family: string; readonly size: number };
  /** One of the chart's variants; null where it has none. */
  readonly variant: string | null;
  readonly selection: LayerSelection | null;
}

export interface ChartVariant {
  readonly id: string;
  readonly label: string;
}

/** The numbers of a chart. Numbers are right-aligned; text is not. */
export interface ChartTable {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A point that stands for a layer of a model: clicking it selects the layer. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly model: number;
  readonly layer?: string;
  /** Said in the tooltip, one line each. */
  readonly lines: readonly string[];
}

export type AnyChart = ChartConfiguration<
  'bar' | 'line' | 'scatter',
  ChartPoint[] | (number | [number, number] | null)[],
  string
>;

/** A chart of the report: the same configuration draws in the browser and in the PNG. */
export interface ChartDefinition {
  readonly id: string;
  readonly title: string;
  /** How to read it, one or two sentences. */
  caption(view: ReportView, variant: string | null): string;
  /** Other figures that the same chart can show; the first is shown first. */
  variants?(view: ReportView): readonly ChartVariant[];
  /** Height in CSS pixels at a width of 640. */
  height(view: ReportView): number;
  /** Null where the report has nothing to draw. */
  build(context: ChartContext): AnyChart | null;
  table(view: ReportView, variant: string | null): ChartTable;
}

export function defineChart(chart: ChartDefinition): ChartDefinition {
  return chart;
}
