import { JSONParser } from '@streamparser/json';
import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../../importers/define-importer.js';
import { chunksOf } from './chunks.js';

/** An event of Chrome's trace format; every member is what the file holds, of any type. */
export type TraceEvent = Readonly<Record<string, unknown>>;

export interface EventReader {
  /** Members of the top object to hand over; the events are `traceEvents`, or the elements of a top list. */
  readonly members: readonly string[];
  onEvent(event: TraceEvent): void;
  onMember(name: string, value: unknown): void;
}

/**
 * Streams a Chrome trace: one event at a time, none is kept.
 *
 * @throws ArchmeterError where it is no JSON, is cut short, or ends before its end
 */
export async function readEvents(source: ByteSource, reader: EventReader): Promise<void> {
  let parser: JSONParser | undefined;
  let bytes = 0;
  let failure: unknown;
  for await (const chunk of chunksOf(source)) {
    parser ??= parserFor(chunk, reader, (error) => {
      failure ??= error;
    });
    if (parser === undefined) break;
    if (parser.isEnded && chunk.every(isSpace)) continue;
    try {
      parser.write(chunk);
    } catch (error) {
      failure ??= error;
    }
    if (failure !== undefined) {
      if (failure instanceof ArchmeterError) throw failure.at({ file: source.name });
      throw new ArchmeterError(
        `it is no sound JSON after ${bytes} bytes: ${said(failure)}`,
        'The trace is damaged; let the profiler write it again.',
        { file: source.name },
      );
    }
    bytes += chunk.length;
  }
  if (parser?.isEnded) return;
  throw new ArchmeterError(
    `the trace ends after ${bytes} bytes before its end: it was cut short`,
    'Copy it again, whole, or let the profiler finish before the program ends.',
    { file: source.name },
  );
}

function parserFor(first: Uint8Array, reader: EventReader, onError: (error: unknown) => void): JSONParser {
  const isList = first.find((byte) => !isSpace(byte) && byte < 0x80) === 0x5b;
  const paths = isList ? ['$.*'] : ['$.traceEvents.*', ...reader.members.map((name) => `$.${name}`)];
  const parser = new JSONParser({ paths, keepStack: false, stringBufferSize: 2 ** 14 });
  parser.onValue = ({ value, key, stack }) => {
    if (stack.length === (isList ? 1 : 2)) {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) reader.onEvent(value as TraceEvent);
    } else if (typeof key === 'string') reader.onMember(key, value);
  };
  parser.onError = onError;
  return parser;
}

const isSpace = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

function said(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

export function textOr(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise;
}

/** A number, or one written as text as some writers do; undefined where it is neither or not finite. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
