import { ArchmeterError } from '../../errors.js';
import type { DType } from '../../ir/tensor.js';

/** A shape with open (null) axes; undefined where not even the number of axes is known. */
export type OpenShape = readonly (number | null)[] | undefined;

export interface FunctionReference {
  readonly function: string | number;
}

export type AttributeValue =
  | number
  | boolean
  | string
  | FunctionReference
  | { readonly shape: OpenShape }
  | readonly AttributeValue[]
  | undefined;

/** The attributes of one node, read with checks. */
export class Attributes {
  constructor(private readonly values: Readonly<Record<string, AttributeValue>>) {}

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  get(name: string): AttributeValue {
    return Object.hasOwn(this.values, name) ? this.values[name] : undefined;
  }

  number(name: string, fallback?: number): number {
    const value = this.get(name) ?? fallback;
    return typeof value === 'number' && Number.isFinite(value) ? value : wrong(name, 'a number', value);
  }

  integer(name: string, fallback?: number): number {
    const value = this.number(name, fallback);
    return Number.isSafeInteger(value) ? value : wrong(name, 'a whole number', value);
  }

  integers(name: string, fallback?: readonly number[]): number[] {
    const value = this.get(name) ?? fallback;
    if (Array.isArray(value) && value.every((item) => Number.isSafeInteger(item))) return value as number[];
    return wrong(name, 'whole numbers', value);
  }

  flag(name: string, fallback = false): boolean {
    const value = this.get(name) ?? fallback;
    return typeof value === 'boolean' ? value : wrong(name, 'true or false', value);
  }

  text(name: string, fallback?: string): string {
    const value = this.get(name) ?? fallback;
    return typeof value === 'string' ? value : wrong(name, 'a text', value);
  }

  texts(name: string): readonly string[] {
    const value = this.get(name) ?? [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value as string[];
    return wrong(name, 'a list of texts', value);
  }

  dtype(name: string): DType | undefined {
    const value = this.get(name);
    return typeof value === 'string' ? (value as DType) : undefined;
  }

  /** A shape; undefined where it is not given or its number of axes is open. */
  shape(name: string): OpenShape {
    const value = this.get(name);
    return typeof value === 'object' && 'shape' in value ? value.shape : undefined;
  }

  shapes(name: string): readonly OpenShape[] {
    const value = this.get(name);
    if (!Array.isArray(value)) return [];
    return value.map((item) => (typeof item === 'object' && 'shape' in item ? item.shape : undefined));
  }

  function(name: string): string | number {
    const value = this.get(name);
    if (typeof value === 'object' && 'function' in value) return value.function;
    return wrong(name, 'a function', value);
  }
}

function wrong(name: string, expected: string, value: AttributeValue): never {
  const found = value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60);
  throw new ArchmeterError(`its attribute '${name}' should be ${expected}, not ${found}`);
}
