import { readFile, stat } from 'node:fs/promises';
import type { AnalysisResult } from '../core/analysis/result.js';
import { ArchmeterError } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { findModel } from '../core/zoo/index.js';
import { loadNamedModel } from '../node/gate-models.js';
import { isRevision, resolveRevision, withRevision } from '../node/git.js';
import type { Arguments } from './define-command.js';
import { loadSessionModels, openGate } from './gate-session.js';
import { analyzeModel } from './model-options.js';

/** What one argument of `diff` stands for. */
export interface DiffSide {
  readonly analyses: readonly AnalysisResult[];
  readonly measurements: readonly Measurement[];
}

/** How `diff` calls the files as they are now. */
const WORKING_TREE = '.';
const LARGEST_RESULT = 2 ** 28;

/**
 * A saved result, a model, a model at a git revision (`ref:path`), or, for a revision alone or `.`, every model of the
 * configuration.
 *
 * @throws ArchmeterError where it is none of them
 */
export async function diffSide(reference: string, args: Arguments): Promise<DiffSide> {
  if (reference === WORKING_TREE) return workingTree(args);
  const isFile = await stat(reference).then(
    (stats) => stats.isFile(),
    () => false,
  );
  const saved = isFile ? await savedResult(reference) : undefined;
  if (saved !== undefined) return saved;
  if (isFile || reference.startsWith('block:') || (await findModel(reference)) !== undefined)
    return model(reference, args);
  const [, revision, path] = /^([^:]+):(.+)$/.exec(reference) ?? [];
  if (revision !== undefined && path !== undefined && (await isRevision(process.cwd(), revision)))
    return modelAt(revision, path, args);
  if (await isRevision(process.cwd(), reference)) return configurationAt(reference, args);
  return model(reference, args);
}

async function savedResult(path: string): Promise<DiffSide | undefined> {
  if (!/\.json$/i.test(path) || (await stat(path)).size > LARGEST_RESULT) return undefined;
  const text = await readFile(path, 'utf8');
  if (!/^\uFEFF?\s*\{\s*"schema"\s*:\s*"archmeter\/(analysis|measurement|report)@/.test(text)) return undefined;
  const { joinSavedFiles } = await import('../core/report/index.js');
  return joinSavedFiles([{ name: path, text }], { command: '', title: '' });
}

async function model(reference: string, args: Arguments): Promise<DiffSide> {
  const { result } = await analyzeModel(reference, args);
  return { analyses: [result], measurements: [] };
}

async function modelAt(revision: string, path: string, args: Arguments): Promise<DiffSide> {
  const commit = await resolveRevision(process.cwd(), revision);
  return withRevision(process.cwd(), commit, async (files) => {
    const place = await files.place(path);
    if (place === undefined) {
      throw new ArchmeterError('it lies outside the checkout', 'Give a path inside.', { file: path });
    }
    try {
      return await model(place, args);
    } catch (error) {
      // The place is temporary: people know the path they gave.
      if (!(error instanceof ArchmeterError)) throw error;
      throw new ArchmeterError(error.problem, error.fix, { ...error.location, file: `${revision}:${path}` });
    }
  });
}

async function workingTree(args: Arguments): Promise<DiffSide> {
  const models = await loadSessionModels(await openGate(args['config'] as string | undefined));
  return { analyses: models.map(({ result }) => result), measurements: [] };
}

/** The configuration's models with their files at a revision; those that it does not have are left out. */
async function configurationAt(revision: string, args: Arguments): Promise<DiffSide> {
  const session = await openGate(args['config'] as string | undefined);
  const commit = await resolveRevision(session.folder, revision);
  return withRevision(session.folder, commit, async (files) => {
    const analyses: AnalysisResult[] = [];
    for (const named of session.models) {
      const place = named.isFile ? await files.place(named.reference) : named.reference;
      if (place === undefined || (named.isFile && !(await isThere(place)))) continue;
      analyses.push((await loadNamedModel(named, session.config, place)).result);
    }
    return { analyses, measurements: [] };
  });
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
