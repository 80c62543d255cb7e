import { ArchmeterError } from '../../errors.js';
import { DTYPE_BITS, type DType } from '../../ir/tensor.js';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** Largest size, stride, unit count … that a configuration may state. */
const MAX_SIZE = 2 ** 40;

/** The configuration of one layer, read with checks: a wrong type names the layer and the key. */
export class Config {
  constructor(
    readonly json: JsonObject,
    readonly layer: string,
  ) {}

  has(key: string): boolean {
    return this.json[key] !== undefined && this.json[key] !== null;
  }

  get(key: string): Json | undefined {
    return Object.hasOwn(this.json, key) ? this.json[key] : undefined;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.get(key) ?? fallback;
    return typeof value === 'boolean' ? value : this.wrong(key, 'true or false');
  }

  number(key: string, fallback?: number): number {
    const value = this.get(key) ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value)) return this.wrong(key, 'a number');
    return value;
  }

  integer(key: string, fallback?: number): number {
    const value = this.number(key, fallback);
    return Number.isSafeInteger(value) && Math.abs(value) <= MAX_SIZE ? value : this.wrong(key, 'a whole number');
  }

  /** A size: at least `minimum`. */
  size(key: string, fallback?: number, minimum = 1): number {
    const value = this.integer(key, fallback);
    return value >= minimum ? value : this.wrong(key, `a whole number of at least ${minimum}`);
  }

  text(key: string, fallback?: string): string {
    const value = this.get(key) ?? fallback;
    return typeof value === 'string' ? value : this.wrong(key, 'a text');
  }

  /** One number for all axes, or one per axis. */
  sizes(key: string, rank: number, fallback?: number, minimum = 1): number[] {
    const value = this.get(key) ?? fallback;
    const list = isList(value) ? value : new Array<Json | undefined>(rank).fill(value);
    const single = list.length === 1 && rank > 1 ? new Array<Json | undefined>(rank).fill(list[0]) : list;
    if (single.length !== rank || !single.every((size) => isSize(size, minimum))) {
      return this.wrong(key, rank === 1 ? 'a whole number' : `${rank} whole numbers`);
    }
    return single as number[];
  }

  /** A list of whole numbers; one number is a list of one. */
  integers(key: string): number[] {
    const value = this.get(key);
    const list = isList(value) ? value : [value];
    if (!list.every((item) => Number.isSafeInteger(item))) return this.wrong(key, 'a list of whole numbers');
    return list as number[];
  }

  /** A shape with open (null) axes. */
  openShape(key: string): (number | null)[] | undefined {
    const value = this.get(key);
    if (value === undefined || value === null) return undefined;
    return openShape(value) ?? this.wrong(key, 'a shape');
  }

  object(key: string): JsonObject {
    const value = this.get(key);
    return isObject(value) ? value : this.wrong(key, 'an object');
  }

  list(key: string): readonly Json[] {
    const value = this.get(key);
    return isList(value) ? value : this.wrong(key, 'a list');
  }

  wrong(key: string, expected: string): never {
    const value = this.get(key);
    const found = value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60);
    throw new ArchmeterError(`its configuration '${key}' should be ${expected}, not ${found}`, undefined, {
      layer: this.layer,
    });
  }
}

function isSize(value: unknown, minimum: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= MAX_SIZE;
}

/** `[null, 224, 224, 3]`; undefined where it is no shape. */
export function openShape(value: Json): (number | null)[] | undefined {
  if (!isList(value) || !value.every((size) => size === null || isSize(size, 0))) return undefined;
  return value as (number | null)[];
}

const DTYPES: ReadonlySet<string> = new Set(Object.keys(DTYPE_BITS));

export function dtypeOf(name: string): DType | undefined {
  if (name === 'float') return 'float32';
  if (name === 'half') return 'float16';
  if (name === 'int') return 'int32';
  if (name.startsWith('float8')) return 'float8';
  return DTYPES.has(name) ? (name as DType) : undefined;
}
