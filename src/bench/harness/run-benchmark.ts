import type { Measurement } from '../../core/measurement.js';
import { median } from '../../core/statistics/quantile.js';
import { createRandom } from '../../core/statistics/random.js';
import type { RuntimeSession } from '../define-runtime.js';
import { type Arm, attempt, type Copy, isAlive, newArms } from './arm.js';
import { type Bench, EventLoop, isInterrupted, report, Stopwatch } from './bench.js';
import { ClockKnowledge } from './clock/clock-knowledge.js';
import { probeClock } from './clock/probe-clock.js';
import { withDeadline } from './deadline.js';
import { NO_CARRY_OVER } from './disturbances/carry-over.js';
import { assemble, type Findings } from './findings/assemble.js';
import { refuseAbovePeak } from './findings/derived.js';
import { Reducer } from './findings/reduce.js';
import { UNKNOWN_HOST } from './host.js';
import type { BenchmarkArm, BenchmarkHooks, BenchmarkOptions } from './options.js';
import { balancedOrders } from './order.js';
import { PartialSaver } from './partial.js';
import { refuseBadArms, settingsOf } from './settings.js';
import { OutputChecker } from './stages/check.js';
import { timeCold } from './stages/cold.js';
import { type HotTimes, timeCopies } from './stages/copies.js';
import { measureEnergy } from './stages/energy.js';
import { timeLayers } from './stages/layers.js';
import { planSamples, replanned } from './stages/plan.js';
import { disposeCopy, prepareCopy } from './stages/prepare.js';
import { warmUp } from './stages/warm-up.js';

/** Share of the time budget that the first warm-up may take. */
const WARM_UP_SHARE = 0.2;

/**
 * Times arms against each other in one process and returns everything that was found.
 *
 * Arms are interleaved in balanced, seeded order and prepared anew up to eight times: what is drawn once a copy, such as
 * where memory lies, widens intervals and bounds verdicts (A/A floor). Outputs are held against the reference before and
 * after. What goes wrong with one arm fails that arm alone; the result is valid whenever and however timing ends.
 *
 * @param session an open runtime; it stays open
 * @param arms at least one, with distinct names; the first is the baseline
 * @throws ArchmeterError on bad options only
 */
export async function runBenchmark(
  session: RuntimeSession,
  arms: readonly BenchmarkArm[],
  options: BenchmarkOptions = {},
  hooks: BenchmarkHooks = {},
): Promise<Measurement> {
  refuseBadArms(arms);
  const { host = UNKNOWN_HOST } = hooks;
  const environment = await host.environment();
  const settings = settingsOf(session, options, host, environment);
  const time = new Stopwatch(hooks.now?.bind(hooks));
  const saver = new PartialSaver(hooks, time);
  let findings: Findings = {
    startedAt: new Date().toISOString(),
    environment,
    rounds: 0,
    coldRounds: 0,
    copies: 0,
    carryOver: NO_CARRY_OVER,
    stoppedBy: 'interrupt',
    elapsedSeconds: 0,
    checkSeconds: 0,
  };
  const random = createRandom(settings.seed);
  const bench: Bench = {
    session: withDeadline(session, { callLimitSeconds: settings.callLimitSeconds, signal: hooks.signal }),
    settings,
    hooks,
    random,
    preparations: balancedOrders(arms.length, random),
    clock: session.hasDeviceClock ? 'device' : 'wall',
    clocks: new ClockKnowledge(),
    time,
    events: new EventLoop(),
    save: (known, stageEnded) =>
      saver.save(
        () => assemble(bench, known, { ...findings, elapsedSeconds: time.seconds() }, saver.warnings),
        stageEnded,
      ),
  };
  const note = (found: Partial<Findings>): void => {
    findings = { ...findings, ...found };
  };
  const measured = await measure(bench, newArms(arms), note);
  note({ environmentAfter: await host.environment() });
  report(bench, 'done', 1, '');
  return assemble(bench, measured, findings, saver.warnings);
}

type Note = (found: Partial<Findings>) => void;

/** All stages in their order; each takes the arms as the one before left them. */
async function measure(bench: Bench, fresh: readonly Arm[], note: Note): Promise<readonly Arm[]> {
  const { time, settings } = bench;
  await bench.save(fresh, true);
  const began = time.seconds();
  const prepared = await prepareCopy(bench, fresh, 0);
  const prepareSeconds = time.seconds() - began;
  let copy: Copy = prepared.copy;
  try {
    const checker = new OutputChecker(bench);
    const checked = await checker.check(copy, prepared.arms, 'before');
    note({ checkSeconds: time.seconds() - began - prepareSeconds });
    await probeClock(bench);
    const warm = await firstRuns(bench, copy, checked);
    if (!warm.some(isAlive)) note({ stoppedBy: isInterrupted(bench) ? 'interrupt' : 'failure' });
    const hot: HotTimes | undefined =
      isInterrupted(bench) || !warm.some(isAlive)
        ? undefined
        : await timeCopies(bench, { arms: warm, copy, prepareSeconds });
    let arms: readonly Arm[] = hot?.arms ?? warm;
    copy = hot?.copy ?? copy;
    if (hot !== undefined) {
      const { rounds, copies, carryOver, stoppedBy, load, waitingShare } = hot;
      note({ rounds, copies, carryOver, stoppedBy, load, waitingShare });
    }
    const goesOn = (): boolean => !isInterrupted(bench) && arms.some(isAlive);
    await bench.save(arms, true);
    if (settings.cold && goesOn()) {
      const cold = await timeCold(bench, copy, arms);
      arms = cold.arms;
      note({ coldRounds: cold.rounds });
    }
    note({ elapsedSeconds: time.seconds() });
    await bench.save(arms, true);
    if (settings.perLayer && goesOn()) arms = await timeLayers(bench, copy, arms);
    if (!isInterrupted(bench)) arms = await measureEnergy(bench, copy, arms);
    if (!isInterrupted(bench)) arms = await checker.check(copy, arms, 'after');
    arms = await completed(bench, arms);
    if (isInterrupted(bench)) note({ stoppedBy: 'interrupt' });
    else if (!arms.some(isAlive)) note({ stoppedBy: 'failure' });
    return arms;
  } finally {
    await disposeCopy(copy);
  }
}

/** Plans each arm's samples and warms all up. */
async function firstRuns(bench: Bench, copy: Copy, before: readonly Arm[]): Promise<readonly Arm[]> {
  const planned = [...before];
  for (const [index, arm] of before.entries()) {
    if (isInterrupted(bench)) break;
    report(bench, 'warm-up', 0, arm.spec.name);
    planned[index] = await attempt(arm, `running '${arm.spec.name}' for the first time`, async () => ({
      plan: await planSamples(bench, copy, arm),
    }));
  }
  if (isInterrupted(bench)) return planned;
  const warm = await warmUp(bench, copy, planned, WARM_UP_SHARE * bench.settings.timeBudgetSeconds);
  return replanned(bench, warm);
}

/** Refuses rates that the device cannot have; what is left has passed. */
async function completed(bench: Bench, arms: readonly Arm[]): Promise<readonly Arm[]> {
  // The few samples before an interrupt may be anything, even below 0 where two calls were differenced.
  if (isInterrupted(bench)) return arms;
  const reducer = new Reducer(bench, arms, bench.clock);
  return Promise.all(
    arms.map((arm) =>
      arm.hot.length === 0
        ? arm
        : attempt(arm, '', async () => {
            refuseAbovePeak(median(reducer.hot(arm).timesMs), arm.counts, bench.settings.peak);
            return { complete: true };
          }),
    ),
  );
}
