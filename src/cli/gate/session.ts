import { isAbsolute, relative, sep } from 'node:path';
import { cleanText } from '../../core/clean-text.js';
import { type GatedFinding, type GatedModel, refuseUnsupported, shellQuoted } from '../../core/compare/check.js';
import { ALL_FINDINGS, type GateConfig, matchesPattern } from '../../core/compare/gate-config.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Graph } from '../../core/ir/graph.js';
import { nearest } from '../../core/nearest.js';
import { type LoadedConfig, loadGateConfig } from '../../node/gate-config-file.js';
import { type LoadedModel, loadNamedModel, type NamedModel, namedModels } from '../../node/gate-models.js';

/** A configuration with its models by name, as every command of the gate begins. */
export interface GateSession extends LoadedConfig {
  readonly models: readonly NamedModel[];
  /** Put behind commands that a message tells to run; empty where the configuration is found without it. */
  readonly commandOptions: string;
}

export interface SessionModel extends GatedModel {
  readonly named: NamedModel;
  readonly graph: Graph;
}

export const CONFIG_OPTION = {
  config: {
    type: 'string',
    describe: 'Configuration; default: archmeter.config.yaml here or above, up to the root of the repository',
    requiresArg: true,
  },
  'config-code': {
    type: 'boolean',
    describe:
      "Run a configuration that is a program (.js); --no-config-code refuses it. Default: run, but not of a fork's head in CI",
  },
} as const;

/** @param args with the values of `CONFIG_OPTION` */
export async function openGate(args: Readonly<Record<string, unknown>>): Promise<GateSession> {
  const configPath = args['config'] as string | undefined;
  const loaded = await loadGateConfig(process.cwd(), configPath, { code: args['config-code'] as boolean | undefined });
  const models = await namedModels(loaded.config, loaded.folder).catch((error: unknown) => {
    throw error instanceof ArchmeterError ? error.at({ file: shownPath(loaded.path) }) : error;
  });
  return { ...loaded, models, commandOptions: configPath === undefined ? '' : ` --config ${shellQuoted(configPath)}` };
}

/** Builds and analyses models of the configuration; ops without a count are refused. */
export async function loadSessionModels(
  session: GateSession,
  models: readonly NamedModel[] = session.models,
): Promise<SessionModel[]> {
  const loaded: SessionModel[] = [];
  for (const named of models) {
    const model = await loadNamedModel(named, session.config);
    loaded.push({
      named,
      name: named.name,
      ...model,
      location: locationOf(named, session),
      findings: await findingsOf(model, session.config),
    });
  }
  refuseUnsupported(loaded);
  return loaded;
}

/** A model's own file, or where the configuration names it. */
function locationOf({ isFile, reference, position }: NamedModel, { listing }: GateSession): GatedModel['location'] {
  return isFile ? { file: shownPath(reference) } : { file: shownPath(listing.file), line: listing.lines[position] };
}

/**
 * What `advise` finds; undefined where the configuration gates no findings.
 *
 * @throws ArchmeterError where the configuration names a finding that no rule makes
 */
export async function findingsOf({ graph }: LoadedModel, config: GateConfig): Promise<GatedFinding[] | undefined> {
  const gated = Object.keys(config.findings ?? {});
  if (gated.length === 0) return undefined;
  const { ADVICE_RULES, adviseModel } = await import('../../core/analysis/advice/index.js');
  for (const id of gated) {
    // An id is its rule's name, with a place behind it where the rule finds several.
    if (id === ALL_FINDINGS || ADVICE_RULES.includes(id.split(':')[0] as string)) continue;
    const near = nearest(id, ADVICE_RULES);
    throw new ArchmeterError(
      `no advice is called '${id}'`,
      near === undefined ? `There are ${ADVICE_RULES.join(', ')}.` : `Did you mean '${near}'?`,
    );
  }
  const findings = await adviseModel(graph, { execution: config.execution });
  return findings.map(({ id, rule, title, detail, layers }) => ({ id, rule, title, detail, layers }));
}

/**
 * Models of the configuration by their names or patterns; all where none is named.
 *
 * @throws ArchmeterError where one fits nothing
 */
export function chooseModels(session: GateSession, patterns: readonly string[]): readonly NamedModel[] {
  if (patterns.length === 0) return session.models;
  const names = session.models.map(({ name }) => name);
  for (const pattern of patterns) {
    if (names.some((name) => matchesPattern(pattern, name))) continue;
    const near = nearest(pattern, names);
    throw new ArchmeterError(
      `the configuration has no model '${pattern}'`,
      near === undefined ? `Models: ${names.slice(0, 10).join(', ')}.` : `Did you mean '${near}'?`,
      { file: shownPath(session.path) },
    );
  }
  return session.models.filter(({ name }) => patterns.some((pattern) => matchesPattern(pattern, name)));
}

/** Where the baseline lies; an error where the configuration has none. */
export function baselinePathOf(session: GateSession): string {
  if (session.baselinePath !== undefined) return session.baselinePath;
  throw new ArchmeterError('the configuration says baseline: false', 'Name a file there, or leave it out.', {
    file: shownPath(session.path),
  });
}

/** A path as reports and annotations show it: from the checkout's root in CI, else from the working directory. */
export function shownPath(path: string): string {
  const { GITHUB_WORKSPACE, CI_PROJECT_DIR } = process.env;
  for (const root of [GITHUB_WORKSPACE, CI_PROJECT_DIR, process.cwd()]) {
    if (!root) continue;
    const inside = relative(root, path);
    if (!inside.startsWith('..') && !isAbsolute(inside)) return cleanText(inside.split(sep).join('/'));
  }
  return cleanText(relative(process.cwd(), path).split(sep).join('/'));
}

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
