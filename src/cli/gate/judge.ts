import { type CheckOptions, checkModel, shellQuoted } from '../../core/compare/check.js';
import { type GateOutcome, type GateRow, outcomeOf } from '../../core/compare/gate.js';
import { checkRatios } from '../../core/compare/ratios.js';
import { ArchmeterError } from '../../core/errors.js';
import type { ReportInput } from '../../core/report/define-reporter.js';
import { isRegression } from '../../core/report/gate/index.js';
import type { Arguments, Streams } from '../define-command.js';
import { type Base, baselineAsBase, revisionAsBase } from './base.js';
import { type GateSession, loadSessionModels, openGate, type SessionModel, shownPath, today } from './session.js';
import { timedRows } from './timed-rows.js';

/** A report holds the models whose figures changed; up to so many where none did. */
const MOST_UNCHANGED_MODELS = 12;
/** A command that accepts more models than these leaves their names out: it updates all. */
const MOST_NAMED = 20;

/** What the gate says, and what a report of it and its history are made of. */
export interface Judgement {
  readonly outcome: GateOutcome;
  readonly report: Pick<ReportInput, 'analyses' | 'graphs' | 'measurements'>;
  readonly session: GateSession;
  readonly models: readonly SessionModel[];
}

/** Judges every model of the configuration against its base: counts, timings where asked for, ratios of measurements. */
export async function judge(args: Arguments, streams: Streams): Promise<Judgement> {
  const revision = args['against'] as string | undefined;
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
  const shown = reported(models, rows);
  const report = {
    analyses: shown.map(({ result }) => result),
    graphs: shown.map(({ graph }) => graph),
    measurements: timed.measurements,
  };
  return { outcome, report, session, models };
}

function analyticRows(model: SessionModel, base: Base, session: GateSession, options: CheckOptions): GateRow[] {
  const rows = checkModel(model, base.entry(model.name), session.config, options);
  const problem = base.problem(model.name);
  if (problem === undefined) return rows;
  const unknown = ({ verdict, metric }: GateRow) => verdict === 'pass' || metric.startsWith('finding:');
  return rows.map((row) => (unknown(row) ? { ...row, verdict: 'not-comparable', detail: problem } : row));
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
