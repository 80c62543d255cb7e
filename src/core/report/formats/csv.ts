import { cleanText } from '../../clean-text.js';
import { LAYER_COLUMNS } from '../columns.js';
import { defineReporter } from '../define-reporter.js';
import { toDocument } from '../document.js';
import { distributionOf, type ReportModel, viewsOf } from '../view.js';

const HEADINGS = [
  'model',
  'dtype',
  'execution',
  'layer',
  'scope',
  'kind',
  'kernel',
  ...LAYER_COLUMNS.slice(1).map(({ id }) => id),
];

/** Tidy: one row for each layer of each model, all digits; a model that was only timed has one row without a layer. */
export default defineReporter({
  format: 'csv',
  title: 'CSV, one row for each layer of each model',
  extension: '.csv',
  render(input) {
    const lines = viewsOf(toDocument(input)).flatMap(({ title, models }) =>
      models.flatMap((model) => rowsOf(model).map((row) => [...row, title])),
    );
    const headings = [...HEADINGS, 'measuredLatencyMs', 'group'];
    return `${[headings, ...lines].map((cells) => cells.map(escapeCell).join(',')).join('\r\n')}\r\n`;
  },
});

function rowsOf(model: ReportModel): (string | number | null)[][] {
  const [timing] = model.timings;
  if (model.analysis === null) {
    const median = timing === undefined ? null : (distributionOf(timing)?.medianMs ?? null);
    const dtype = timing?.measurement.dtype ?? null;
    return [[model.name, dtype, ...HEADINGS.slice(2).map(() => null), median]];
  }
  const timed = new Map(timing?.arm.layers?.timings.map(({ name, latencyMs }) => [name, latencyMs]));
  const { dtype, execution } = model.analysis.options;
  return model.analysis.layers.map((layer) => [
    model.name,
    dtype,
    execution,
    layer.name,
    layer.scope,
    layer.kind,
    layer.kernel,
    ...LAYER_COLUMNS.slice(1).map((column) => column.value(layer)),
    timed.get(layer.name) ?? null,
  ]);
}

/**
 * Quotes as in RFC 4180. Text that a spreadsheet would run as a formula (it begins with = + - @ tab or return) gets an
 * apostrophe in front, as OWASP advises.
 */
export function escapeCell(cell: string | number | null): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = cleanText(cell);
  const safe = /^\s*[=+\-@\uFF0B\uFF0D\uFF1D\uFF20]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
