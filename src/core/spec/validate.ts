import type { ErrorObject } from 'ajv';
import { nearest } from '../nearest.js';
import { attributeInWords } from '../ops/attribute-values.js';
import type { AttributesSchema } from '../ops/define-op.js';
import { validatorOf } from './validator.js';

/** What is wrong with attributes, in words, and where: path parts below the attributes; `key` for a misspelt name. */
export interface AttributeProblem {
  readonly path: readonly string[];
  readonly key?: string;
  readonly problem: string;
  readonly fix?: string | undefined;
}

/** The first thing wrong with attributes under a schema; undefined where nothing is. */
export function attributeProblem(schema: AttributesSchema, value: unknown): AttributeProblem | undefined {
  const validate = validatorOf(schema);
  if (validate(value)) return undefined;
  const errors = validate.errors as ErrorObject[];
  const unknown = errors.find(({ keyword }) => keyword === 'additionalProperties');
  if (unknown) return unknownAttribute(unknown, schema);
  // Of a oneOf's alternatives, the error that lies deepest is nearest to what was meant.
  const deepest = errors.reduce((best, error) => (error.instancePath.length > best.instancePath.length ? error : best));
  return describe(deepest, schema, value);
}

function unknownAttribute(error: ErrorObject, schema: AttributesSchema): AttributeProblem {
  const key = String(error.params.additionalProperty);
  const path = error.instancePath.split('/').slice(1);
  const names = Object.keys(schema.properties);
  const near = nearest(key, names);
  return {
    path,
    key,
    problem: `unknown attribute '${key}'`,
    fix: near
      ? `Did you mean '${near}'?`
      : names.length > 0
        ? `It takes ${names.join(', ')}.`
        : 'It takes no attributes.',
  };
}

function describe(error: ErrorObject, schema: AttributesSchema, value: unknown): AttributeProblem {
  const path = error.instancePath.split('/').slice(1);
  if (error.keyword === 'required') {
    const missing = String(error.params.missingProperty);
    const fix = `Add '${missing}: ${example(schema.properties[missing])}'.`;
    return { path, problem: `attribute '${missing}' is missing`, fix };
  }
  const name = path[0] ?? '';
  const given = path.reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], value);
  const wanted = attributeInWords(schema.properties[name]);
  return {
    path,
    problem: `attribute '${path.join('.')}' is ${JSON.stringify(given)}${wanted ? `, not ${wanted}` : ` and ${error.message}`}`,
  };
}

interface SchemaPart {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly oneOf?: readonly SchemaPart[];
  readonly items?: SchemaPart;
}

function example(schema: unknown): string {
  const part = schema as SchemaPart | undefined;
  if (part?.oneOf) return example(part.oneOf[0]);
  if (part?.enum) return String(part.enum[0]);
  if (part?.type === 'boolean') return 'true';
  if (part?.type === 'array') return `[${example(part.items)}]`;
  return String(Math.max(part?.minimum ?? 1, 1));
}
