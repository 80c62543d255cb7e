import { attributeInWords } from '../../core/ops/attribute-values.js';
import { type Place, placeAt } from './place.js';

/** Something that can be typed. */
export interface Offer {
  readonly label: string;
  readonly kind: 'op' | 'block' | 'key' | 'value' | 'name';
  /** Beside it, in few words. */
  readonly detail?: string;
  /** What it is or does. */
  readonly info?: string;
  /** What is written, where that is more than the label. */
  readonly text?: string;
}

export interface Offers {
  readonly from: number;
  readonly offers: readonly Offer[];
}

interface Part {
  readonly anyOf?: readonly Part[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string;
  readonly default?: unknown;
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Part>>;
  readonly required?: readonly string[];
}
/** The parts of `specSchema` that are read here. */
export interface SpecSchema extends Part {
  readonly definitions: { readonly layer: Part; readonly group: Part };
}

/** What the schema of spec files lets stand at a place of a text. */
export function offersAt(schema: SpecSchema, text: string, position: number): Offers {
  const place = placeAt(text, position);
  return { from: place.from, offers: offersFor(schema, text, place) };
}

function offersFor(schema: SpecSchema, text: string, place: Place): readonly Offer[] {
  const { kind, parent, key, siblings } = place;
  const layers = (schema.definitions.layer.anyOf ?? []).filter(
    ({ properties }) => properties?.['op'] ?? properties?.['block'],
  );
  if (parent === 'layers') {
    if (kind === 'value') return layerValues(layers, text, siblings, key);
    const taken = (offer: Offer) => !siblings.has(offer.label);
    const own = alternativeOf(layers, siblings);
    const keys = keysOf(own ?? schema.definitions.group, own?.required).filter(taken);
    if (own !== undefined || siblings.has('layers')) return keys;
    const starts: Offer[] = [
      { label: 'op', kind: 'key', text: 'op: ', info: 'A layer.' },
      { label: 'block', kind: 'key', text: 'block: ', info: 'A block of the zoo.' },
    ];
    return kind === 'item' ? [...starts, ...keys, ...namesOf(layers, 'op')] : [...starts.filter(taken), ...keys];
  }
  if (parent === undefined) {
    if (kind !== 'value') return keysOf(schema, schema.required).filter(({ label }) => !siblings.has(label));
    if (key === 'outputs') return valuesOf(text);
    return values(schema.properties?.[key ?? '']);
  }
  if (parent === 'outputs') return valuesOf(text);
  const input = schema.properties?.['input']?.anyOf?.find(({ properties }) => properties !== undefined);
  if (!['input', 'inputs'].includes(parent) || input === undefined) return [];
  return kind === 'value' ? values(input.properties?.[key ?? '']) : place.isFlow ? keysOf(input, input.required) : [];
}

function layerValues(
  layers: readonly Part[],
  text: string,
  siblings: ReadonlyMap<string, string>,
  key: string | undefined,
): readonly Offer[] {
  if (key === 'op' || key === 'block') return namesOf(layers, key);
  if (key === 'inputs') return valuesOf(text);
  return values(alternativeOf(layers, siblings)?.properties?.[key ?? '']);
}

function alternativeOf(layers: readonly Part[], siblings: ReadonlyMap<string, string>): Part | undefined {
  return layers.find(({ properties }) =>
    (['op', 'block'] as const).some(
      (kind) => properties?.[kind] !== undefined && properties[kind].const === siblings.get(kind),
    ),
  );
}

function namesOf(layers: readonly Part[], kind: 'op' | 'block'): Offer[] {
  return layers.flatMap(({ title, properties }) => {
    const name = properties?.[kind]?.const;
    return name === undefined ? [] : [{ label: String(name), kind, ...(title === undefined ? {} : { info: title }) }];
  });
}

function keysOf({ properties = {} }: Part, required: readonly string[] = []): Offer[] {
  return Object.entries(properties).map(([label, part]) => {
    const schema = ownPart(part);
    const wanted = attributeInWords(schema);
    const fallback = schema.default === undefined ? '' : `default ${JSON.stringify(schema.default)}`;
    const detail = required.includes(label) ? 'needed' : fallback;
    const info = [part.description ?? schema.description, wanted === '' ? undefined : `Takes ${wanted}.`]
      .filter(Boolean)
      .join(' ');
    return { label, kind: 'key', text: `${label}: `, ...(detail && { detail }), ...(info && { info }) };
  });
}

/** Attributes stand beside the expression that may take their place. */
const ownPart = (part: Part): Part => part.anyOf?.[0] ?? part;

function values(part: Part | undefined): readonly Offer[] {
  if (part === undefined) return [];
  const schema = ownPart(part);
  const choices = schema.const !== undefined ? [schema.const] : schema.type === 'boolean' ? [true, false] : schema.enum;
  return (choices ?? []).map((choice) => ({
    label: String(choice),
    kind: 'value',
    ...(choice === schema.default ? { detail: 'default' } : {}),
  }));
}

/** What the file gives names to: inputs, and layers by `name` and `as`. */
function valuesOf(text: string): Offer[] {
  const named = [...text.matchAll(/\b(?:name|as):\s*(?:\[([^\]]*)\]|([\w./-]+))/g)];
  // The first `name` at the margin is the model's.
  const layers = named.filter(({ index }) => index > 0 && text[index - 1] !== '\n');
  const inputs = /^inputs:\s*\n((?:[ \t]+\S.*\n?)*)/m.exec(text)?.[1] ?? '';
  const names = [
    ...[...inputs.matchAll(/^\s+([\w.-]+)\s*:/gm)].map(([, name]) => name as string),
    ...(/^input:/m.test(text) ? ['input'] : []),
    ...layers
      .flatMap(([, list, one]) => (one === undefined ? (list ?? '').split(',') : [one]))
      .map((name) => name.trim()),
  ];
  return [...new Set(names.filter(Boolean))].map((label) => ({ label, kind: 'name' }));
}
