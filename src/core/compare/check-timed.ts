import type { ArmMeasurement, Measurement } from '../measurement.js';
import { competingFactor } from '../statistics/competing-load.js';
import { METRICS } from '../units.js';
import type { BaselineModel } from './baseline.js';
import { acceptCommand, type CheckOptions } from './check.js';
import type { GateRow, GateVerdict } from './gate.js';
import { MEASURED_METRICS, type MeasuredMetric, type MetricRule, parseQuantity } from './gate-config.js';
import { acceptedRow, type Direction } from './judge.js';

/** The arms of one model in a measurement that timed both revisions interleaved. */
export interface TimedModel {
  readonly name: string;
  readonly location?: GateRow['location'];
  readonly head: string;
  readonly base: string;
  /** The base timed a second time, where energy is gated: what energy differs by although nothing does. */
  readonly control?: string | undefined;
}

export type MeasuredRules = Readonly<Partial<Record<MeasuredMetric, MetricRule>>>;

/** The measured metrics that a model's rules gate. */
export function measuredRules(rules: MeasuredRules): MeasuredRules {
  return Object.fromEntries(
    MEASURED_METRICS.flatMap((metric) => {
      const rule = rules[metric];
      return rule === undefined || rule.level === 'off' ? [] : [[metric, rule]];
    }),
  );
}

/** Whether a first measurement finds something worse, so that a second has to confirm it. */
export function needsConfirmation(model: TimedModel, rules: MeasuredRules, measurement: Measurement): boolean {
  return Object.entries(measuredRules(rules)).some(
    ([metric, rule]) => judgeOnce(model, metric as MeasuredMetric, rule, measurement).state === 'worse',
  );
}

/**
 * Judges a model's measured metrics. Worse is what lies with its whole interval beyond the tolerance and the A/A floor
 * in the first measurement and again in the second; what lies within the tolerance with its whole interval passes;
 * anything else is inconclusive.
 *
 * @param runs one measurement, or two where the first needed confirmation
 */
export function checkTimed(
  model: TimedModel,
  rules: MeasuredRules,
  runs: readonly [Measurement, (Measurement | undefined)?],
  baseline: BaselineModel | undefined,
  options: CheckOptions,
): GateRow[] {
  return Object.entries(measuredRules(rules)).map(([id, rule]) => {
    const metric = id as MeasuredMetric;
    const first = judgeOnce(model, metric, rule, runs[0]);
    const second = runs[1] === undefined ? undefined : judgeOnce(model, metric, rule, runs[1]);
    const bad: GateVerdict = rule.level === 'warn' ? 'warn' : 'fail';
    const row = (verdict: GateVerdict, detail: string): GateRow => ({
      model: model.name,
      metric,
      expected: first.expected,
      actual: first.actual,
      verdict,
      detail,
      ...(model.location === undefined ? {} : { location: model.location }),
    });
    if (first.state !== 'worse') return row(VERDICTS[first.state], first.detail);
    if (second?.state !== 'worse')
      return row(
        'inconclusive',
        `${first.detail}; ${second === undefined ? 'not timed again' : 'a second measurement did not confirm it'}`,
      );
    const accepted = Object.hasOwn(baseline?.accepted ?? {}, metric) ? baseline?.accepted?.[metric] : undefined;
    const judged = acceptedRow(accepted, first.actual ?? 0, directionOf(metric, rule), options.today);
    if (judged?.verdict === 'accepted') return row('accepted', judged.detail);
    return {
      ...row(bad, judged?.detail ?? `${first.detail}; confirmed by a second measurement`),
      ...(options.acceptable === false
        ? {}
        : {
            accept: acceptCommand(
              model.name,
              metric,
              ` --until ${daysAfter(options.today, 30)}${options.commandOptions ?? ''}`,
            ),
          }),
    };
  });
}

function daysAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}

/** A row for a measured metric that was not, or could not be, compared. */
export function notComparedRow(
  model: Pick<TimedModel, 'name' | 'location'>,
  metric: MeasuredMetric,
  verdict: 'pass' | 'not-comparable',
  detail: string,
): GateRow {
  return {
    model: model.name,
    metric,
    expected: null,
    actual: null,
    verdict,
    detail,
    ...(model.location === undefined ? {} : { location: model.location }),
  };
}

type State = 'worse' | 'better' | 'same' | 'unclear' | 'unknown';

const VERDICTS: Readonly<Record<Exclude<State, 'worse'>, GateVerdict>> = {
  better: 'improved',
  same: 'pass',
  unclear: 'inconclusive',
  unknown: 'not-comparable',
};

interface Judgement {
  readonly state: State;
  readonly expected: number | null;
  readonly actual: number | null;
  readonly detail: string;
}

/** A measured figure of both sides, and the interval of actual over expected. */
interface Compared {
  readonly expected: number;
  readonly actual: number;
  readonly low: number;
  readonly high: number;
  /** Interval of `actual` itself. */
  readonly actualLow: number;
  readonly actualHigh: number;
  /** Ratio above 1 that differs for no reason. */
  readonly floor: number;
}

