import { stat } from 'node:fs/promises';
import { type Baseline, type BaselineModel, baselineModel, entryOf } from '../core/compare/baseline.js';
import { shellQuoted } from '../core/compare/check.js';
import { ArchmeterError } from '../core/errors.js';
import type { Graph } from '../core/ir/graph.js';
import { readBaseline } from '../node/baseline-file.js';
import { loadNamedModel } from '../node/gate-models.js';
import { mergeBase, type RevisionFiles, shortHash, withRevision } from '../node/git.js';
import { findingsOf, type GateSession, type SessionModel, shownPath } from './gate-session.js';

/** What the models are held against. */
export interface Base {
  /** In words. */
  readonly against: string;
  /** Undefined for a model that is new. */
  entry(name: string): BaselineModel | undefined;
  /** The model as it was, where another revision is the base. */
  graph(name: string): Graph | undefined;
  /** Why a model cannot be compared, where the base's own file cannot be read. */
  problem(name: string): string | undefined;
}

const NONE: Base = {
  against: 'budgets',
  entry: () => undefined,
  graph: () => undefined,
  problem: () => undefined,
};

/**
 * The baseline file as base.
 *
 * @throws ArchmeterError where there is none, or it lacks a model
 */
export async function baselineAsBase(session: GateSession): Promise<Base> {
  const { baselinePath, models, commandOptions } = session;
  if (baselinePath === undefined || models.length === 0) return NONE;
  const file = shownPath(baselinePath);
  const baseline = await readBaseline(baselinePath);
  if (baseline === undefined) {
    throw new ArchmeterError(
      'there is no baseline to check against',
      `Write it with 'archmeter baseline update${commandOptions}', compare with --against <revision>, or say baseline: false for budgets alone.`,
      { file },
    );
  }
  const missing = models.map(({ name }) => name).filter((name) => entryOf(baseline, name) === undefined);
  if (missing.length > 0) {
    const named = missing.length > 10 ? '' : ` ${missing.map(shellQuoted).join(' ')}`;
    throw new ArchmeterError(
      `the baseline has no entry for ${missing.length === 1 ? `'${missing[0]}'` : `${missing.length} models`}`,
      `Add ${missing.length === 1 ? 'it' : 'them'} with 'archmeter baseline update${named}${commandOptions}'.`,
      { file },
    );
  }
  return { ...NONE, against: file, entry: (name) => entryOf(baseline, name) };
}

/**
 * The models' own files at the commit that HEAD and a revision have in common. Zoo models are the same on both sides.
 * Acceptances in the baseline file hold here too.
 */
export async function revisionAsBase(
  session: GateSession,
  revision: string,
  models: readonly SessionModel[],
): Promise<Base> {
  const commit = await mergeBase(session.folder, revision);
  const baseline = session.baselinePath === undefined ? undefined : await readBaseline(session.baselinePath);
  const sides = await withRevision(session.folder, commit, async (files) => {
    const found = new Map<string, Side>();
    for (const model of models) found.set(model.name, await sideOf(model, session, files, baseline));
    return found;
  });
  return {
    against: `${revision} (${shortHash(commit)})`,
    entry: (name) => sides.get(name)?.entry,
    graph: (name) => sides.get(name)?.graph,
    problem: (name) => sides.get(name)?.problem,
  };
}

interface Side {
  readonly entry?: BaselineModel;
  readonly graph?: Graph;
  readonly problem?: string;
}

async function sideOf(
  model: SessionModel,
  session: GateSession,
  files: RevisionFiles,
  baseline: Baseline | undefined,
): Promise<Side> {
  const { named } = model;
  const place = named.isFile ? await files.place(named.reference) : undefined;
  if (named.isFile && (place === undefined || !(await exists(place)))) return {};
  try {
    const loaded = place === undefined ? model : await loadNamedModel(named, session.config, place);
    const [unsupported] = loaded.result.unsupportedOps;
    if (unsupported !== undefined)
      return { problem: `the base holds an op that archmeter does not know: ${unsupported.type}` };
    const findings = await findingsOf(loaded, session.config);
    const entry = baselineModel(loaded.result, findings === undefined ? {} : { findings });
    const { accepted } = (baseline && entryOf(baseline, named.name)) ?? {};
    return { entry: accepted === undefined ? entry : { ...entry, accepted }, graph: loaded.graph };
  } catch (error) {
    if (!(error instanceof ArchmeterError)) throw error;
    return { problem: `the base cannot be read: ${error.problem}` };
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
