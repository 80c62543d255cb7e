import { METRICS } from '../../units.js';
import { defineReporter } from '../define-reporter.js';
import { type ReportDocument, toDocument } from '../document.js';
import { code, escapeMarkdown, escapeName } from '../markdown/escape.js';
import { profileBlocks } from '../markdown/profile.js';
import { costliestLayers, gateTable, KEY_FIGURES, metricTable } from '../markdown/tables.js';
import { metricRows } from '../metric-rows.js';
import { formatChange, formatFigure, significant } from '../number-format.js';
import { PUBLISHED_CONVENTION, type PublishedCell, publishedTable } from '../published-table.js';
import { type Sentence, verdictOf } from '../verdict.js';
import { type ReportView, viewsOf } from '../view.js';

/** In bytes. GitHub refuses comments of 65,536 characters. */
const LIMIT = 64_000;

/** Fits a pull-request comment: the key table first, details folded, changes with arrows and signs. */
export default defineReporter({
  format: 'markdown',
  title: 'Markdown for a pull-request comment',
  extension: '.md',
  render(input) {
    const document = toDocument(input);
    const views = viewsOf(document);
    const blocks = [
      ...(document.gate === undefined ? [] : [gateTable(document.gate).join('\n')]),
      ...views.flatMap(keyBlocks),
      ...views.flatMap(profileBlocks),
      ...views.flatMap(allFigures),
      ...views.flatMap(layerBlocks),
      ...findingBlocks(document),
      ...publishedBlocks(views),
      folded('What the figures mean', conventions(views)),
      folded('Environment and command', environment(document)),
    ];
    return join(`<!-- archmeter report -->\n## ${escapeName(input.title)}`, blocks);
  },
});

/** As many blocks as fit, in order; says how many did not. */
function join(head: string, blocks: readonly string[]): string {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  let text = head;
  let size = bytes(head);
  let left = 0;
  for (const block of blocks) {
    const more = bytes(block) + 2;
    if (size + more > LIMIT) {
      left += 1;
      continue;
    }
    text += `\n\n${block}`;
    size += more;
  }
  const remark =
    left === 0
      ? ''
      : `\n\n<sub>${left} more part${left === 1 ? '' : 's'} would not fit a comment; the HTML report has them.</sub>`;
  return `${text}${remark}\n`;
}

function folded(title: string, lines: readonly string[]): string {
  return `<details><summary>${title}</summary>\n\n${lines.join('\n')}\n\n</details>`;
}

function keyBlocks(view: ReportView): string[] {
  const rows = metricRows(view).filter(({ id }) => KEY_FIGURES.has(id));
  const { subject, sentences } = verdictOf(view);
  const title = view.title === null ? [] : [`### ${escapeName(view.title)}`];
  return [
    [...title, sentenceText(subject)].join('\n\n'),
    ...(rows.length === 0 ? [] : [metricTable(view, rows).join('\n')]),
    ...(rows.some(({ cells }) => cells.some(({ open }) => open))
      ? ['<sub>△ ▽: a difference within the error, not proven</sub>']
      : []),
    bullets(sentences.filter((sentence) => sentence.fromHarness !== true)),
    ...remarksOf(sentences),
  ].filter((block) => block !== '');
}

function bullets(sentences: readonly Sentence[]): string {
  return sentences
    .map((sentence) => `- ${sentence.certainty === 'caveat' ? 'Note: ' : ''}${sentenceText(sentence)}`)
    .join('\n');
}

/** Remarks of the harness, folded where they are many. */
function remarksOf(sentences: readonly Sentence[]): string[] {
  const remarks = sentences.filter(({ fromHarness }) => fromHarness === true);
  if (remarks.length === 0) return [];
  if (remarks.length <= 2) return [bullets(remarks)];
  return [folded(`The harness warns of ${remarks.length} things`, [bullets(remarks)])];
}

function sentenceText({ phrases }: Sentence): string {
  return phrases
    .map((phrase) => (typeof phrase === 'string' ? escapeMarkdown(phrase) : `**${escapeName(phrase.model)}**`))
    .join('');
}

/** `Title, group` where there are groups. */
const inGroup = (title: string, view: ReportView) =>
  view.title === null ? title : `${title}, ${escapeName(view.title)}`;

function allFigures(view: ReportView): string[] {
  const rows = metricRows(view);
  return rows.length === 0 ? [] : [folded(inGroup('All figures', view), metricTable(view, rows))];
}

function layerBlocks(view: ReportView): string[] {
  return view.models
    .filter(({ analysis }) => analysis !== null)
    .map((model) => folded(`Costliest layers of ${escapeName(model.name)}`, costliestLayers(model, 10)));
}

function findingBlocks({ findings = [] }: ReportDocument): string[] {
  if (findings.length === 0) return [];
  const lines = findings.map(({ model, title, detail, saving }) => {
    const gain =
      saving === undefined
        ? ''
        : ` Saves ${significant(saving.fraction * 100)} % ${saving.of === undefined ? METRICS[saving.metric].heading : `of ${saving.of}`}.`;
    return `- **${escapeName(title)}** (${escapeName(model)}): ${escapeMarkdown(detail)}${gain}`;
  });
  return [folded(`Findings (${findings.length})`, lines)];
}

function publishedBlocks(views: readonly ReportView[]): string[] {
  return views.flatMap((view) => {
    const table = publishedTable(view);
    if (table === null) return [];
    const { columns, rows, sources } = table;
    return folded(inGroup('Published figures beside ours', view), [
      `${escapeMarkdown(PUBLISHED_CONVENTION)}`,
      '',
      `| | ${columns.map(({ label, unit }) => `${escapeName(label)}, ${escapeName(unit)}`).join(' | ')} |`,
      `|:--|${columns.map(() => '--:').join('|')}|`,
      ...rows.map(({ model, cells }) => `| ${escapeName(model.name)} | ${cells.map(publishedCell).join(' | ')} |`),
      '',
      ...columns.flatMap(({ label, note }) =>
        note === undefined ? [] : [`- ${escapeName(label)}: ${escapeMarkdown(note)}`],
      ),
      ...sources.map(
        ({ source, models }) =>
          `- Source${sources.length > 1 ? ` of ${models.map(({ name }) => escapeName(name)).join(', ')}` : ''}: ${escapeMarkdown(source)}`,
      ),
    ]);
  });
}

function publishedCell(cell: PublishedCell | null): string {
  if (cell === null) return '';
  const { published, ours, ratio } = cell;
  return ours === null
    ? published
    : `${published}<br><sub>ours ${ours}${ratio === null ? '' : `, ${formatChange(ratio)}`}</sub>`;
}

function conventions(views: readonly ReportView[]): string[] {
  const ids = [...new Set(views.flatMap((view) => metricRows(view).map(({ id }) => id)))];
  return ids.map((id) => `- **${METRICS[id].heading}**: ${escapeMarkdown(METRICS[id].definition)}`);
}

function environment({ archmeter, command, measurements }: ReportDocument): string[] {
  const rigs = measurements.flatMap(({ device, runtime, settings, environment: facts }) => [
    `- ${escapeName(runtime.name)} on ${escapeName(device.name)} (${device.kind === 'software' ? 'software adapter, not a GPU' : device.kind}), ${settings.clock} clock, ${settings.rounds} rounds, quantum ${formatFigure(settings.clockQuantumMs, 'ms')}`,
    ...Object.entries(facts).map(([key, value]) => `  - ${escapeName(key)}: ${escapeName(String(value ?? 'unknown'))}`),
  ]);
  return [`- archmeter ${escapeName(archmeter)}`, `- ${code(command)}`, ...rigs];
}
