import type { MetricId } from '../units.js';
import { isProfiled } from './charts/drawing/layer-shares.js';
import { type MetricRow, metricRows } from './metric-rows.js';
import { formatFigure, significant } from './number-format.js';
import { profileSentences } from './profile/sentences.js';
import { caveats } from './verdict-caveats.js';
import { estimateSentences } from './verdict-estimates.js';
import {
  excess,
  fewPhrases,
  isMultiple,
  listPhrases,
  MOST_NAMED,
  name,
  type Phrase,
  percent,
  type Sentence,
  say,
} from './verdict-phrases.js';
import { timingSentences } from './verdict-timing.js';
import { describeInputs, describeRig, type ReportModel, type ReportView } from './view.js';

export { type Certainty, type Phrase, plainText, type Sentence } from './verdict-phrases.js';

/** What the figures of a view say, most important first, and nothing that they do not say. */
export interface Verdict {
  /** What was compared, on what. */
  readonly subject: Sentence;
  readonly sentences: readonly Sentence[];
}

export function verdictOf(view: ReportView): Verdict {
  const rows = metricRows(view);
  const timed = view.measurements.map((measurement) => timingSentences(view, measurement));
  const fastest = timed.flatMap(({ fastest: found }) => found ?? []);
  return {
    subject: subjectOf(view),
    sentences: [
      ...profileSentences(view),
      ...timed.flatMap(({ sentences }) => sentences),
      ...analyticSentences(view, rows, fastest),
      ...energySentences(view, rows),
      ...estimateSentences(view, rows),
      ...caveats(view),
    ],
  };
}

function subjectOf(view: ReportView): Sentence {
  const { models, measurements } = view;
  const [first] = models;
  if (first === undefined) return say('exact', 'This report holds no model.');
  const analysed = models.flatMap(({ analysis }) => (analysis === null ? [] : [analysis]));
  const inputs = [...new Set(analysed.map(describeInputs))];
  const dtypes = [...new Set(analysed.map(({ options }) => options.dtype))];
  const at = inputs.length === 1 ? ` at ${inputs[0]}` : inputs.length > 1 ? ' at different input sizes' : '';
  const dtype = dtypes.length === 1 ? `, ${dtypes[0]}` : '';
  const rigs = measurements.map(describeRig).join(' and on ');
  const end = rigs === '' ? `. ${untimed(models)}` : `, timed on ${rigs}.`;
  if (models.length === 1) return say('exact', 'Costs of ', name(first.name), `${at}${dtype}${end}`);
  const timed = models.filter(({ timings }) => timings.length > 0).length;
  const some = rigs !== '' && timed < models.length ? `, ${timed} of them timed on ${rigs}.` : end;
  return say('exact', `${spell(models.length)} models compared${at}${dtype}, ratios against `, name(first.name), some);
}

/** Where the figures come from where nothing was timed. */
export function untimed(models: readonly ReportModel[]): string {
  const devices = [...new Set(models.flatMap(({ estimates }) => estimates.map(({ device }) => device)))];
  const rest =
    devices.length === 0
      ? 'all figures are counted from the graph.'
      : `time and energy are estimates for ${devices.join(' and ')}, the rest is counted from the graph.`;
  return `Nothing was timed: ${rest}`;
}

/** Figures the sentences speak of, with their names in a sentence; the table has the rest. */
const SPOKEN: readonly { readonly id: MetricId; readonly noun: string }[] = [
  { id: 'memoryAccessCost', noun: 'memory access' },
  { id: 'madds', noun: 'multiply-adds' },
  { id: 'params', noun: 'parameters' },
  { id: 'peakActivationBytes', noun: 'peak activation memory' },
];

interface SpokenRow extends MetricRow {
  readonly noun: string;
}

function analyticSentences(view: ReportView, rows: readonly MetricRow[], fastest: readonly ReportModel[]): Sentence[] {
  const { models } = view;
  const [first] = models;
  if (first === undefined) return [];
  if (models.some(isProfiled)) return profiledAnalyses(models);
  if (models.length === 1) return singleModelSentences(first);
  const spoken = SPOKEN.flatMap(({ id, noun }) =>
    rows.filter((row) => row.id === id).map((row): SpokenRow => ({ ...row, noun })),
  );
  const lowest = new Map<ReportModel, SpokenRow[]>();
  for (const row of spoken) {
    const [best, tie] = row.best;
    const model = best === undefined || tie !== undefined ? undefined : models[best];
    if (model !== undefined) lowest.set(model, [...(lowest.get(model) ?? []), row]);
  }
  const winners = [...lowest.keys()].sort((a, b) => (lowest.get(b)?.length ?? 0) - (lowest.get(a)?.length ?? 0));
  const mentioned = [...fastest, ...winners.filter((model) => !fastest.includes(model))];
  // Of many models those that lead in most; the table marks the others.
  const spokenOf = models.length > MOST_NAMED ? mentioned.slice(0, MOST_NAMED) : mentioned;
  const sentences = spokenOf.flatMap((model) =>
    tradeOff(models, model, lowest.get(model) ?? [], spoken, fastest.includes(model)),
  );
  const equal = spoken.filter(
    ({ cells }) => cells.length > 1 && cells.every(({ value }) => value !== null && value === cells[0]?.value),
  );
  if (equal.length > 0) {
    const figures = equal.map(({ noun, cells, unit }) => [`${noun} (${formatFigure(cells[0]?.value ?? 0, unit)})`]);
    sentences.push(say('exact', 'All have the same ', ...listPhrases(figures), '.'));
  }
  return sentences;
}

