import type { Streams } from '../define-command.js';
import { paint, renderTable } from './table.js';

/** What an op and a block say of themselves. */
export interface Definition {
  readonly name: string;
  readonly about: string;
  readonly summary: string;
  readonly settings: {
    readonly properties: Readonly<Record<string, unknown>>;
    readonly required?: readonly string[] | undefined;
  };
  /** How the layer begins in a spec file: `op: conv`. */
  readonly key: 'op' | 'block';
  /** Further lines. */
  readonly lines: readonly string[];
}

/** One op or block: its attributes with types and defaults, and how a spec file names it. */
export function definitionText(definition: Definition, streams: Streams): string {
  const { name, about, summary, settings, lines } = definition;
  const required = new Set(settings.required);
  const rows = Object.entries(settings.properties).map(([key, written]) => {
    const schema = written as Schema;
    return [key, typeOf(schema), required.has(key) ? 'required' : defaultOf(schema), describe(schema)];
  });
  const columns = [
    { heading: 'Attribute', align: 'left' },
    { heading: 'Takes', align: 'left', wraps: true },
    { heading: 'Default', align: 'left' },
    { heading: '', align: 'left', wraps: true },
  ] as const;
  return [
    `${paint(name, 'strong', streams.color)}  ${paint(about, 'dim', streams.color)}`,
    summary,
    ...(rows.length === 0 ? ['It has no attributes.'] : [renderTable(columns, rows, streams)]),
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
    `In a spec file:\n  - ${exampleOf(definition)}`,
  ].join('\n\n');
}

/** The parts of JSON Schema that attributes are written in. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

const choicesOf = ({ oneOf, anyOf }: Schema): readonly Schema[] | undefined => oneOf ?? anyOf;

function typeOf(schema: Schema): string {
  const choices = choicesOf(schema);
  if (choices !== undefined) return [...new Set(choices.map(typeOf))].join(' or ');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(String).join(', ');
  if (schema.type === 'array') return schema.items === undefined ? 'a list' : `a list of: ${typeOf(schema.items)}`;
  const type = [schema.type ?? 'any value'].flat().join(' or ');
  const least = schema.minimum ?? schema.exclusiveMinimum;
  if (least === undefined) return type;
  return `${type} ${schema.minimum === undefined ? '>' : '>='} ${least}`;
}

/** Said as `default`, or in words: `Default true.` */
function defaultOf({ default: value, description = '' }: Schema): string {
  if (value !== undefined) return typeof value === 'string' ? value : JSON.stringify(value);
  return /\bdefault:? ([^.;,]+?)[.;,]?(?=$|[ ])/i.exec(description)?.[1] ?? '';
}

function describe({ description = '' }: Schema): string {
  return description.replace(/[;.]?\s*\bdefault:? [^.;,]+[.;,]?$/i, '').trim();
}

/** A layer with the attributes that it must have. */
export function exampleOf({ name, key, settings }: Pick<Definition, 'name' | 'key' | 'settings'>): string {
  const pairs = (settings.required ?? []).map((attribute) => {
    const value = exampleValue(attribute, settings.properties[attribute] as Schema);
    return `${attribute}: ${flow(value)}`;
  });
  return pairs.length === 0 && key === 'op' ? name : `{ ${[`${key}: ${name}`, ...pairs].join(', ')} }`;
}

/** As YAML writes it on one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const pairs = Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner)}`);
  return `{ ${pairs.join(', ')} }`;
}

const EXAMPLES: Readonly<Record<string, unknown>> = { kernel: 3, outChannels: 64, width: 64, layers: 5, growth: 32 };

function exampleValue(attribute: string, schema: Schema): unknown {
  const [first] = choicesOf(schema) ?? [];
  if (first !== undefined && !(attribute in EXAMPLES)) return exampleValue(attribute, first);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.type === 'array') {
    return Array.from({ length: Math.max(1, schema.minItems ?? 1) }, () => exampleValue('', schema.items ?? {}));
  }
  if (schema.type === 'object') {
    const { required = [], properties = {} } = schema;
    return Object.fromEntries(required.map((key) => [key, exampleValue(key, properties[key] ?? {})]));
  }
  if (schema.type === 'boolean') return true;
  if (schema.type === 'string') return 'name';
  return EXAMPLES[attribute] ?? Math.max(1, schema.minimum ?? 1);
}
