import { ArchmeterError } from '../errors.js';
import { nearest } from './suggest.js';

/** JSON Schema of one option. A subset of draft 2020-12: what the checker below knows. */
export interface OptionSchema {
  readonly type?: 'integer' | 'number' | 'boolean' | 'string' | 'array';
  readonly enum?: readonly (string | number | boolean)[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly items?: OptionSchema;
  readonly minItems?: number;
  readonly description?: string;
}

/** Channels, kernels, strides, groups. The limit keeps counts exact and builds short. */
export const COUNT = { type: 'integer', minimum: 1, maximum: 1 << 20 } as const;
/** Layers of a block. */
export const LAYERS = { type: 'integer', minimum: 1, maximum: 1024 } as const;
export const RATIO = { type: 'number', exclusiveMinimum: 0, maximum: 1024 } as const;

/** Op name of an activation of one input that keeps its shape. */
export const ACTIVATION = {
  enum: [
    'relu',
    'relu6',
    'leakyRelu',
    'prelu',
    'elu',
    'selu',
    'gelu',
    'sigmoid',
    'hardSigmoid',
    'tanh',
    'silu',
    'hardSwish',
    'mish',
    'softplus',
  ],
} as const;

export type ActivationName = (typeof ACTIVATION.enum)[number];
/** Option of families whose form for inference differs from the trained one. */
export const DEPLOY_OPTION = {
  type: 'object',
  properties: {
    deploy: { type: 'boolean', description: 'The form for inference, branches and batch norms folded.' },
  },
  additionalProperties: false,
} as const;

/** JSON Schema of a block's or family's options. */
export interface OptionsSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, OptionSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
}

/** Throws ArchmeterError where `options` do not fit the schema. `owner` is named in the message, e.g. `block 'osa'`. */
export function checkOptions(owner: string, schema: OptionsSchema, options: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(schema.properties);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (property === undefined) {
      const [near] = nearest(name, names, 1);
      throw new ArchmeterError(
        `${owner} has no option '${name}'`,
        near === undefined
          ? names.length === 0
            ? 'It takes no options.'
            : `Its options: ${names.join(', ')}.`
          : `Did you mean '${near}'? Its options: ${names.join(', ')}.`,
      );
    }
    const problem = mismatch(property, value);
    if (problem) throw new ArchmeterError(`option '${name}' of ${owner} ${problem}`);
  }
  for (const name of schema.required ?? []) {
    if (options[name] === undefined) {
      const hint = schema.properties[name]?.description;
      throw new ArchmeterError(
        `${owner} needs the option '${name}'`,
        hint === undefined ? undefined : `It is: ${hint[0]?.toLowerCase()}${hint.slice(1)}`,
      );
    }
  }
}

/** What is wrong with a value, as the end of a sentence; undefined where it fits. */
function mismatch(schema: OptionSchema, value: unknown): string | undefined {
  const shown = JSON.stringify(value) ?? String(value);
  if (schema.enum && !schema.enum.includes(value as string)) {
    return `must be ${schema.enum.map((item) => JSON.stringify(item)).join(' or ')}, not ${shown}`;
  }
  switch (schema.type) {
    case 'integer':
      if (!Number.isSafeInteger(value)) return `must be a whole number, not ${shown}`;
      break;
    case 'number':
      if (!Number.isFinite(value)) return `must be a number, not ${shown}`;
      break;
    case 'boolean':
    case 'string':
      if (typeof value !== schema.type) {
        return `must be ${schema.type === 'boolean' ? 'true or false' : 'a text'}, not ${shown}`;
      }
      break;
    case 'array': {
      if (!Array.isArray(value)) return `must be a list, not ${shown}`;
      if (value.length < (schema.minItems ?? 0)) return `must have at least ${schema.minItems} entries, not ${shown}`;
      for (const item of schema.items ? value : []) {
        const problem = mismatch(schema.items as OptionSchema, item);
        if (problem) return `has an entry that ${problem}`;
      }
      break;
    }
  }
  if (typeof value !== 'number') return undefined;
  if (schema.minimum !== undefined && value < schema.minimum) return `must be at least ${schema.minimum}, not ${value}`;
  if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum) {
    return `must be greater than ${schema.exclusiveMinimum}, not ${value}`;
  }
  if (schema.maximum !== undefined && value > schema.maximum) return `must be at most ${schema.maximum}, not ${value}`;
  return undefined;
}
