import { realpath, stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { type Baseline, type BaselineModel, baselineModel, entryOf } from '../../core/compare/baseline.js';
import { shellQuoted, staleModels } from '../../core/compare/check.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Graph } from '../../core/ir/graph.js';
import { ARCHMETER_VERSION } from '../../core/version.js';
import { readBaseline } from '../../node/baseline-file.js';
import { filesByPatterns, type LoadedModel, loadNamedModel } from '../../node/gate-models.js';
import { mergeBase, type RevisionFiles, resolveRevision, shortHash, withRevision } from '../../node/git.js';
import { findingsOf, type GateSession, type SessionModel, shownPath } from './session.js';

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
  /** What else is worth knowing. */
  readonly notes: readonly string[];
}

const NONE: Base = {
  against: 'budgets',
  entry: () => undefined,
  graph: () => undefined,
  problem: () => undefined,
  notes: [],
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
  const stale = staleModels(
    baseline.models,
    models.map(({ name }) => name),
  );
  const notes = [
    ...(stale.length === 0
      ? []
      : [`${file} still holds ${listed(stale)}: 'archmeter baseline update${commandOptions}' takes out what is gone`]),
    ...(baseline.archmeter === undefined || baseline.archmeter === ARCHMETER_VERSION
      ? []
      : [
          `${file} is by archmeter ${baseline.archmeter}, this is ${ARCHMETER_VERSION}: what changed in a model that nobody touched, changed in archmeter`,
        ]),
  ];
  return { ...NONE, against: file, entry: (name) => entryOf(baseline, name), notes };
}

const MOST_LISTED = 5;

function listed(names: readonly string[]): string {
  const more = names.length - MOST_LISTED;
  return `${names.slice(0, MOST_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
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
  const notes: string[] = [];
  if (commit === (await resolveRevision(session.folder, 'HEAD')))
    notes.push(`'${revision}' holds HEAD already: only what is not committed can differ`);
  const sides = await withRevision(session.folder, commit, async (files) => {
    const found = new Map<string, Side>();
    for (const model of models) found.set(model.name, await sideOf(model, session, files, baseline));
    const renamed = [...found].flatMap(([name, { former }]) => (former === undefined ? [] : [[name, former] as const]));
    for (const [name, former] of renamed) notes.push(`'${name}' was '${former}' there`);
    const known = new Set([...models.map(({ name }) => name), ...renamed.map(([, former]) => former)]);
    const removed = (await filesAt(session, files)).filter((name) => !known.has(name));
    if (removed.length > 0) notes.push(`no longer there: ${listed(removed)}`);
    return found;
  });
  return {
    against: `${revision} (${shortHash(commit)})`,
    entry: (name) => sides.get(name)?.entry,
    graph: (name) => sides.get(name)?.graph,
    problem: (name) => sides.get(name)?.problem,
    notes,
  };
}

interface Side {
  readonly entry?: BaselineModel;
  readonly graph?: Graph;
  readonly problem?: string;
  /** Its path in the configuration's folder, where that was another. */
  readonly former?: string;
}

/** Files that the configuration's patterns fit at a revision. */
async function filesAt({ config, folder }: GateSession, files: RevisionFiles): Promise<string[]> {
  const place = await files.place(folder);
  return place === undefined || !(await exists(place)) ? [] : filesByPatterns(config, place);
}

async function sideOf(
  model: SessionModel,
  session: GateSession,
  files: RevisionFiles,
  baseline: Baseline | undefined,
): Promise<Side> {
  const { named } = model;
  if (!named.isFile) return readSide(model, model, session, baseline);
  const place = await files.place(named.reference);
  const former = place !== undefined && (await exists(place)) ? undefined : await files.former(named.reference);
  const found = former === undefined ? place : await files.place(former);
  if (found === undefined || !(await exists(found))) return {};
  const side = await readSide(model, found, session, baseline);
  return former === undefined
    ? side
    : {
        ...side,
        former: relative(await realpath(session.folder), former)
          .split(sep)
          .join('/'),
      };
}

/** @param base the model as it was, or where its file lies */
async function readSide(
  { named }: SessionModel,
  base: LoadedModel | string,
  { config }: GateSession,
  baseline: Baseline | undefined,
): Promise<Side> {
  try {
    const loaded = typeof base === 'string' ? await loadNamedModel(named, config, base) : base;
    const [unsupported] = loaded.result.unsupportedOps;
    if (unsupported !== undefined)
      return { problem: `the base holds an op that archmeter does not know: ${unsupported.type}` };
    const findings = (await findingsOf(loaded, config)) ?? [];
    const entry = baselineModel(loaded.result, { findings: findings.map(({ id }) => id) });
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
