import { ArchmeterError } from '../../errors.js';

/** Checked access to parsed JSON; `what` names the field in the error. */

export type Json = Readonly<Record<string, unknown>>;

export function record(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unexpected(what, 'an object', value);
  return value as Json;
}

export function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw unexpected(what, 'a list', value);
  return value;
}

export function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw unexpected(what, 'a text', value);
  return value;
}

export function number(value: unknown, what: string): number {
  // torch writes what JSON cannot as text.
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  if (value === 'NaN') return Number.NaN;
  if (typeof value !== 'number') throw unexpected(what, 'a number', value);
  return value;
}

/** The one field of a tagged union: `{"as_int": 3}`. Older files may hold the other fields as null. */
export function variant(value: unknown, what: string): readonly [tag: string, value: unknown] {
  const entries = Object.entries(record(value, what));
  const found = entries.length === 1 ? entries[0] : entries.find(([, field]) => field !== null);
  if (found === undefined) throw unexpected(what, 'one of several kinds', value);
  return found;
}

/** Parses JSON, also where Python left NaN and Infinity in it. */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  const source = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(source);
  } catch (cause) {
    const quoted = source.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (token) =>
      token.startsWith('"') ? token : `"${token}"`,
    );
    try {
      return JSON.parse(quoted);
    } catch {
      const reason = (cause as Error).message.replaceAll('\n', ' ').slice(0, 120);
      throw new ArchmeterError(`'${what}' is no valid JSON: ${reason}`, DAMAGED);
    }
  }
}

export const DAMAGED = 'The file is damaged; download or export it again.';

function unexpected(what: string, expected: string, value: unknown): ArchmeterError {
  const shown = value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value);
  return new ArchmeterError(
    `${what} should be ${expected} but is ${shown.length > 60 ? `${shown.slice(0, 60)}…` : shown}`,
    DAMAGED,
  );
}
