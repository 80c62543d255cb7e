import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { analyze } from '../core/analysis/analyze.js';
import type { AnalysisResult } from '../core/analysis/result.js';
import { cleanText } from '../core/clean-text.js';
import { type GateConfig, idlePatterns, type ModelEntry, matchesPattern } from '../core/compare/gate-config.js';
import { ArchmeterError } from '../core/errors.js';
import type { Graph } from '../core/ir/graph.js';
import { listModels } from '../core/zoo/index.js';
import { loadModel } from './load-model.js';

const MAX_FILES = 10_000;
const MAX_PATTERN = 256;
/** Stars of one path segment, each of which multiplies the time that a long file name takes. */
const MAX_STARS = 4;
const ZOO = 'zoo:';

/** A model that the configuration names: by zoo name, or one file of a glob. */
export interface NamedModel {
  readonly name: string;
  /** What `loadModel` takes: a zoo name, or an absolute path. */
  readonly reference: string;
  readonly isFile: boolean;
  readonly entry: ModelEntry;
  /** Which entry of the configuration names it. */
  readonly position: number;
}

type Expanded = Omit<NamedModel, 'position'>;

export interface LoadedModel {
  readonly graph: Graph;
  readonly result: AnalysisResult;
}

/**
 * Every model of a configuration, globs expanded in the folder it stands in.
 *
 * @throws ArchmeterError where an entry or a budget matches nothing, or two models have the same name
 */
export async function namedModels(config: GateConfig, folder: string): Promise<NamedModel[]> {
  const entries = (config.models ?? []).map(
    (written): ModelEntry => (typeof written === 'string' ? { model: written } : written),
  );
  const expanded = await Promise.all(entries.map((entry) => expand(entry, folder)));
  // A model may be named by itself, with its own settings, beside patterns that fit it too.
  const taken = new Set(
    expanded.flatMap(({ byPattern, models }) => (byPattern ? [] : models.map(({ reference }) => reference))),
  );
  const models = expanded.flatMap(({ byPattern, models: found }, position) => {
    const fresh = byPattern ? found.filter(({ reference }) => !taken.has(reference)) : found;
    for (const { reference } of fresh) taken.add(reference);
    return fresh.map((model): NamedModel => ({ ...model, name: cleanText(model.name), position }));
  });
  const names = models.map(({ name }) => name);
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined)
    throw new ArchmeterError(`two models of the configuration are called '${twice}'`, "Give one a 'name'.");
  const [idle] = idlePatterns(config, names);
  if (idle !== undefined) {
    throw new ArchmeterError(
      `the budget or finding for '${idle}' fits no model`,
      `Models: ${names.slice(0, 10).join(', ')}.`,
    );
  }
  return models;
}