/** Of profiles the counts stand behind the times. */
function profiledAnalyses(models: readonly ReportModel[]): Sentence[] {
  return models.length === 1 ? models.flatMap((model) => singleModelSentences(model).slice(0, 1)) : [];
}

/** Where a model is lowest, and what it costs more than whoever is lowest there. */
function tradeOff(
  models: readonly ReportModel[],
  model: ReportModel,
  best: readonly SpokenRow[],
  spoken: readonly SpokenRow[],
  isFastest: boolean,
): Sentence[] {
  const price = priceOf(models, model, spoken);
  const wins = best.map((row) => [
    `${row.noun} (${formatFigure(row.cells[model.index]?.value ?? 0, row.unit)}${leadOver(row, model.index)})`,
  ]);
  if (wins.length > 0) {
    const but = price.length === 0 ? [] : ['; it takes ', ...joinPrices(price)];
    return [say('exact', name(model.name), ' is lowest in ', ...listPhrases(wins), ...but, '.')];
  }
  if (!isFastest || price.length === 0) return [];
  return [say('exact', 'For its speed ', name(model.name), ' takes ', ...joinPrices(price), '.')];
}

/** What the model takes more than each of those that take the least. */
function priceOf(models: readonly ReportModel[], model: ReportModel, spoken: readonly SpokenRow[]): Phrase[][] {
  const byHolder = new Map<ReportModel, { ratio: number; noun: string }[]>();
  for (const row of spoken) {
    const holder = models[row.best[0] ?? -1];
    const value = row.cells[model.index]?.value ?? null;
    const least = holder === undefined ? null : (row.cells[holder.index]?.value ?? null);
    if (holder === undefined || value === null || least === null || least === 0 || value === least) continue;
    byHolder.set(holder, [...(byHolder.get(holder) ?? []), { ratio: value / least, noun: row.noun }]);
  }
  return [...byHolder].slice(0, MOST_NAMED - 1).map(([holder, excesses]) => {
    const sorted = excesses.sort((a, b) => b.ratio - a.ratio);
    const items = sorted.map(({ ratio, noun }) => [excess(ratio, noun)]);
    return [...listPhrases(items), isMultiple(sorted.at(-1)?.ratio ?? 1) ? ' of ' : ' than ', name(holder.name)];
  });
}

/** How far the lowest value lies below the next. */
function leadOver(row: MetricRow, index: number): string {
  const value = row.cells[index]?.value ?? 0;
  const others = row.cells.flatMap((cell, i) => (i === index || cell.value === null ? [] : [cell.value]));
  return others.length === 0 ? '' : `, ${percent(1 - value / Math.min(...others))} below the next`;
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
  if (totals.paperMemoryAccessCost > 0 && convolutional < 1) {
    sentences.push(
      say(
        'exact',
        `Convolutions are ${percent(convolutional)} of that memory access cost; the rest is traffic that the VoVNet paper's figure leaves out.`,
      ),
    );
  }
  if (totals.memoryAccessCostRatio !== null && totals.memoryAccessCostRatio > 1.005) {
    sentences.push(
      say(
        'exact',
        `Its convolution and linear layers access ${significant(totals.memoryAccessCostRatio)}× the memory that the same multiply-adds need at least.`,
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
      const best = models[row.best[0] ?? -1];
      const value = best === undefined ? null : (row.cells[best.index]?.value ?? null);
      if (best !== undefined && value !== null) {
        const others = row.cells.flatMap((cell, i): Phrase[][] => {
          const model = models[i];
          return cell.value === null || model === undefined || i === best.index
            ? []
            : [[name(model.name), ` ${significant(cell.value / value)}× as much`]];
        });
        const rest = others.length === 0 ? [] : ['; ', ...fewPhrases(others, MOST_NAMED - 1)];
        return say(
          'measured',
          name(best.name),
          ` takes the least energy, ${formatFigure(value, 'J')} an image`,
          ...rest,
          '.',
        );
      }
      const reason = row.cells.find(({ missing }) => missing !== undefined)?.missing;
      const known = row.cells.find((cell) => cell.value !== null)?.value ?? null;
      if (known !== null) return say('measured', `Energy: ${formatFigure(known, 'J')} an image (${row.place}).`);
      return say('caveat', `Energy is unavailable: ${(reason ?? 'not measured').replace(/\.\s*$/, '')}.`);
    });
}

const joinPrices = (prices: readonly (readonly Phrase[])[]) =>
  prices.flatMap((price, i) => (i === 0 ? price : [', and ', ...price]));

function spell(count: number): string {
  return ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten'][count] ?? String(count);
}
