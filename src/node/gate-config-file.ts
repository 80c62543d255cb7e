import { existsSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { lilconfig } from 'lilconfig';
import { type Document, isMap, isSeq, LineCounter, parseDocument } from 'yaml';
import { cleanTexts } from '../core/clean-text.js';
import { configSchema, type GateConfig } from '../core/compare/gate-config.js';
import { ArchmeterError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import { loadConfigScript } from './config-script.js';
import { isForksHead } from './fork.js';

const NAMES = ['yaml', 'yml', 'json', 'js', 'mjs', 'cjs'].map((ending) => `archmeter.config.${ending}`);
const MAX_BYTES = 2 ** 20;
const MAX_EXTENDS = 16;

/** A configuration and where it stands: its paths are relative to its folder. */
export interface LoadedConfig {
  readonly config: GateConfig;
  readonly path: string;
  readonly folder: string;
  /** Undefined where the configuration has no baseline but budgets alone. */
  readonly baselinePath: string | undefined;
  /** Where its models are listed. */
  readonly listing: ModelListing;
}

/** The file that lists the models, and the line of each entry where that is known. */
export interface ModelListing {
  readonly file: string;
  readonly lines: readonly number[];
}

interface Part {
  readonly config: Readonly<Record<string, unknown>>;
  readonly listing: ModelListing;
}

export interface ConfigOptions {
  /** Whether a configuration may be a program. Default: where it does not come from a fork's head. */
  readonly code?: boolean | undefined;
}

/**
 * The configuration given, or the nearest one from a folder upwards, no further than the root of its repository.
 *
 * @throws ArchmeterError where there is none, it is not valid, or it is a program and may not be one
 */
export async function loadGateConfig(from: string, path?: string, options: ConfigOptions = {}): Promise<LoadedConfig> {
  const found = path === undefined ? await search(from) : resolve(from, path);
  const { config, listing } = await load(found, [], options);
  check(config, found, 'whole');
  const folder = dirname(found);
  const { baseline = 'archmeter.baseline.json' } = config as unknown as GateConfig;
  return {
    config: cleanConfig(config as unknown as GateConfig),
    path: found,
    folder,
    baselinePath: baseline === false ? undefined : resolve(folder, baseline),
    listing,
  };
}

/** Texts that are shown are clean; paths stay what they are. */
function cleanConfig(config: GateConfig): GateConfig {
  const { models, baseline, ratios } = config;
  return {
    ...cleanTexts(config),
    ...(models === undefined ? {} : { models }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(ratios === undefined
      ? {}
      : { ratios: ratios.map(({ file, limits }) => ({ file, limits: cleanTexts(limits) })) }),
  };
}

async function search(from: string): Promise<string> {
  // Only found here: `load` reads it.
  const nothing = Object.fromEntries(NAMES.map((name) => [extname(name), () => ({})]));
  const stopDir = rootOf(from);
  const settings = { searchPlaces: NAMES, loaders: nothing, cache: false, stopDir };
  const found = await lilconfig('archmeter', settings).search(from);
  if (found !== null) return found.filepath;
  const where = stopDir === from ? '' : ` or above it, up to ${stopDir}`;
  throw new ArchmeterError(`no ${NAMES[0]} in ${from}${where}`, "Write one with 'archmeter init'.");
}

/** The root of the repository that a folder lies in; the folder itself where it lies in none. */
function rootOf(folder: string): string {
  for (let place = folder; ; place = dirname(place)) {
    if (existsSync(join(place, '.git'))) return place;
    if (place === dirname(place)) return folder;
  }
}

/** @throws ArchmeterError where configurations may not be programs */
async function runConfig(real: string, path: string, { code }: ConfigOptions): Promise<unknown> {
  const isFork = code === undefined && (await isForksHead());
  if (code === true || (code === undefined && !isFork)) return loadConfigScript(real);
  throw new ArchmeterError(
    `this configuration is a program, which is not run ${isFork ? "for a fork's pull request" : 'with --no-config-code'}`,
    isFork ? 'Write it as YAML or JSON, or trust the fork: --config-code.' : 'Write it as YAML or JSON.',
    { file: path },
  );
}

async function load(path: string, seen: readonly string[], options: ConfigOptions): Promise<Part> {
  const real = await realpath(path).catch(() => {
    throw new ArchmeterError('there is no such configuration', "Write one with 'archmeter init'.", { file: path });
  });
  if (seen.includes(real)) {
    throw new ArchmeterError(`'extends' goes in a circle: ${[...seen, real].join(' → ')}`, 'Remove one of them.', {
      file: path,
    });
  }
  if (seen.length >= MAX_EXTENDS)
    throw new ArchmeterError(`more than ${MAX_EXTENDS} files extend each other`, undefined, { file: path });
  if ((await stat(real)).size > MAX_BYTES) {
    throw new ArchmeterError('the configuration is larger than 1 MiB', 'Is it the right file?', { file: path });
  }
  const { config, lines } = /[.][cm]?js$/.test(real)
    ? { config: await runConfig(real, path, options), lines: [] }
    : parse(await readFile(real, 'utf8'), path);
  check(config, path, 'part');
  const { extends: base, ...own } = config as Record<string, unknown>;
  const listing = { file: path, lines };
  if (base === undefined) return { config: own, listing };
  const extended = await load(resolve(dirname(real), String(base)), [...seen, real], options);
  return {
    config: { ...extended.config, ...own },
    listing: own['models'] === undefined ? extended.listing : listing,
  };
}

/** YAML, of which JSON is a part, with the lines of its models. */
function parse(text: string, file: string): { readonly config: unknown; readonly lines: readonly number[] } {
  const lineCounter = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter });
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return { config: document.toJS({ maxAliasCount: 100 }), lines: linesOfModels(document, lineCounter) };
  } catch (error) {
    const { message, linePos } = error as Error & { linePos?: readonly { line: number; col: number }[] };
    const problem = /call stack/.test(message)
      ? 'it is nested too deeply'
      : (message.split(' at line')[0] as string).replace(/\.$/, '');
    throw new ArchmeterError(`not valid YAML: ${problem}`, undefined, {
      file,
      line: linePos?.[0]?.line,
      column: linePos?.[0]?.col,
    });
  }
}

