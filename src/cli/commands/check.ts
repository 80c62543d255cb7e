import { type CheckOptions, checkModel, shellQuoted } from '../../core/compare/check.js';
import { type GateOutcome, type GateRow, outcomeOf } from '../../core/compare/gate.js';
import { MEASURED_METRICS } from '../../core/compare/gate-config.js';
import { checkRatios } from '../../core/compare/ratios.js';
import { ArchmeterError } from '../../core/errors.js';
import type { HistoryEntry } from '../../core/report/define-reporter.js';
import { annotationOfError, isRegression } from '../../core/report/gate/index.js';
import { type Arguments, defineCommand, type Streams } from '../define-command.js';
import { type Base, baselineAsBase, revisionAsBase } from '../gate/base.js';
import { deliverOutcome, GATE_OUTPUT_OPTIONS, wantsGithub } from '../gate/outputs.js';
import {
  CONFIG_OPTION,
  type GateSession,
  loadSessionModels,
  openGate,
  type SessionModel,
  shownPath,
  today,
} from '../gate/session.js';
import type { TimedCheck } from '../gate/time.js';
import { TIMING_OPTIONS } from '../options/timing.js';
import { commandLine, writeFileSafely } from '../output.js';

/** A report holds the models whose figures changed; up to so many where none did. */
const MOST_UNCHANGED_MODELS = 12;
/** A command that accepts more models than these leaves their names out: it updates all. */
const MOST_NAMED = 20;
const EXIT_CODES = { pass: 0, fail: 1, inconclusive: 3 } as const;

export default defineCommand({
  usage: 'check',
  summary: 'The CI gate: budgets, and regressions against the baseline or a git revision',
  options: {
    ...CONFIG_OPTION,
    against: {
      type: 'string',
      describe: "Compare with the models' own files at the commit shared with this git revision",
      requiresArg: true,
    },
    time: { type: 'boolean', describe: 'Time both revisions interleaved, for measured metrics; with --against' },
    measurement: {
      type: 'string',
      describe: 'With --time but no --against: a measurement taken earlier, which is looked at and never failed by',
      requiresArg: true,
    },
    'save-measurement': {
      type: 'string',
      describe: 'With --time: write the measurement to this file (JSON)',
      requiresArg: true,
    },
    'fail-on-inconclusive': { type: 'boolean', describe: 'Exit with 3 where a timing is inconclusive' },
    ...GATE_OUTPUT_OPTIONS,
    ...timingOptions(),
  },
  examples: [
    ['check', 'against archmeter.baseline.json'],
    ['check --against origin/main', "against the pull request's base"],
    ['check --against origin/main --time', 'timings too'],
    ['check --comment comment.md --sarif archmeter.sarif --junit archmeter.xml', 'files for CI'],
  ],
  async run(args, streams) {
    try {
      return await check(args, streams);
    } catch (error) {
      if (error instanceof ArchmeterError && wantsGithub(args)) streams.annotate(annotationOfError(error), 'out');
      throw error;
    }
  },
});

/** Both sides are timed hot and whole, so options for anything else are left out. */
function timingOptions() {
  const { cold: _cold, 'per-layer': _perLayer, 'save-measurement': _save, ...options } = TIMING_OPTIONS;
  return options;
}

async function check(args: Arguments, streams: Streams): Promise<number> {
  const revision = args['against'] as string | undefined;
  refuseOddTiming(args);
  const session = await openGate(args);
  const models = await loadSessionModels(session);
  const base = revision === undefined ? await baselineAsBase(session) : await revisionAsBase(session, revision, models);
  const options: CheckOptions = {
    today: today(),
    commandOptions: session.commandOptions,
    fromRevision: revision !== undefined,
    acceptable: session.baselinePath !== undefined,
  };
  const timed = await timedRows(models, base, session, options, args, streams);
  const rows = [
    ...models.flatMap((model) => analyticRows(model, base, session, options)),
    ...timed.rows,
    ...(await ratioRows(session)),
  ];
  if (rows.length === 0 && session.config.findings === undefined) {
    throw new ArchmeterError('the configuration judges nothing', "Name metrics under 'metrics'.", {
      file: shownPath(session.path),
    });
  }
  const outcome: GateOutcome = {
    verdict: outcomeOf(rows),
    rows,
    against: base.against,
    dtype: [...new Set(models.map(({ result }) => result.options.dtype))].join(', '),
    accept: acceptAll(rows, session, revision !== undefined),
    ...(base.notes.length === 0 ? {} : { notes: base.notes }),
  };
  const entry = args['history'] === undefined ? undefined : await historyEntry(session, models, outcome);
  const report = {
    title: 'Efficiency gate',
    command: commandLine(),
    analyses: reported(models, rows).map(({ result }) => result),
    graphs: reported(models, rows).map(({ graph }) => graph),
    measurements: timed.measurements,
  };
  await deliverOutcome(outcome, report, entry && (await append(String(args['history']), entry)), args, streams);
  const code = EXIT_CODES[outcome.verdict];
  return code === 3 && args['fail-on-inconclusive'] !== true ? 0 : code;
}

