import type { PublishedFigure } from './define-reporter.js';
import { metricRows } from './metric-rows.js';
import { significant } from './number-format.js';
import type { ReportModel, ReportView } from './view.js';

/** Published figures of a view, models by figures, with ours beside each that we count too. */
export interface PublishedTable {
  readonly columns: readonly PublishedColumn[];
  readonly rows: readonly { readonly model: ReportModel; readonly cells: readonly (PublishedCell | null)[] }[];
  /** Each source once, with the models that it is the source of. */
  readonly sources: readonly { readonly source: string; readonly models: readonly ReportModel[] }[];
}

export interface PublishedColumn {
  readonly label: string;
  readonly unit: string;
  /** How the published figure counts, where it does not count as we do. */
  readonly note: string | undefined;
}

export interface PublishedCell {
  readonly published: string;
  readonly ours: string | null;
  /** Ours over the published figure. */
  readonly ratio: number | null;
}

/** Said above the table. */
export const PUBLISHED_CONVENTION =
  'Each figure as its source prints it; below it what archmeter counts for the same model, and how far that differs.';

export function publishedTable(view: ReportView): PublishedTable | null {
  const models = view.models.filter(({ published }) => published.length > 0);
  const figures = models.map(figuresOf);
  const columns: PublishedColumn[] = [];
  for (const { label, unit, note } of figures.flat()) {
    const known = columns.findIndex((column) => column.label === label && column.unit === unit);
    if (known < 0) columns.push({ label, unit, note });
    else if (note !== undefined && columns[known]?.note === undefined) columns[known] = { label, unit, note };
  }
  if (columns.length === 0) return null;
  const sources = [...new Set(models.flatMap(({ published }) => published.map(({ source }) => source)))];
  return {
    columns,
    rows: models.map((model, i) => ({
      model,
      cells: columns.map(({ label, unit }) => {
        const figure = figures[i]?.find((candidate) => candidate.label === label && candidate.unit === unit);
        return figure === undefined ? null : cellOf(view, model, figure);
      }),
    })),
    sources: sources.map((source) => ({
      source,
      models: models.filter(({ published }) => published.some((entry) => entry.source === source)),
    })),
  };
}

function figuresOf({ published }: ReportModel): PublishedFigure[] {
  return published.flatMap(({ top1, figures = [] }) => [
    ...(top1 === undefined ? [] : [{ label: 'ImageNet top-1', value: top1, unit: '%' }]),
    ...figures,
  ]);
}

function cellOf(view: ReportView, { index }: ReportModel, { value, ours }: PublishedFigure): PublishedCell {
  const published = printed(value);
  if (ours === undefined) return { published, ours: null, ratio: null };
  const counted = metricRows(view).find(({ id }) => id === ours.metric)?.cells[index]?.value ?? null;
  if (counted === null) return { published, ours: null, ratio: null };
  const own = counted * ours.scale;
  return { published, ours: significant(own, 4), ratio: value === 0 ? null : own / value };
}

/** As printed, but for digits that no reader needs. */
function printed(value: number): string {
  return String(value).replace('.', '').length > 6 ? significant(value, 4) : String(value);
}