function linesOfModels({ contents }: Document, lineCounter: LineCounter): number[] {
  const models = isMap(contents) ? contents.get('models') : undefined;
  if (!isSeq(models)) return [];
  return models.items.map((item) => {
    const [start = 0] = (item as { range?: readonly number[] | null }).range ?? [];
    return lineCounter.linePos(start).line;
  });
}

const ajv = new Ajv({ allErrors: true, strict: false, strictNumbers: true });
const PART_SCHEMA = { ...configSchema, anyOf: [{}] };

/** One file may leave out what it extends; the whole may not. */
function check(config: unknown, file: string, extent: 'part' | 'whole'): void {
  const validate = ajv.compile(extent === 'part' ? PART_SCHEMA : configSchema);
  if (validate(config)) return;
  const errors = validate.errors as ErrorObject[];
  const unknown = errors.find(({ keyword }) => keyword === 'additionalProperties');
  if (unknown) {
    const key = String(unknown.params['additionalProperty']);
    const at = unknown.instancePath.replace(/^\//, '').replaceAll('/', '.');
    const near = nearest(key, keysAt(unknown.schemaPath));
    throw new ArchmeterError(`unknown key '${key}'${at ? ` under '${at}'` : ''}`, near && `Did you mean '${near}'?`, {
      file,
    });
  }
  if (errors.some(({ instancePath, params }) => instancePath === '' && params['missingProperty'] === 'models')) {
    throw new ArchmeterError("'models' is missing", 'List zoo names, spec files or model files under it.', { file });
  }
  const worst = errors.reduce((best, error) => (error.instancePath.length > best.instancePath.length ? error : best));
  const place = worst.instancePath.slice(1).replaceAll('/', '.');
  const allowed = worst.params['allowedValues'] as readonly unknown[] | undefined;
  throw new ArchmeterError(
    `${place ? `'${place}'` : 'the configuration'} ${worst.message}${allowed ? `: ${allowed.join(', ')}` : ''}`,
    undefined,
    { file },
  );
}

/** Names that the schema allows where an unknown one was found. */
function keysAt(schemaPath: string): string[] {
  let at: unknown = configSchema;
  for (const part of schemaPath.replace(/^#\//, '').split('/').slice(0, -1)) {
    at = (at as Record<string, unknown> | undefined)?.[part];
  }
  return Object.keys((at as { properties?: object } | undefined)?.properties ?? {});
}
