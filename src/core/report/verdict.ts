import type { ArmComparison, Measurement } from '../measurement.js';
import { METRICS, type MetricId } from '../units.js';
import { type MetricRow, metricRows } from './metric-rows.js';
import { formatFigure, significant } from './number-format.js';
import { describeInputs, describeRig, type ReportModel, type ReportView } from './view.js';

/** How sure a sentence is, and of what. */
export type Certainty = 'exact' | 'measured' | 'estimated' | 'inconclusive' | 'caveat';

/** A piece of a sentence: words, or a model's name that a format may colour. */
export type Phrase = string | { readonly model: string };

export interface Sentence {
  readonly certainty: Certainty;
  readonly phrases: readonly Phrase[];
}

/** What the figures of a report say, most important first, and nothing that they do not say. */
export interface Verdict {
  /** What was compared, on what. */
  readonly subject: Sentence;
  readonly sentences: readonly Sentence[];
}

export function plainText({ phrases }: Sentence): string {
  return phrases.map((phrase) => (typeof phrase === 'string' ? phrase : phrase.model)).join('');
}

export function verdictOf(view: ReportView): Verdict {
  const rows = metricRows(view);
  return {
    subject: subjectOf(view),
    sentences: [
      ...view.document.measurements.flatMap((measurement) => timingSentences(view, measurement)),
      ...analyticSentences(view, rows),
      ...energySentences(view, rows),
      ...estimateSentences(view, rows),
      ...caveats(view),
    ],
  };
}

const say = (certainty: Certainty, ...phrases: readonly Phrase[]): Sentence => ({ certainty, phrases });
const name = (model: string): Phrase => ({ model });

function subjectOf({ models, document }: ReportView): Sentence {
  const analysed = models.flatMap(({ analysis }) => (analysis === null ? [] : [analysis]));
  const inputs = [...new Set(analysed.map(describeInputs))];
  const dtypes = [...new Set(analysed.map(({ options }) => options.dtype))];
  const at = inputs.length === 1 ? ` at ${inputs[0]}` : inputs.length > 1 ? ' at different input sizes' : '';
  const dtype = dtypes.length === 1 ? `, ${dtypes[0]}` : '';
  const rigs = document.measurements.map(describeRig);
  const timed =
    rigs.length === 0 ? '. Nothing was timed: every figure is counted from the graph' : `, timed on ${list(rigs)}`;
  const [first] = models;
  if (first === undefined) return say('exact', 'This report holds no model.');
  if (models.length === 1) return say('exact', 'Costs of ', name(first.name), `${at}${dtype}${timed}.`);
  return say(
    'exact',
    `${spell(models.length)} architectures compared${at}${dtype}, ratios against `,
    name(first.name),
    `${timed}.`,
  );
}

function timingSentences(view: ReportView, measurement: Measurement): Sentence[] {
  const baseline = measurement.comparisons[0]?.baseline;
  const place = view.document.measurements.length > 1 ? ` on ${describeRig(measurement)}` : '';
  const sentences: Sentence[] = [];
  for (const verdict of ['faster', 'slower', 'equivalent', 'inconclusive'] as const) {
    const comparisons = measurement.comparisons
      .filter((comparison) => comparison.verdict === verdict)
      .sort((a, b) => (verdict === 'slower' ? b.ratio - a.ratio : a.ratio - b.ratio));
    for (const comparison of comparisons) sentences.push(comparisonSentence(measurement, comparison, place));
  }
  for (const arm of measurement.arms) {
    if (arm.status === 'ok') continue;
    const state = arm.status === 'failed' ? 'failed and has no timing' : 'stopped early, its timing is partial';
    sentences.push(
      say('caveat', name(arm.name), ` ${state}${place}${arm.message === undefined ? '' : `: ${arm.message}`}.`),
    );
  }
  if (baseline === undefined && measurement.arms.length > 1) {
    sentences.push(say('inconclusive', `Timings${place} were not compared with each other.`));
  }
  return sentences;
}

