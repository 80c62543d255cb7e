import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { analyze } from '../core/analysis/analyze.js';
import type { GatedModel } from '../core/compare/check.js';
import type { GateConfig, ModelEntry } from '../core/compare/gate-config.js';
import { ArchmeterError } from '../core/errors.js';
import type { Graph } from '../core/ir/graph.js';
import { loadModel } from './load-model.js';

const MAX_FILES = 10_000;

/** A model that the configuration names: by zoo name, or one file of a glob. */
export interface NamedModel {
  readonly name: string;
  /** What `loadModel` takes. */
  readonly reference: string;
  /** Path relative to the working directory, for annotations. */
  readonly file?: string;
  readonly entry: ModelEntry;
}

export interface LoadedGateModel extends GatedModel {
  readonly graph: Graph;
}

/**
 * Every model of a configuration, globs expanded in the folder it stands in.
 *
 * @throws ArchmeterError where an entry matches nothing, or two models have the same name
 */
export async function namedModels(config: GateConfig, folder: string): Promise<NamedModel[]> {
  const models: NamedModel[] = [];
  for (const written of config.models) {
    const entry: ModelEntry = typeof written === 'string' ? { model: written } : written;
    models.push(...(await expand(entry, folder)));
  }
  const seen = new Set<string>();
  for (const { name } of models) {
    if (seen.has(name))
      throw new ArchmeterError(`two models of the configuration are called '${name}'`, "Give one a 'name'.");
    seen.add(name);
  }
  return models;
}

async function expand(entry: ModelEntry, folder: string): Promise<NamedModel[]> {
  const pattern = entry.model;
  const isGlob = /[*?[{]/.test(pattern);
  const path = resolve(folder, pattern);
  if (!isGlob) {
    const isFile = await stat(path).then(
      (stats) => stats.isFile(),
      () => false,
    );
    if (!isFile && (/[\\/]/.test(pattern) || /\.\w{2,5}$/.test(pattern))) {
      throw new ArchmeterError(`no model file matches '${pattern}'`, 'Paths are relative to the configuration.');
    }
    const name = entry.name ?? pattern;
    return [
      isFile
        ? { name, reference: path, file: relative(process.cwd(), path), entry }
        : { name, reference: pattern, entry },
    ];
  }
  if (pattern.length > 256 || pattern.includes('..') || /^([\\/]|[A-Za-z]:)/.test(pattern)) {
    throw new ArchmeterError(
      `the pattern '${pattern.slice(0, 60)}' is refused`,
      "Patterns stay in the configuration's folder, without '..'.",
    );
  }
  const files = await glob(pattern, {
    cwd: folder,
    ignore: ['**/node_modules/**', '**/.git/**'],
    followSymbolicLinks: false,
  });
  if (files.length === 0)
    throw new ArchmeterError(`no model file matches '${pattern}'`, 'Paths are relative to the configuration.');
  if (files.length > MAX_FILES) {
    throw new ArchmeterError(
      `'${pattern}' matches ${files.length} files, more than ${MAX_FILES}`,
      'Narrow the pattern.',
    );
  }
  return files.sort().map((file) => {
    const full = resolve(folder, file);
    return { name: file, reference: full, file: relative(process.cwd(), full), entry };
  });
}

/** Loads and analyses one model as the configuration says. */
export async function loadGateModel(model: NamedModel, config: GateConfig): Promise<LoadedGateModel> {
  const { entry } = model;
  const graph = await loadModel(model.reference, {
    batch: entry.batch,
    resolution: entry.resolution,
    inputs: entry.inputs,
    parameters: entry.parameters as Record<string, string | number | boolean> | undefined,
    excludeHead: entry.excludeHead,
  });
  const result = analyze(graph, { execution: config.execution, dtype: config.dtype, excludeHead: entry.excludeHead });
  return {
    name: model.name,
    graph,
    result,
    ...(model.file === undefined ? {} : { file: model.file }),
  };
}
