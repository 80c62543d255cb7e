import { METRICS } from '../units.js';
import type { MetricRow } from './metric-rows.js';
import { formatFigure, formatInterval, formatRatio } from './number-format.js';
import { fewPhrases, listPhrases, MOST_NAMED, name, type Phrase, type Sentence, say } from './verdict-phrases.js';
import type { ReportModel, ReportView } from './view.js';

/** What estimates say of a view's models, and which of them they cannot tell apart. */
export function estimateSentences({ models }: ReportView, rows: readonly MetricRow[]): Sentence[] {
  const estimated = rows.filter(({ origin }) => origin === 'estimated');
  const spoken = estimated.filter((row, i) => estimated.findIndex((other) => saysTheSame(row, other)) === i);
  return spoken.flatMap((row) => {
    const places = estimated.flatMap((other) => (saysTheSame(row, other) ? (other.place ?? []) : []));
    const known = models.flatMap((model) => knownOf(model, row)).sort((a, b) => a.value - b.value);
    const [first] = known;
    if (first === undefined) return [];
    const on = `On ${places.join(' and ')}`;
    if (models.length === 1) {
      const range = rangeOf(first, row);
      return [say('estimated', `${on} the ${whatOf(row)} would be ${formatFigure(first.value, row.unit)}${range}.`)];
    }
    if (known.length === 1) return [];
    return [first.fromLiterature ? ranking(on, known, row) : comparison(on, known, row)];
  });
}

interface Known {
  readonly model: ReportModel;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly fromLiterature: boolean;
}

function knownOf(model: ReportModel, { id, place, cells }: MetricRow): Known[] {
  const { value = null, low, high } = cells[model.index] ?? {};
  if (value === null) return [];
  const estimate = model.estimates.find(({ device }) => device === place);
  const fromLiterature = id === 'estimatedEnergyJoules' && estimate?.energyMode === 'literature';
  return [{ model, value, low: low ?? value, high: high ?? value, fromLiterature }];
}

/** Energy by constants from the literature is the same on all devices of a process. */
function saysTheSame(a: MetricRow, b: MetricRow): boolean {
  return a.id === b.id && a.cells.every(({ value }, i) => value === b.cells[i]?.value);
}

const whatOf = ({ id }: MetricRow) => (METRICS[id].unit === 'J' ? 'energy of an image' : 'latency');

function rangeOf({ low, high }: Known, { unit }: MetricRow): string {
  return low === high ? '' : ` (${formatInterval(low, high, unit)})`;
}

/** Constants from the literature err alike for all models: they rank, whatever the width of their intervals. */
function ranking(on: string, known: readonly Known[], { unit }: MetricRow): Sentence {
  const [first, ...rest] = known as [Known, ...Known[]];
  const others = rest.map(({ model, value }): Phrase[] => [name(model.name), ` ${formatRatio(value / first.value)}`]);
  return say(
    'estimated',
    `${on}, by energy constants from the literature, `,
    name(first.model.name),
    ` would take the least energy, ${formatFigure(first.value, unit)} an image; `,
    ...behindPhrases(others, rest, first.value),
    ' as much. They rank; they are not joules of that device.',
  );
}

/** All of three models; of more the next one, and how far the rest reach. */
function behindPhrases(phrases: readonly Phrase[][], models: readonly Known[], least: number): Phrase[] {
  if (phrases.length < MOST_NAMED) return listPhrases(phrases);
  const most = Math.max(...models.map(({ value }) => value));
  return [...fewPhrases(phrases, 1), ` up to ${formatRatio(most / least)}`];
}

function comparison(on: string, known: readonly Known[], row: MetricRow): Sentence {
  const [first, ...rest] = known as [Known, ...Known[]];
  const near = rest.filter(({ low }) => low <= first.high);
  const behind = rest.filter((one) => !near.includes(one));
  const figures = (list: readonly Known[]) =>
    list.map((one): Phrase[] => [name(one.model.name), ` ${formatFigure(one.value, row.unit)}${rangeOf(one, row)}`]);
  if (near.length === 0) {
    return say(
      'estimated',
      `${on} `,
      name(first.model.name),
      ` would have the least ${whatOf(row)}, ${formatFigure(first.value, row.unit)}${rangeOf(first, row)}; `,
      ...behindPhrases(
        behind.map((one) => [name(one.model.name), ` ${formatRatio(one.value / first.value)}`]),
        behind,
        first.value,
      ),
      ' as much.',
    );
  }
  const beyond = behind.map((one): Phrase[] => [name(one.model.name), ` at ${formatRatio(one.value / first.value)}`]);
  const later: Phrase[] =
    beyond.length === 0
      ? []
      : known.length > MOST_NAMED
        ? [`; ${beyond.length} ${beyond.length === 1 ? 'model lies' : 'models lie'} beyond them`]
        : [`; beyond them lie${beyond.length === 1 ? 's' : ''} `, ...listPhrases(beyond), ' the lowest'];
  const together = [first, ...near];
  if (together.length > MOST_NAMED) {
    const last = together.at(-1) as Known;
    return say(
      'estimated',
      `${on} the estimates of ${whatOf(row)} do not tell ${together.length} models apart, from `,
      ...listPhrases(figures([first])),
      ` to ${formatFigure(last.value, row.unit)}${rangeOf(last, row)}`,
      ...later,
      '.',
    );
  }
  return say(
    'estimated',
    `${on} the estimates of ${whatOf(row)} do not tell `,
    ...listPhrases(together.map((one) => [name(one.model.name)])),
    ' apart: ',
    ...listPhrases(figures(together)),
    ...later,
    '.',
  );
}