function comparisonSentence(measurement: Measurement, comparison: ArmComparison, place: string): Sentence {
  const { ratio, low, high, verdict, baseline } = comparison;
  const confidence = confidenceOf(measurement, comparison.name);
  const interval = (a: number, b: number) => `${confidence} ${significant(a)} to ${significant(b)}`;
  const subject = name(comparison.name);
  const other = name(baseline);
  if (verdict === 'faster') {
    return say(
      'measured',
      subject,
      ` is ${significant(1 / ratio)}× as fast as `,
      other,
      `${place} (${interval(1 / high, 1 / low)}).`,
    );
  }
  if (verdict === 'slower') {
    return say(
      'measured',
      subject,
      ` takes ${significant(ratio)}× the time of `,
      other,
      `${place} (${interval(low, high)}).`,
    );
  }
  const tolerance = `±${significant(measurement.settings.tolerance * 100)} %`;
  if (verdict === 'equivalent') {
    return say(
      'measured',
      subject,
      ' and ',
      other,
      ` take the same time within ${tolerance}${place} (time ratio ${interval(low, high)}).`,
    );
  }
  return say(
    'inconclusive',
    'Whether ',
    subject,
    ' or ',
    other,
    ` is faster${place} is open: the time ratio ${significant(ratio)} (${interval(low, high)}) allows neither a difference nor equality within ${tolerance}.`,
  );
}

function confidenceOf({ arms }: Measurement, arm: string): string {
  const found = arms.find((candidate) => candidate.name === arm);
  const confidence = (found?.device ?? found?.wall)?.hot.confidence;
  return confidence === undefined ? 'interval' : `${significant(confidence * 100)} % interval`;
}

/** Metrics the sentences speak of; the table has the rest. */
const SPOKEN: readonly MetricId[] = ['memoryAccessCost', 'madds', 'params', 'peakActivationBytes'];

function analyticSentences(view: ReportView, rows: readonly MetricRow[]): Sentence[] {
  const { models } = view;
  const [first] = models;
  if (models.length === 1 && first !== undefined) return singleModelSentences(first);
  const spoken = SPOKEN.flatMap((id) => rows.filter((row) => row.id === id));
  const sentences: Sentence[] = [];
  const holders = new Map<number, MetricRow[]>();
  for (const row of spoken) {
    const [best, tie] = row.best;
    if (best !== undefined && tie === undefined) holders.set(best, [...(holders.get(best) ?? []), row]);
  }
  const winners = [...holders].sort((a, b) => b[1].length - a[1].length);
  for (const [index, best] of winners) {
    const model = models[index] as ReportModel;
    const figures = best.map((row) => `${lowerCase(row.heading)} (${leadOver(row, index)})`);
    sentences.push(say('exact', name(model.name), ` has the least ${list(figures)}.`));
    const price = spoken.flatMap((row) => excessOf(row, index));
    if (price.length > 0) sentences.push(say('exact', 'For that ', name(model.name), ` pays with ${list(price)}.`));
  }
  const equal = spoken.filter((row) => row.best.length === 0 && row.cells.every(({ value }) => value !== null));
  if (equal.length > 0 && models.length > 1) {
    sentences.push(
      say(
        'exact',
        `All have the same ${list(equal.map((row) => `${lowerCase(row.heading)} (${formatFigure(row.cells[0]?.value ?? 0, row.unit)})`))}.`,
      ),
    );
  }
  return sentences;
}

/** How the best value stands to the next best. */
function leadOver(row: MetricRow, index: number): string {
  const value = row.cells[index]?.value ?? 0;
  const others = row.cells.flatMap((cell, i) => (i === index || cell.value === null ? [] : [cell.value]));
  const next = Math.min(...others);
  return `${formatFigure(value, row.unit)}, ${percent(1 - value / next)} below the next`;
}

function excessOf(row: MetricRow, index: number): string[] {
  const value = row.cells[index]?.value ?? null;
  const values = row.cells.flatMap((cell) => (cell.value === null ? [] : [cell.value]));
  const least = Math.min(...values);
  if (value === null || value === least) return [];
  return [`${percent(value / least - 1)} more ${lowerCase(row.heading)} than the least`];
}

function singleModelSentences({ analysis }: ReportModel): Sentence[] {
  if (analysis === null) return [];
  const { totals, layers } = analysis;
  const sentences = [
    say(
      'exact',
      `${formatFigure(totals.params, 'count')} parameters, ${formatFigure(totals.madds, 'ops')} multiply-adds and a memory access cost of ${formatFigure(totals.memoryAccessCost, 'elements')} elements in ${layers.length} layers.`,
    ),
  ];
  const convolutional = totals.paperMemoryAccessCost / totals.memoryAccessCost;
  if (totals.memoryAccessCost > 0 && convolutional < 1) {
    sentences.push(
      say(
        'exact',
        `Convolutions are ${percent(convolutional)} of that memory access cost; the rest is traffic that the paper's figure leaves out.`,
      ),
    );
  }
  if (totals.peakLayer !== null) {
    const [largest] = totals.peakTensors;
    const held =
      largest === undefined
        ? ''
        : `; the largest tensor alive then is ${largest.name} (${formatFigure(largest.bytes, 'bytes')})`;
    sentences.push(
      say(
        'exact',
        `Activations peak at ${formatFigure(totals.peakActivationBytes, 'bytes')} in ${totals.peakLayer}${held}.`,
      ),
    );
  }
  return sentences;
}

