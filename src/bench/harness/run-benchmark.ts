import { analyze } from '../../core/analysis/analyze.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Graph } from '../../core/ir/graph.js';
import type { Measurement } from '../../core/measurement.js';
import { median } from '../../core/statistics/quantile.js';
import { createRandom } from '../../core/statistics/random.js';
import type { RuntimeSession } from '../define-runtime.js';
import { devicePeak } from '../device-peak.js';
import { type Environment, readEnvironment, withAfter } from '../environment.js';
import { newRun } from './arm-run.js';
import { assemble } from './assemble.js';
import { calibrate, lengthen, probeClock } from './calibrate.js';
import { CHECK_TOLERANCE, checkArms } from './check.js';
import { alive, attempt, type Context, isInterrupted, now, report, yieldToEvents } from './context.js';
import { withDeadline } from './deadline.js';
import { refuseAbovePeak } from './derived.js';
import { measureEnergy } from './energy.js';
import { flushBytesFor } from './flush.js';
import { timeLayers } from './layers.js';
import type { ArmCounts, BenchmarkArm, BenchmarkHooks, BenchmarkOptions, Settings } from './options.js';
import { savePartial } from './partial.js';
import { prepareArm } from './prepare.js';
import { reduceHot } from './reduce.js';
import { timeCold, timeHot } from './rounds.js';
import { warmUp } from './warm-up.js';

/**
 * Times arms against each other in one process and returns everything that was found.
 *
 * Arms are interleaved in balanced, seeded order with a second copy of the first arm, whose distance from the first
 * bounds every verdict (A/A control). Outputs are held against the reference before and after. What goes wrong with
 * one arm fails that arm alone; the result is valid whenever and however timing ends.
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
  const readMachine = hooks.environment ?? (() => readEnvironment(session.device));
  const environment = await readMachine();
  const settings = settingsOf(session, options, environment);
  const first = arms[0] as BenchmarkArm;
  const countsOf = memoizedCounts();
  const context: Context = {
    session: withDeadline(session, { callLimitSeconds: settings.callLimitSeconds, signal: hooks.signal }),
    settings,
    hooks,
    runs: [
      ...arms.map((arm) => newRun(arm, arm.counts ?? countsOf(arm.graph), false)),
      newRun({ ...first, name: `${first.name} (A/A control)` }, first.counts ?? countsOf(first.graph), true),
    ],
    random: createRandom(settings.seed),
    clock: session.hasDeviceClock ? 'device' : 'wall',
    clockStepMs: 0,
    quantumMs: { wall: 0, device: 0 },
    readings: { wall: new Set(), device: new Set() },
    empty: {},
    agreement: {},
    yieldedMs: performance.now(),
    uncountedMs: 0,
    beganMs: hooks.now?.() ?? performance.now(),
    environment,
    startedAt: new Date().toISOString(),
    rounds: 0,
    coldRounds: 0,
    stoppedBy: undefined,
    warnings: [],
    savedMs: Number.NEGATIVE_INFINITY,
  };
  try {
    await measure(context);
    context.environment = withAfter(environment, await readMachine());
  } finally {
    for (const run of context.runs) {
      // The device may be gone; its figures are not.
      await run.executable?.dispose().catch(() => undefined);
    }
  }
  report(context, 'done', 1, '');
  return assemble(context);
}

async function measure(context: Context): Promise<void> {
  const { runs, session, settings } = context;
  await savePartial(context, true);
  for (const [index, run] of runs.entries()) {
    await yieldToEvents(context);
    if (isInterrupted(context)) break;
    report(context, 'prepare', index / runs.length, run.arm.name);
    await attempt(run, `preparing '${run.arm.name}'`, () => prepareArm(session, run, settings.seed));
  }
  context.uncountedMs = now(context) - context.beganMs;
  await checkArms(context, 'before');
  await probeClock(context);
  for (const run of runs) {
    if (isInterrupted(context)) break;
    report(context, 'warm-up', 0, run.arm.name);
    await attempt(run, `running '${run.arm.name}' for the first time`, () => calibrate(context, run));
  }
  await warmUp(context);
  for (const run of alive(context)) lengthen(context, run);
  if (alive(context).length > 0) await timeHot(context);
  await savePartial(context, true);
  if (settings.cold && !isInterrupted(context) && alive(context).length > 0) await timeCold(context);
  await savePartial(context, true);
  if (settings.perLayer && !isInterrupted(context)) await timeLayers(context);
  if (!isInterrupted(context)) await measureEnergy(context);
  if (!isInterrupted(context)) await checkArms(context, 'after');
  for (const run of alive(context)) {
    // The few samples before an interrupt may be anything, even below 0 where two calls were differenced.
    if (run.hot.length === 0 || isInterrupted(context)) continue;
    const { timesMs } = reduceHot(context, run, context.clock);
    await attempt(run, '', async () => refuseAbovePeak(median(timesMs), run.counts, settings.peak));
    run.complete = run.failure === undefined;
  }
  if (isInterrupted(context)) context.stoppedBy = 'interrupt';
  else if (alive(context).length === 0) context.stoppedBy = 'failure';
}

function settingsOf(session: RuntimeSession, options: BenchmarkOptions, environment: Environment): Settings {
  const dtype = options.dtype ?? 'float32';
  const peak = options.peak ?? devicePeak(session.device, environment, dtype);
  const settings: Settings = {
    command: '',
    dtype,
    precision: 0.005,
    tolerance: 0.01,
    timeBudgetSeconds: 60,
    seed: 1,
    confidence: 0.95,
    cold: true,
    perLayer: false,
    checkTolerance: CHECK_TOLERANCE[dtype] ?? 1e-3,
    flushBytes: options.flushBytes ?? flushBytesFor(session.device),
    minimumSampleMs: 10,
    minimumRounds: 16,
    resamples: 2000,
    callLimitSeconds: Math.max(300, 2 * (options.timeBudgetSeconds ?? 0)),
    ...options,
    ...(peak === undefined ? {} : { peak }),
  };
  const positive = ['precision', 'tolerance', 'timeBudgetSeconds', 'minimumSampleMs'] as const;
  for (const name of positive) {
    if (settings[name] > 0) continue;
    throw new ArchmeterError(`${name} is ${settings[name]}`, 'Give a number above 0.');
  }
  return settings;
}

function refuseBadArms(arms: readonly BenchmarkArm[]): void {
  if (arms.length === 0) throw new ArchmeterError('there is nothing to time', 'Name at least one model.');
  const names = new Set<string>();
  for (const { name, batch } of arms) {
    if (names.has(name)) throw new ArchmeterError(`two arms are called '${name}'`, 'Give each its own name.');
    names.add(name);
    if (!Number.isInteger(batch) || batch < 1)
      throw new ArchmeterError(`the batch of '${name}' is ${batch}`, 'Give a whole number of at least 1.');
  }
  for (const { name, baseline } of arms) {
    if (baseline === undefined || names.has(baseline)) continue;
    throw new ArchmeterError(`'${name}' is compared with '${baseline}', which is not timed`);
  }
}

function memoizedCounts(): (graph: Graph) => ArmCounts {
  const known = new Map<Graph, ArmCounts>();
  return (graph) => {
    let counts = known.get(graph);
    if (counts === undefined) {
      const { madds, flops, fused } = analyze(graph).totals;
      counts = { madds, flops, fusedBytes: fused.readBytes + fused.writeBytes };
      known.set(graph, counts);
    }
    return counts;
  };
}