function isGlob(pattern: string): boolean {
  return /[*?[{]/.test(pattern) && !/^(block|zoo):/.test(pattern);
}

interface Expansion {
  readonly byPattern: boolean;
  readonly models: readonly Expanded[];
}

async function expand(entry: ModelEntry, folder: string): Promise<Expansion> {
  const { model: pattern, name = pattern } = entry;
  if (pattern.startsWith(ZOO)) return { byPattern: true, models: await expandZoo(entry, pattern.slice(ZOO.length)) };
  const path = resolve(folder, pattern);
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  // A file may be called like a pattern.
  if (isGlob(pattern) && !isFile) return { byPattern: true, models: await expandGlob(entry, folder) };
  if (!isFile && /[\\/]|\.\w{2,5}$/.test(pattern) && !pattern.startsWith('block:')) throw nothingMatches(pattern);
  return { byPattern: false, models: [{ name, reference: isFile ? path : pattern, isFile, entry }] };
}

async function expandZoo(entry: ModelEntry, pattern: string): Promise<Expanded[]> {
  if (entry.name !== undefined) throw cannotName(entry);
  const names = (await listModels()).map(({ name }) => name).filter((name) => matchesPattern(pattern, name));
  if (names.length === 0) {
    throw new ArchmeterError(`no zoo model matches '${pattern}'`, "'archmeter zoo' lists them.");
  }
  return names.map((name) => ({ name, reference: name, isFile: false, entry }));
}

async function expandGlob(entry: ModelEntry, folder: string): Promise<Expanded[]> {
  const { model: pattern } = entry;
  if (pattern.length > MAX_PATTERN || /(^|[\\/])\.\.([\\/]|$)/.test(pattern) || /^([\\/]|[A-Za-z]:)/.test(pattern)) {
    throw new ArchmeterError(
      `the pattern '${pattern.slice(0, 60)}' is refused`,
      `Patterns stay in the configuration's folder, without '..', and have at most ${MAX_PATTERN} characters.`,
    );
  }
  if (expansions(pattern) > MAX_FILES) {
    throw new ArchmeterError(`the braces of '${pattern.slice(0, 60)}' stand for too many patterns`, 'Narrow it.');
  }
  if (pattern.split('/').some((segment) => (segment.match(/[*]+/g)?.length ?? 0) > MAX_STARS)) {
    throw new ArchmeterError(
      `'${pattern.slice(0, 60)}' has more than ${MAX_STARS} stars between slashes`,
      'Narrow it.',
    );
  }
  if (entry.name !== undefined) throw cannotName(entry);
  const files = await globFiles(pattern, folder);
  if (files.length === 0) throw nothingMatches(pattern);
  if (files.length > MAX_FILES) {
    throw new ArchmeterError(`'${pattern}' matches ${files.length} files, more than ${MAX_FILES}`, 'Narrow it.');
  }
  return files.sort().map((file) => ({ name: file, reference: resolve(folder, file), isFile: true, entry }));
}

/** Files that the patterns of a configuration fit in another folder, by the names that they would have. */
export async function filesByPatterns({ models = [] }: GateConfig, folder: string): Promise<string[]> {
  const patterns = models.map((entry) => (typeof entry === 'string' ? entry : entry.model)).filter(isGlob);
  return [...new Set((await Promise.all(patterns.map((pattern) => globFiles(pattern, folder)))).flat())].sort();
}

function globFiles(pattern: string, folder: string): Promise<string[]> {
  return glob(pattern, {
    cwd: folder,
    ignore: ['**/node_modules/**', '**/.git/**'],
    followSymbolicLinks: false,
    expandDirectories: false,
  });
}

function cannotName({ model, name }: ModelEntry): ArchmeterError {
  return new ArchmeterError(
    `'${model}' may match many models, which cannot all be called '${name}'`,
    "Leave out 'name'.",
  );
}

function nothingMatches(pattern: string): ArchmeterError {
  return new ArchmeterError(`no model file matches '${pattern}'`, "Paths are relative to the configuration's folder.");
}

/** At least how many patterns the braces of a pattern stand for. */
function expansions(pattern: string): number {
  let product = 1;
  for (const [, inside = ''] of pattern.matchAll(/\{([^{}]*)\}/g)) {
    const [, from, to] = /^(-?\d+)\.\.(-?\d+)/.exec(inside) ?? [];
    product *= from === undefined ? inside.split(',').length : Math.abs(Number(to) - Number(from)) + 1;
  }
  return product;
}

/**
 * Loads and analyses one model as the configuration says.
 *
 * @param reference where it lies, if not where the configuration has it
 */
export async function loadNamedModel(
  { name, reference: own, entry }: NamedModel,
  config: GateConfig,
  reference = own,
): Promise<LoadedModel> {
  const graph = await loadModel(reference, {
    batch: entry.batch,
    resolution: entry.resolution,
    inputs: entry.inputs,
    parameters: entry.parameters as Record<string, string | number | boolean> | undefined,
    excludeHead: entry.excludeHead,
  });
  const { execution, dtype } = config;
  const result = analyze(graph, { execution, dtype, excludeHead: entry.excludeHead });
  return { graph: { ...graph, name }, result: { ...result, model: { ...result.model, name } } };
}