function energySentences({ models }: ReportView, rows: readonly MetricRow[]): Sentence[] {
  return rows
    .filter((row) => row.id === 'measuredEnergyJoules')
    .map((row) => {
      const [best] = row.best;
      const value = best === undefined ? null : (row.cells[best]?.value ?? null);
      if (best !== undefined && value !== null) {
        const model = models[best] as ReportModel;
        return say(
          'measured',
          name(model.name),
          ` takes the least energy: ${formatFigure(value, 'J')} an image (${row.place}).`,
        );
      }
      const reason = row.cells.find(({ missing }) => missing !== undefined)?.missing;
      return say(
        'caveat',
        reason === undefined
          ? `Energies do not differ (${row.place}).`
          : `Energy is unavailable (${row.place}): ${withoutStop(reason)}.`,
      );
    });
}

function estimateSentences({ models }: ReportView, rows: readonly MetricRow[]): Sentence[] {
  return rows
    .filter(({ origin }) => origin === 'estimated')
    .flatMap((row) => {
      const [best] = row.best;
      const value = best === undefined ? null : (row.cells[best]?.value ?? null);
      if (best === undefined || value === null) return [];
      const model = models[best] as ReportModel;
      const what = METRICS[row.id].unit === 'J' ? 'energy' : 'latency';
      return [
        say(
          'estimated',
          `Estimated, not measured: on ${row.place} `,
          name(model.name),
          ` has the least ${what}, ${formatFigure(value, row.unit)}.`,
        ),
      ];
    });
}

function caveats({ models, document }: ReportView): Sentence[] {
  const sentences: Sentence[] = [];
  const analyses = models.flatMap(({ analysis }) => (analysis === null ? [] : [analysis]));
  const differing = [
    ['input sizes', new Set(analyses.map(describeInputs)).size],
    ['batch sizes', new Set(analyses.map(({ options }) => options.batch)).size],
    ['element types', new Set(analyses.map(({ options }) => options.dtype)).size],
    ['execution models', new Set(analyses.map(({ options }) => options.execution)).size],
  ].flatMap(([what, count]) => ((count as number) > 1 ? [what as string] : []));
  if (differing.length > 0) {
    sentences.push(
      say('caveat', `The models were analysed with different ${list(differing)}: their ratios compare unlike work.`),
    );
  }
  for (const { name: model, analysis } of models) {
    const unknown = analysis?.unsupportedOps ?? [];
    if (unknown.length === 0) continue;
    const count = unknown.reduce((sum, op) => sum + op.count, 0);
    sentences.push(
      say(
        'caveat',
        'Totals of ',
        name(model),
        ` leave out ${count} layer${count === 1 ? '' : 's'} of unknown type (${list(unknown.map(({ type }) => type))}).`,
      ),
    );
  }
  for (const device of document.devices ?? []) {
    if (!device.verified)
      sentences.push(say('caveat', `The ceilings of ${device.name} are unverified (${withoutStop(device.source)}).`));
  }
  for (const measurement of document.measurements) {
    if (measurement.device.kind === 'software') {
      sentences.push(
        say('caveat', `${measurement.device.name} is a software adapter: its timings say nothing about a GPU.`),
      );
    }
    for (const { text } of measurement.warnings) sentences.push(say('caveat', `${withoutStop(text)}.`));
  }
  return sentences;
}

function list(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

function percent(fraction: number): string {
  return `${significant(fraction * 100)} %`;
}

const withoutStop = (text: string) => text.replace(/\.\s*$/, '');

/** `Memory access cost` inside a sentence; `MAdds` stays. */
function lowerCase(heading: string): string {
  return /^[A-Z][a-z]/.test(heading) ? heading[0]?.toLowerCase() + heading.slice(1) : heading;
}

function spell(count: number): string {
  return ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten'][count] ?? String(count);
}
