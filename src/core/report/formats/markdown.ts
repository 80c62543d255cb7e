import { METRICS } from '../../units.js';
import { defineReporter } from '../define-reporter.js';
import { toDocument } from '../document.js';
import { type MetricCell, type MetricRow, metricRows } from '../metric-rows.js';
import { formatChange, formatFigure } from '../number-format.js';
import { type Phrase, type Sentence, verdictOf } from '../verdict.js';
import { type ReportView, viewOf } from '../view.js';

/** GitHub refuses comments of 65,536 characters. */
const LIMIT = 64_000;

/** Fits a pull-request comment: verdict and key table first, details folded, deltas with arrows and signs. */
export default defineReporter({
  format: 'markdown',
  title: 'Markdown for a pull-request comment',
  extension: '.md',
  render(input) {
    const view = viewOf(toDocument(input));
    const rows = metricRows(view);
    const head = [
      '<!-- archmeter report -->',
      `## ${escapeMarkdown(input.title)}`,
      '',
      ...verdict(view),
      '',
      ...table(view, rows),
    ];
    const sections = [...layerSections(view), conventions(rows), environment(view)];
    let text = head.join('\n');
    for (const section of sections) {
      const folded = `\n\n<details><summary>${section.title}</summary>\n\n${section.body.join('\n')}\n\n</details>`;
      if (text.length + folded.length < LIMIT) text += folded;
    }
    return `${text}\n`;
  },
});

interface Section {
  readonly title: string;
  readonly body: readonly string[];
}

function verdict(view: ReportView): string[] {
  const { subject, sentences } = verdictOf(view);
  return [sentenceText(subject), '', ...sentences.map((sentence) => `- ${sentenceText(sentence)}`)];
}

function sentenceText({ phrases }: Sentence): string {
  return phrases
    .map((phrase: Phrase) =>
      typeof phrase === 'string' ? escapeMarkdown(phrase) : `**${escapeMarkdown(phrase.model)}**`,
    )
    .join('');
}

function table({ models }: ReportView, rows: readonly MetricRow[]): string[] {
  return [
    `| | ${models.map(({ name }) => escapeMarkdown(name)).join(' | ')} |`,
    `|:--|${models.map(() => '--:').join('|')}|`,
    ...rows.map(
      (row) => `| ${label(row)} | ${row.cells.map((cell, index) => cellText(row, cell, index)).join(' | ')} |`,
    ),
  ];
}

function label({ heading, place, origin }: MetricRow): string {
  return place === null
    ? escapeMarkdown(heading)
    : `${escapeMarkdown(heading)} <sub>${origin}, ${escapeMarkdown(place)}</sub>`;
}

function cellText(row: MetricRow, cell: MetricCell, index: number): string {
  if (cell.value === null) return cell.missing === undefined ? '' : 'unavailable';
  const value = formatFigure(cell.value, row.unit);
  const marked = row.best.includes(index) ? `**${value}**` : value;
  return index === 0 || cell.ratio === null ? marked : `${marked} ${arrow(cell.ratio)} ${formatChange(cell.ratio)}`;
}

function arrow(ratio: number): string {
  return ratio > 1 ? '▲' : ratio < 1 ? '▼' : '=';
}

function layerSections({ models }: ReportView): Section[] {
  return models.flatMap(({ name, analysis }) => {
    if (analysis === null) return [];
    const costly = [...analysis.layers].sort((a, b) => b.memoryAccessCost - a.memoryAccessCost).slice(0, 10);
    return [
      {
        title: `Costliest layers of ${escapeMarkdown(name)}`,
        body: [
          '| layer | op | output | MAdds | memory access cost | MAC / bound |',
          '|:--|:--|:--|--:|--:|--:|',
          ...costly.map(
            (layer) =>
              `| ${code(layer.name)} | ${escapeMarkdown(layer.op)} | ${layer.outputShapes[0]?.join('x') ?? ''} | ${formatFigure(layer.madds, 'ops')} | ${formatFigure(layer.memoryAccessCost, 'elements')} | ${layer.memoryAccessCostRatio === null ? '' : formatFigure(layer.memoryAccessCostRatio, 'ratio')} |`,
          ),
        ],
      },
    ];
  });
}

function conventions(rows: readonly MetricRow[]): Section {
  const ids = [...new Set(rows.map(({ id }) => id))];
  return {
    title: 'What the figures mean',
    body: ids.map((id) => `- **${METRICS[id].heading}**: ${escapeMarkdown(METRICS[id].definition)}`),
  };
}

function environment({ document }: ReportView): Section {
  const lines = document.measurements.flatMap(({ device, runtime, environment: facts }) => [
    `- ${escapeMarkdown(runtime.name)} on ${escapeMarkdown(device.name)} (${device.kind})`,
    ...Object.entries(facts).map(
      ([key, value]) => `  - ${escapeMarkdown(key)}: ${escapeMarkdown(String(value ?? 'unknown'))}`,
    ),
  ]);
  return {
    title: 'Environment and command',
    body: [`- archmeter ${escapeMarkdown(document.archmeter)}`, `- ${code(document.command)}`, ...lines],
  };
}

/** Nothing in a name may become markup, a mention, a link or a table border. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\u202A-\u202E\u2066-\u2069\u200E\u200F]/g, '')
    .replace(/[\\`*_{}[\]()#+!|~$]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;')
    .replace(/:\/\//g, ':&#47;&#47;');
}

function code(text: string): string {
  return `<code>${escapeMarkdown(text)}</code>`;
}
