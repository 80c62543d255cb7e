import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AnalysisResult } from '../../core/analysis/result.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Measurement } from '../../core/measurement.js';
import { findModel } from '../../core/zoo/index.js';
import { loadNamedModel } from '../../node/gate-models.js';
import { isRevision, type RevisionFiles, repositoryRoot, resolveRevision, withRevision } from '../../node/git.js';
import type { Arguments } from '../define-command.js';
import { loadSessionModels, openGate } from '../gate/session.js';
import { analyzeModel } from '../options/model.js';

/** What one argument of `diff` stands for. */
export interface DiffSide {
  readonly analyses: readonly AnalysisResult[];
  readonly measurements: readonly Measurement[];
  /** Models that cannot be read there, and why. */
  readonly problems?: ReadonlyMap<string, string>;
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
  const { joinSavedFiles } = await import('../../core/report/index.js');
  return joinSavedFiles([{ name: path, text }], { command: '', title: '' });
}

async function model(reference: string, args: Arguments): Promise<DiffSide> {
  const { result } = await analyzeModel(reference, args);
  return { analyses: [result], measurements: [] };
}

async function modelAt(revision: string, path: string, args: Arguments): Promise<DiffSide> {
  const commit = await resolveRevision(process.cwd(), revision);
  return withRevision(process.cwd(), commit, async (files) => {
    // From the folder in which it is asked, or from the checkout's root, as git has it.
    const root = await repositoryRoot(process.cwd());
    const near = await files.place(path);
    const place = near !== undefined && (await isThere(near)) ? near : await files.place(resolve(root, path));
    if (place === undefined) {
      throw new ArchmeterError('it lies outside the checkout', 'Give a path inside.', { file: path });
    }
    return named(`${revision}:${path}`, () => model(place, args));
  });
}

/** The place of a revision's file is temporary: people know the path they gave. */
async function named<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ArchmeterError)) throw error;
    throw new ArchmeterError(error.problem, error.fix, { ...error.location, file });
  }
}

async function workingTree(args: Arguments): Promise<DiffSide> {
  const models = await loadSessionModels(await openGate(args));
  return { analyses: models.map(({ result }) => result), measurements: [] };
}

/** The configuration's models with their files at a revision; those that it does not have are left out. */
async function configurationAt(revision: string, args: Arguments): Promise<DiffSide> {
  const session = await openGate(args);
  const commit = await resolveRevision(session.folder, revision);
  return withRevision(session.folder, commit, async (files) => {
    const analyses: AnalysisResult[] = [];
    const problems = new Map<string, string>();
    for (const one of session.models) {
      const place = one.isFile ? await placeAt(one.reference, files) : one.reference;
      if (place === undefined) continue;
      const read = async () => (await loadNamedModel(one, session.config, place)).result;
      try {
        analyses.push(await (one.isFile ? named(`${revision}:${one.name}`, read) : read()));
      } catch (error) {
        if (!(error instanceof ArchmeterError)) throw error;
        problems.set(one.name, error.message);
      }
    }
    return { analyses, measurements: [], problems };
  });
}

/** Where a file of today lies at a revision, under whatever name. */
async function placeAt(path: string, files: RevisionFiles): Promise<string | undefined> {
  const place = await files.place(path);
  if (place !== undefined && (await isThere(place))) return place;
  const former = await files.former(path);
  return former && (await files.place(former));
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
