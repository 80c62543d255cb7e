import { ArchmeterError } from '../errors.js';
import type { Paper } from './define-block.js';
import type { Alias, AnyFamily, Published } from './define-family.js';
import { registry as families } from './families/registry.js';
import { MODEL_NAMES } from './names.js';
import type { OptionsSchema } from './options.js';
import { nearest, plainName } from './suggest.js';

type FamilyName = keyof typeof MODEL_NAMES;

/** A model of the zoo, as listed. */
export interface ZooEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly family: string;
  readonly familyTitle: string;
  readonly paper: Paper;
  readonly published: Published | undefined;
  /** Side of the square input image. */
  readonly resolution: number;
  readonly inputChannels: number;
  readonly classes: number;
  /** JSON Schema of the model's options, `classes` included. */
  readonly options: OptionsSchema;
  /** Values the options start from. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

export interface FoundModel {
  readonly entry: ZooEntry;
  readonly family: AnyFamily;
  readonly settings: unknown;
  /** Options that the alias stands for. */
  readonly aliased: Readonly<Record<string, unknown>>;
  /** Options written after a colon. */
  readonly written: Readonly<Record<string, unknown>>;
}

/** Names of all models, aliases left out. Imports no family. */
export function modelNames(): string[] {
  return Object.values(MODEL_NAMES).flatMap((names) => names.map((line) => line.split(' ')[0] as string));
}

/** Every model of the zoo, by family. */
export async function listModels(): Promise<ZooEntry[]> {
  const loaded = await Promise.all((Object.keys(MODEL_NAMES) as FamilyName[]).map(loadFamily));
  return loaded.flatMap((family) => family.variants.map((variant) => entryOf(family, variant)));
}

/**
 * The model of that name, or undefined. Case, `-`, `_` and dots do not matter (between digits they are alike); `torchvision/`, `timm/` and a timm tag
 * (`.tv_in1k`) may stand around it, options after a colon: `vovnet39:stem=paper,identity=true`.
 */
export async function findModel(name: string): Promise<ZooEntry | undefined> {
  return (await lookUp(name))?.entry;
}

/** Names near to one that is not in the zoo, best first. */
export function suggestModel(name: string): string[] {
  const lines = Object.values(MODEL_NAMES).flat();
  const owners = new Map(lines.flatMap((line) => line.split(' ').map((spelling) => [spelling, line] as const)));
  // The nearest spelling of each model.
  const spellings = new Map<string, string>();
  for (const spelling of nearest(splitOptions(name)[0], [...owners.keys()], 12)) {
    const owner = owners.get(spelling) as string;
    if (!spellings.has(owner)) spellings.set(owner, spelling);
  }
  return [...spellings.values()].slice(0, 3);
}

/** Finds a model by name and imports its family, no other. */
export async function lookUp(typed: string): Promise<FoundModel | undefined> {
  const [path, written] = splitOptions(typed);
  const name = path.replace(LIBRARY, '');
  if (/[\\/]/.test(name)) return undefined;
  const place = placeOf(name) ?? placeOf(name.replace(TIMM_TAG, ''));
  if (place === undefined) return undefined;
  const family = await loadFamily(place.family);
  const variant = family.variants[place.index];
  if (variant === undefined) throw new Error(`names.ts is out of date: run node .dev/zoo-names.js`);
  const entry = entryOf(family, variant);
  const alias = variant.aliases?.find(
    (candidate): candidate is Alias<unknown> =>
      typeof candidate !== 'string' && plainName(candidate.name) === place.plain,
  );
  return {
    entry,
    family,
    settings: variant.settings,
    aliased: alias?.options ?? {},
    written: parseOptions(entry, written),
  };
}

/** What may stand before a name. A path of any other kind is a file's. */
const LIBRARY = /^(torchvision|timm)\//;

/** What timm adds to a name for the weights: `.tv_in1k`, `.augreg_in21k_ft_in1k`. */
const TIMM_TAG = /\.\w*(in\d+k|untrained)\w*$/;

interface Place {
  readonly family: FamilyName;
  readonly index: number;
  readonly plain: string;
}

/** Places by plain name, made at the first look-up. */
let places: Map<string, Place> | undefined;

function placeOf(name: string): Place | undefined {
  if (places === undefined) {
    places = new Map();
    for (const [family, names] of Object.entries(MODEL_NAMES) as [FamilyName, readonly string[]][]) {
      for (const [index, line] of names.entries()) {
        for (const spelling of line.split(' ')) {
          const plain = plainName(spelling);
          places.set(plain, { family, index, plain });
        }
      }
    }
  }
  return places.get(plainName(name));
}

async function loadFamily(name: FamilyName): Promise<AnyFamily> {
  return (await families[name]()).default as AnyFamily;
}

function entryOf(family: AnyFamily, variant: AnyFamily['variants'][number]): ZooEntry {
  const classes = variant.classes ?? 1000;
  return {
    name: variant.name,
    aliases: (variant.aliases ?? []).map((alias) => (typeof alias === 'string' ? alias : alias.name)),
    family: family.name,
    familyTitle: family.title,
    paper: variant.paper ?? family.paper,
    published: variant.published,
    resolution: variant.resolution ?? 224,
    inputChannels: variant.inputChannels ?? 3,
    classes,
    options: {
      type: 'object',
      properties: {
        classes: { type: 'integer', minimum: 1, description: 'Outputs of the classifier.' },
        ...family.options?.properties,
      },
      additionalProperties: false,
    },
    defaults: { classes, ...variant.options },
  };
}

function splitOptions(typed: string): [path: string, options: string] {
  const colon = typed.indexOf(':');
  return colon < 0 ? [typed, ''] : [typed.slice(0, colon), typed.slice(colon + 1)];
}

/** `stem=paper,identity=true` as the schema's types. A value that does not fit stays text, for the check to name. */
function parseOptions(entry: ZooEntry, written: string): Record<string, unknown> {
  const parsed: Record<string, unknown> = {};
  for (const part of written.split(',')) {
    if (part.trim() === '') continue;
    const equals = part.indexOf('=');
    if (equals < 0) {
      throw new ArchmeterError(`'${part.trim()}' after model '${entry.name}' is not an option`, 'Write name=value.');
    }
    const name = part.slice(0, equals).trim();
    const text = part.slice(equals + 1).trim();
    const type = entry.options.properties[name]?.type;
    const isNumber = (type === 'integer' || type === 'number') && text !== '' && Number.isFinite(Number(text));
    const isBoolean = type === 'boolean' && (text === 'true' || text === 'false');
    parsed[name] = isNumber ? Number(text) : isBoolean ? text === 'true' : text;
  }
  return parsed;
}
