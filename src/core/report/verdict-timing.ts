import type { ArmComparison, ComparisonVerdict, Measurement } from '../measurement.js';
import { formatRatio, significant } from './number-format.js';
import { fewPhrases, MOST_NAMED, name, type Phrase, type Sentence, say } from './verdict-phrases.js';
import { describeRig, type ReportModel, type ReportView } from './view.js';

/** What one measurement says about a view's models, and which of them it shows to be the fastest, if any. */
export interface TimingVerdict {
  readonly sentences: readonly Sentence[];
  readonly fastest: ReportModel | undefined;
}

export function timingSentences({ models, measurements }: ReportView, measurement: Measurement): TimingVerdict {
  const names = new Set(models.map((model) => model.name));
  const comparisons = measurement.comparisons.filter(
    (comparison) => names.has(comparison.name) && names.has(comparison.baseline),
  );
  const rig = measurements.length > 1 ? ` on ${describeRig(measurement)}` : '';
  const place = measurement.settings.clock === 'device' ? `${rig} by the device clock` : rig;
  const having = (verdict: ComparisonVerdict) => comparisons.filter((comparison) => comparison.verdict === verdict);
  const sentences: Sentence[] = [
    ...fasterSentences(
      having('faster').sort((a, b) => a.ratio - b.ratio),
      measurement,
      place,
    ),
    ...slowerSentences(
      having('slower').sort((a, b) => a.ratio - b.ratio),
      comparisons,
      measurement,
      place,
    ),
    ...gathered(having('equivalent'), 'take the same time as', 'measured', (comparison) =>
      equivalent(comparison, measurement, place),
    ),
    ...gathered(having('inconclusive'), 'may be faster or slower than', 'inconclusive', (comparison) =>
      inconclusive(comparison, measurement, place),
    ),
  ];
  const arms = measurement.arms.filter((arm) => names.has(arm.name));
  for (const arm of arms) {
    if (arm.status === 'ok') continue;
    const state = arm.status === 'failed' ? 'failed and has no timing' : 'stopped early: its timing is partial';
    const reason = arm.message === undefined ? '' : ` (${arm.message.replace(/\.\s*$/, '')})`;
    sentences.push(say('caveat', name(arm.name), ` ${state}${rig}${reason}.`));
  }
  if (comparisons.length === 0 && arms.length > 1) {
    sentences.push(say('inconclusive', `The timings${rig} were not compared with each other.`));
  }
  const fastest = fastestOf(comparisons);
  return { sentences, fastest: models.find((model) => model.name === fastest) };
}

/**
 * The arm that is faster than all others: the baseline where every other is slower; another arm where it is faster than
 * the baseline and its interval lies below those of all others.
 */
function fastestOf(comparisons: readonly ArmComparison[]): string | undefined {
  const [first, ...rest] = [...comparisons].sort((a, b) => a.ratio - b.ratio);
  if (first === undefined || comparisons.some(({ baseline }) => baseline !== first.baseline)) return undefined;
  if (comparisons.every(({ verdict }) => verdict === 'slower')) return first.baseline;
  if (first.verdict !== 'faster') return undefined;
  return rest.every(({ low = 0 }) => low > (first.high ?? Number.POSITIVE_INFINITY)) ? first.name : undefined;
}

function fasterSentences(faster: readonly ArmComparison[], measurement: Measurement, place: string): Sentence[] {
  const [first] = faster;
  if (first === undefined) return [];
  const items = faster.map((comparison): Phrase[] => [
    name(comparison.name),
    ` is ${formatRatio(1 / comparison.ratio)} as fast${range(inverse(comparison.high), inverse(comparison.low))}`,
  ]);
  return [
    say(
      'measured',
      'Against ',
      name(first.baseline),
      ', ',
      ...fewPhrases(items, beside(items)),
      `${items.length > beside(items) ? ' are faster too' : ''}${place}; ${intervals(measurement, first)}.`,
    ),
  ];
}

function slowerSentences(
  slower: readonly ArmComparison[],
  all: readonly ArmComparison[],
  measurement: Measurement,
  place: string,
): Sentence[] {
  const [first] = slower;
  if (first === undefined) return [];
  const items = slower.map((comparison): Phrase[] => [
    name(comparison.name),
    ` takes ${formatRatio(comparison.ratio)}${range(comparison.low, comparison.high)}`,
  ]);
  const shown = beside(items);
  const last = slower.at(-1) as ArmComparison;
  const rest = items.length > shown ? ` up to ${formatRatio(last.ratio)}` : '';
  const end = `${rest} its time${place}; ${intervals(measurement, first)}.`;
  const list = fewPhrases(items, shown);
  if (slower.length === all.length && fastestOf(all) === first.baseline) {
    return [say('measured', name(first.baseline), ' is the fastest: ', ...list, end)];
  }
  return [say('measured', 'Slower than ', name(first.baseline), ': ', ...list, end)];
}

/** Of a list beside the baseline: all of three, else two and how many others. */
const beside = ({ length }: readonly unknown[]): number => (length > MOST_NAMED ? MOST_NAMED - 1 : MOST_NAMED);

/** A sentence each; one for all where they are many. */
function gathered(
  comparisons: readonly ArmComparison[],
  what: string,
  certainty: 'measured' | 'inconclusive',
  each: (comparison: ArmComparison) => Sentence,
): Sentence[] {
  const [first] = comparisons;
  if (first === undefined || comparisons.length <= MOST_NAMED) return comparisons.map(each);
  const names = comparisons.map((comparison): Phrase[] => [name(comparison.name)]);
  const open = certainty === 'inconclusive' ? ': no difference is proven, nor that there is none' : '';
  return [say(certainty, ...fewPhrases(names, MOST_NAMED - 1), ` ${what} `, name(first.baseline), `${open}.`)];
}

function equivalent(
  { name: arm, baseline, low, high }: ArmComparison,
  { settings }: Measurement,
  place: string,
): Sentence {
  return say(
    'measured',
    name(arm),
    ' and ',
    name(baseline),
    ` take the same time within ±${significant(settings.tolerance * 100)} %${place}${range(low, high, 'ratio ')}.`,
  );
}

function inconclusive(
  { name: arm, baseline, ratio, low, high, rounds }: ArmComparison,
  { settings }: Measurement,
  place: string,
): Sentence {
  const over = rounds === undefined ? '' : ` over ${rounds} round${rounds === 1 ? '' : 's'}`;
  return say(
    'inconclusive',
    'Whether ',
    name(arm),
    ' or ',
    name(baseline),
    ` is faster${place} is open: a time ratio of ${significant(ratio)}${range(low, high)}${over} proves neither a difference nor equality within ±${significant(settings.tolerance * 100)} %.`,
  );
}

const inverse = (value: number | undefined) => (value === undefined ? undefined : 1 / value);

/** ` (1.02 to 1.05)`; nothing where there is no interval. */
function range(low: number | undefined, high: number | undefined, what = ''): string {
  return low === undefined || high === undefined ? '' : ` (${what}${significant(low)} to ${significant(high)})`;
}

/** `95 % intervals`. */
function intervals({ arms }: Measurement, { name: arm, confidence }: ArmComparison): string {
  const found = arms.find((candidate) => candidate.name === arm);
  const level = confidence ?? (found?.device ?? found?.wall)?.hot.confidence;
  return level === undefined ? 'intervals in brackets' : `${significant(level * 100)} % intervals`;
}