function judgeOnce(model: TimedModel, metric: MeasuredMetric, rule: MetricRule, measurement: Measurement): Judgement {
  const compared = compare(model, metric, measurement);
  if (typeof compared === 'string') {
    const state = metric === 'measuredEnergyJoules' ? 'unknown' : 'unclear';
    return { state, expected: null, actual: null, detail: compared };
  }
  const { expected, actual, floor } = compared;
  const budget = judgeBudget(rule, compared);
  if (budget?.state === 'worse') return { ...budget, expected, actual };
  const direction = directionOf(metric, rule);
  const [low, high] = worseRatio(compared, direction);
  const absolute = rule.absolute === undefined ? 0 : parseQuantity(rule.absolute) / expected;
  const tolerance = 1 + Math.max(rule.relative ?? measurement.settings.tolerance, absolute);
  const competing = competingLoad(measurement);
  const limit = Math.max(tolerance, floor, competing);
  const [shownLow, shownHigh] = [compared.low, compared.high].map(percent);
  const load = competing > 1 ? `, other load ${percent(competing)}` : '';
  const detail = `${shownLow} to ${shownHigh}; tolerance ${percent(tolerance)}, A/A floor ${percent(floor)}${load}`;
  const state: State = low > limit ? 'worse' : high < 1 / limit ? 'better' : high <= tolerance ? 'same' : 'unclear';
  if (budget !== undefined && state !== 'worse') return { ...budget, expected, actual };
  return { state, expected, actual, detail };
}

/** Ratio that other programs may account for. */
function competingLoad({ settings, environment }: Measurement): number {
  const share = environment['processorWaitingShare'];
  return settings.clock === 'wall' && typeof share === 'number' ? competingFactor(share, settings.tolerance) : 1;
}

/** Undefined where the whole interval is within the budget. */
function judgeBudget(
  { max, min }: MetricRule,
  { actualLow, actualHigh }: Compared,
): Pick<Judgement, 'state' | 'detail'> | undefined {
  const [most, least] = [max ?? Number.POSITIVE_INFINITY, min ?? 0].map(parseQuantity) as [number, number];
  if (actualLow > most) return { state: 'worse', detail: `above its budget of ${max}` };
  if (actualHigh < least) return { state: 'worse', detail: `below its least of ${min}` };
  if (actualHigh > most) return { state: 'unclear', detail: `its interval holds the budget of ${max}` };
  if (actualLow < least) return { state: 'unclear', detail: `its interval holds the least of ${min}` };
  return undefined;
}

function directionOf(metric: MeasuredMetric, { direction }: MetricRule): Direction {
  return direction ?? METRICS[metric].better;
}

/** Interval of how many times worse it became. */
function worseRatio({ low, high }: Compared, direction: Direction): readonly [number, number] {
  if (direction === 'lower') return [low, high];
  if (direction === 'higher') return [1 / high, 1 / low];
  const far = Math.max(high, 1 / low);
  return low <= 1 && high >= 1 ? [1, far] : [low > 1 ? low : 1 / high, far];
}

function compare(model: TimedModel, metric: MeasuredMetric, measurement: Measurement): Compared | string {
  const arm = (name: string) => measurement.arms.find((candidate) => candidate.name === name);
  const [head, base] = [arm(model.head), arm(model.base)];
  if (head === undefined || base === undefined) return 'it was not timed on both sides';
  const failed = [head, base].find(({ status }) => status === 'failed');
  if (failed !== undefined)
    return `${failed === head ? 'the head' : 'the base'} failed: ${failed.message ?? 'no reason is given'}`;
  const floor = measurement.control?.floor ?? Number.POSITIVE_INFINITY;
  if (metric === 'measuredEnergyJoules') return compareEnergy(head, base, model.control && arm(model.control), floor);
  const comparison = measurement.comparisons.find(
    ({ name, baseline }) => name === model.head && baseline === model.base,
  );
  const { clock } = measurement.settings;
  const [now, before] = [head[clock]?.hot, base[clock]?.hot];
  if (comparison === undefined || now === undefined || before === undefined)
    return 'timing ended before it was compared';
  const { low, high } = comparison;
  const { lowMs: nowLow, highMs: nowHigh } = now;
  if (low === undefined || high === undefined || nowLow === undefined || nowHigh === undefined)
    return 'there were too few copies for an interval: give more time (--time-budget)';
  if (metric === 'measuredLatencyMs') {
    const [expected, actual] = [before.medianMs, now.medianMs];
    return { expected, actual, low, high, actualLow: nowLow, actualHigh: nowHigh, floor };
  }
  const rate = (madds: number, ms: number) => (1000 * madds) / ms;
  const madds = head.madds / base.madds;
  return {
    expected: rate(base.madds, before.medianMs),
    actual: rate(head.madds, now.medianMs),
    low: madds / high,
    high: madds / low,
    actualLow: rate(head.madds, nowHigh),
    actualHigh: rate(head.madds, nowLow),
    floor,
  };
}

/** Energy has no interval: the distance of two arms of one graph stands for it. */
function compareEnergy(
  head: ArmMeasurement,
  base: ArmMeasurement,
  control: ArmMeasurement | undefined | '',
  timeFloor: number,
): Compared | string {
  const energies = [head, base, control || undefined].map((arm) => arm?.energy);
  const missing = energies.find((energy) => energy?.status !== 'measured');
  if (missing !== undefined && missing.status === 'unavailable') return `energy is unavailable: ${missing.reason}`;
  const [actual, expected, again] = energies.map((energy) =>
    energy?.status === 'measured' ? energy.grossEnergyJoules : Number.NaN,
  ) as [number, number, number];
  const floor = Math.max(timeFloor, Math.exp(Math.abs(Math.log(again / expected))));
  if (!(actual > 0 && expected > 0 && Number.isFinite(floor)))
    return 'energy was not measured on both sides and twice at the base';
  const ratio = actual / expected;
  return {
    expected,
    actual,
    low: ratio / floor,
    high: ratio * floor,
    actualLow: actual / floor,
    actualHigh: actual * floor,
    floor,
  };
}

function percent(ratio: number): string {
  if (!Number.isFinite(ratio)) return 'unknown';
  const change = 100 * (ratio - 1);
  const size = Math.abs(change);
  return `${change < 0 ? '−' : '+'}${size < 1000 ? size.toPrecision(3) : Math.round(size)} %`;
}
