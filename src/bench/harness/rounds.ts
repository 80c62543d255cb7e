import { ratioInterval } from '../../core/statistics/paired-ratio.js';
import { roundsForVerdict } from '../../core/statistics/verdict.js';
import { comparisonPairs } from './comparisons.js';
import { alive, attempt, type Context, elapsedSeconds, isInterrupted, report, yieldToEvents } from './context.js';
import { distributionOf, ratioOf, relativeHalfWidth } from './estimate.js';
import { balancedOrders } from './order.js';
import { savePartial } from './partial.js';
import { reduceCold, reduceHot } from './reduce.js';
import { preheat, takeColdSample, takeHotSample } from './sample.js';

/** Share of the time budget kept for the cold rounds. */
const COLD_SHARE = 0.15;
const MOST_COLD_ROUNDS = 50;
/** Resamples of the bootstraps that only decide whether to go on. */
const QUICK_RESAMPLES = 400;

/**
 * Interleaved rounds until every median and every ratio is known to the precision, or the budget is spent. A round
 * visits the arms in a balanced order and, where time allows, back again: what drifts evenly cancels within it. The
 * first round is always finished.
 */
export async function timeHot(context: Context): Promise<void> {
  const { settings, runs } = context;
  const deadline = settings.timeBudgetSeconds * (settings.cold ? 1 - COLD_SHARE : 1);
  const orders = balancedOrders(runs.length, context.random);
  const beganSeconds = elapsedSeconds(context);
  const mirrored = 2 * roundSeconds(context) * settings.minimumRounds <= deadline - beganSeconds;
  let nextCheck = settings.minimumRounds;
  for (let round = 0; ; round++) {
    const order = orders.next().value as readonly number[];
    const visits = mirrored ? [...order, ...order.slice().reverse()] : order;
    for (const index of visits) {
      const run = runs[index];
      if (run === undefined || run.failure !== undefined) continue;
      await yieldToEvents(context);
      if (isInterrupted(context)) return stop(context, 'interrupt');
      if (round > 0 && elapsedSeconds(context) >= deadline) return stop(context, 'time-budget');
      await attempt(run, `timing '${run.arm.name}'`, async () => {
        await preheat(context, run);
        // Samples of one visit share what disturbs it: another visit tells more than another sample.
        run.hot.push(await takeHotSample(context, run, 'hot', round));
      });
      const fraction = (elapsedSeconds(context) - beganSeconds) / (deadline - beganSeconds);
      report(context, 'hot', fraction, run.arm.name);
    }
    context.rounds = round + 1;
    await savePartial(context, false);
    if (alive(context).length === 0) return stop(context, 'failure');
    if (context.rounds === settings.maximumRounds) return stop(context, 'time-budget');
    if (context.rounds >= nextCheck) {
      if (isPrecise(context)) return stop(context, 'precision');
      nextCheck = Math.ceil(context.rounds * 1.3);
    }
  }
}

/** Rounds in which caches are flushed before each single run; none where the budget does not hold one. */
export async function timeCold(context: Context): Promise<void> {
  const { settings, runs } = context;
  if (elapsedSeconds(context) + roundSeconds(context) > settings.timeBudgetSeconds) return;
  const orders = balancedOrders(runs.length, context.random);
  for (let round = 0; round < MOST_COLD_ROUNDS; round++) {
    for (const index of orders.next().value as readonly number[]) {
      const run = runs[index];
      if (run === undefined || run.failure !== undefined || run.isControl) continue;
      await yieldToEvents(context);
      if (isInterrupted(context)) return stop(context, 'interrupt');
      if (round > 0 && elapsedSeconds(context) >= settings.timeBudgetSeconds) return;
      await attempt(run, `timing '${run.arm.name}' with cold caches`, async () => {
        run.cold.push(await takeColdSample(context, run, round));
      });
      report(context, 'cold', round / MOST_COLD_ROUNDS, run.arm.name);
    }
    context.coldRounds = round + 1;
    if (alive(context).length === 0) return stop(context, 'failure');
    if (
      round >= 9 &&
      alive(context).every((run) => run.isControl || medianIsPrecise(context, reduceCold(context, run, context.clock)))
    )
      return;
  }
}

/** About what a round takes, by the last sample of warm-up of each arm. */
function roundSeconds(context: Context): number {
  return alive(context).reduce((sum, { warmUp }) => sum + (warmUp[warmUp.length - 1] ?? 0) / 1000, 0);
}

function stop(context: Context, reason: NonNullable<Context['stoppedBy']>): void {
  context.stoppedBy = reason;
}

function isPrecise(context: Context): boolean {
  const { settings, clock } = context;
  const quick = { ...settings, resamples: QUICK_RESAMPLES };
  const pairs = comparisonPairs(context);
  const rounds = roundsForVerdict(pairs.length - 1);
  return (
    alive(context).every((run) => medianIsPrecise(context, reduceHot(context, run, clock).timesMs)) &&
    pairs.every(([arm, baseline]) => {
      const paired = ratioOf(context, arm, baseline, quick);
      const { estimate, low, high } = ratioInterval(paired, settings.confidence);
      return paired.independentRounds >= rounds && relativeHalfWidth(estimate, low, high) <= settings.precision;
    })
  );
}

function medianIsPrecise(context: Context, samples: readonly number[]): boolean {
  const { settings } = context;
  const { medianMs, lowMs, highMs } = distributionOf(samples, { ...settings, resamples: QUICK_RESAMPLES });
  return relativeHalfWidth(medianMs, lowMs, highMs) <= settings.precision;
}