function analyticRows(model: SessionModel, base: Base, session: GateSession, options: CheckOptions): GateRow[] {
  const rows = checkModel(model, base.entry(model.name), session.config, options);
  const problem = base.problem(model.name);
  if (problem === undefined) return rows;
  const unknown = ({ verdict, metric }: GateRow) => verdict === 'pass' || metric.startsWith('finding:');
  return rows.map((row) => (unknown(row) ? { ...row, verdict: 'not-comparable', detail: problem } : row));
}

/** Options of timing that would be passed over in silence are errors. */
function refuseOddTiming(args: Arguments): void {
  const [against, measurement, save] = ['against', 'measurement', 'save-measurement'].map((name) => args[name]);
  if (args['time'] === true) {
    if (against !== undefined && measurement !== undefined) {
      throw new ArchmeterError('--against and --measurement are two bases', 'Give one of them.');
    }
    if (against === undefined && measurement === undefined && save === undefined) {
      throw new ArchmeterError(
        '--time needs something to time against',
        'Give --against <git revision>; a --measurement taken earlier tells less.',
      );
    }
    return;
  }
  const odd = measurement !== undefined ? '--measurement' : save !== undefined ? '--save-measurement' : undefined;
  if (odd !== undefined) throw new ArchmeterError(`${odd} means nothing without --time`, 'Add --time.');
}

async function timedRows(
  models: readonly SessionModel[],
  base: Base,
  { config }: GateSession,
  options: CheckOptions,
  args: Arguments,
  streams: Streams,
): Promise<TimedCheck> {
  const { checkByTiming, untimedRows } = await import('../gate/time.js');
  if (args['time'] !== true) return { rows: untimedRows(models, config), measurements: [] };
  let timed: TimedCheck;
  if (args['against'] !== undefined) timed = await checkByTiming(models, base, config, options, args, streams);
  else {
    const { checkAgainstStored, readMeasurement } = await import('../gate/stored.js');
    const path = args['measurement'] as string | undefined;
    const stored = path === undefined ? undefined : await readMeasurement(path);
    timed = await checkAgainstStored(models, stored, config, args, streams);
  }
  const save = args['save-measurement'] as string | undefined;
  if (save !== undefined && timed.measurements[0] !== undefined)
    await writeFileSafely(save, `${JSON.stringify(timed.measurements[0], null, 2)}\n`, args, streams);
  return timed;
}

async function ratioRows({ config, folder }: GateSession): Promise<GateRow[]> {
  if (config.ratios === undefined) return [];
  const [{ readRatios }, { resolve }] = await Promise.all([import('../../node/ratios-file.js'), import('node:path')]);
  const rows: GateRow[] = [];
  for (const { file, limits } of config.ratios) {
    const path = resolve(folder, file);
    rows.push(...checkRatios(await readRatios(path, shownPath(path)), limits, shownPath(path)));
  }
  return rows;
}

/** One command that accepts every regression: the baseline itself, or what the revision is excused from. */
function acceptAll(rows: readonly GateRow[], session: GateSession, fromRevision: boolean): string | undefined {
  const commands = rows.filter(isRegression).flatMap(({ accept }) => accept ?? []);
  if (commands.length === 0) return undefined;
  if (fromRevision) return [...new Set(commands)].join('\n');
  const acceptable = rows.filter((row) => isRegression(row) && row.accept !== undefined);
  const names = [...new Set(acceptable.map(({ model }) => model))];
  const named = names.length > MOST_NAMED ? '' : names.map((name) => ` ${shellQuoted(name)}`).join('');
  return `archmeter baseline update${named} --reason "…"${session.commandOptions}`;
}

function reported(models: readonly SessionModel[], rows: readonly GateRow[]): readonly SessionModel[] {
  const told = new Set(rows.filter(({ verdict }) => verdict !== 'pass').map(({ model }) => model));
  const changed = models.filter(({ name }) => told.has(name));
  return changed.length > 0 ? changed : models.slice(0, MOST_UNCHANGED_MODELS);
}

async function historyEntry(
  { folder }: GateSession,
  models: readonly SessionModel[],
  { rows }: GateOutcome,
): Promise<HistoryEntry> {
  const { headCommit } = await import('../../node/git.js');
  const measured: ReadonlySet<string> = new Set(MEASURED_METRICS);
  const figures = models.map(({ name, result }) => {
    const own = rows.filter(({ model, actual }) => model === name && actual !== null);
    const gated = own.flatMap(({ metric, actual }) =>
      metric in result.totals || measured.has(metric) ? [[metric, actual]] : [],
    );
    return [name, Object.fromEntries(gated)];
  });
  return { ...(await headCommit(folder)), models: Object.fromEntries(figures) };
}

async function append(path: string, entry: HistoryEntry): Promise<HistoryEntry[]> {
  const { appendHistory } = await import('../../node/history-file.js');
  return appendHistory(path, entry);
}
