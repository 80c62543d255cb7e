import type { ByteSource } from '../../define-importer.js';
import { ByteWindow, damaged } from './byte-window.js';
import type { Field, FieldKind, MessageField, Schema, Span } from './schema.js';

/** Messages up to this many bytes are fetched whole; in larger ones each field is looked at before it is fetched. */
const WHOLE_MESSAGE = 2 ** 14;
/** Most bytes of a tag and a varint. */
const HEADER = 20;
/** Lists and texts longer than this many bytes are stepped over: tables of decision trees, compiled blobs. */
const LONGEST = 2 ** 16;
/** Messages inside messages; protobuf's own readers stop at 100. */
const DEEPEST = 100;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

const utf8 = new TextDecoder();

/**
 * Reads protobuf messages (protobuf.dev/programming-guides/encoding) without touching the contents of tensors: the cost
 * is that of the graph, not of the weights, and positions go past 2 GB.
 */
export class ProtobufReader {
  private readonly window: ByteWindow;
  /** Position in the file. */
  private at = 0;
  /** Of the field at hand: its number, wire type, and for BYTES where its content ends. */
  private number = 0;
  private wire = 0;
  private end = 0;

  constructor(private readonly source: ByteSource) {
    this.window = new ByteWindow(source);
  }

  /** The message that the whole file is. */
  file<T>(schema: Schema<T>): Promise<T> {
    return this.message(schema, 0, this.source.size, 0);
  }

  private async message<T>(schema: Schema<T>, start: number, end: number, depth: number): Promise<T> {
    if (depth > DEEPEST) throw damaged(`messages are nested more than ${DEEPEST} deep`, start);
    if (end - start <= WHOLE_MESSAGE) {
      await this.need(start, end);
      return this.wholeMessage(schema, start, end, depth);
    }
    const message = schema.create();
    let at = start;
    while (at < end) {
      await this.need(at, Math.min(at + HEADER, end));
      this.at = at;
      this.header(schema, end);
      const field = schema.fields[this.number];
      const body = this.at;
      const next = this.wire === BYTES ? this.end : this.afterScalar(end);
      if (field === undefined || this.wire !== BYTES || field.kind === 'spans') {
        this.field(message, field, at, body, next);
      } else if (isMessage(field.kind)) {
        put(message, field, await this.message(field.kind.schema(), body, next, depth + 1));
      } else if (next - body <= LONGEST) {
        await this.need(body, next);
        this.field(message, field, at, body, next);
      }
      at = next;
    }
    return message;
  }

  /** A message all of whose bytes are at hand. */
  private wholeMessage<T>(schema: Schema<T>, start: number, end: number, depth: number): T {
    if (depth > DEEPEST) throw damaged(`messages are nested more than ${DEEPEST} deep`, start);
    const message = schema.create();
    let at = start;
    while (at < end) {
      this.at = at;
      this.header(schema, end);
      const field = schema.fields[this.number];
      const body = this.at;
      const next = this.wire === BYTES ? this.end : this.afterScalar(end);
      if (field !== undefined && this.wire === BYTES && isMessage(field.kind)) {
        put(message, field, this.wholeMessage(field.kind.schema(), body, next, depth + 1));
      } else this.field(message, field, at, body, next);
      at = next;
    }
    return message;
  }

  /** Reads tag and, for BYTES, length; leaves `at` at the content. */
  private header(schema: Schema<unknown>, end: number): void {
    const start = this.at;
    const tag = this.varint(end);
    this.number = Math.floor(tag / 8);
    this.wire = tag & 7;
    if (this.number < 1 || this.number >= 2 ** 29) {
      throw damaged(`${schema.name} has a field of the impossible number ${this.number}`, start);
    }
    if (this.wire !== BYTES) {
      if (this.wire === VARINT || this.wire === FIXED64 || this.wire === FIXED32) return;
      throw damaged(`field ${this.number} of ${schema.name} has the unknown wire type ${this.wire}`, start);
    }
    const length = this.varint(end);
    this.end = this.at + length;
    if (length < 0 || this.end > end) {
      const name = schema.fields[this.number]?.name ?? `field ${this.number}`;
      throw damaged(`${name} of ${schema.name} claims ${length} bytes, where ${end - this.at} are left`, start);
    }
  }

  /** Position after a scalar's content, checked against the end of its message. */
  private afterScalar(end: number): number {
    const body = this.at;
    if (this.wire === VARINT) this.varint(end);
    else this.at += this.wire === FIXED64 ? 8 : 4;
    if (this.at > end) throw damaged('a number is cut off', body);
    return this.at;
  }

  /** Keeps one field that is not a message: `start` is its tag, [body, next) its content. */
  private field(message: unknown, field: Field | undefined, start: number, body: number, next: number): void {
    if (field === undefined) return;
    const { kind } = field;
    if (!this.fits(kind)) {
      throw damaged(`${field.name} has the wire type ${this.wire}, which does not fit its type`, start);
    }
    if (kind === 'spans') putSpan(message, field, this.wire === BYTES ? body : start, next, this.wire !== BYTES);
    else if (kind === 'text' || kind === 'texts') put(message, field, this.text(body, next));
    else if (kind === 'float' || kind === 'floats') this.floats(message, field, body, next);
    else this.ints(message, field, body, next);
  }

  private fits(kind: FieldKind): boolean {
    if (isMessage(kind) || kind === 'text' || kind === 'texts') return this.wire === BYTES;
    if (kind === 'spans') return true;
    if (this.wire === BYTES) return kind.endsWith('s');
    return this.wire === (kind.startsWith('float') ? FIXED32 : VARINT);
  }

  private text(start: number, end: number): string {
    const { bytes, base } = this.window;
    return utf8.decode(bytes.subarray(start - base, end - base));
  }

  private floats(message: unknown, field: Field, body: number, next: number): void {
    if ((next - body) % 4 !== 0) throw damaged(`${field.name} is cut off`, body);
    const { bytes, base } = this.window;
    const view = new DataView(bytes.buffer, bytes.byteOffset + body - base, next - body);
    for (let i = 0; i < next - body; i += 4) put(message, field, view.getFloat32(i, true));
  }

  private ints(message: unknown, field: Field, body: number, next: number): void {
    this.at = body;
    while (this.at < next) put(message, field, this.varint(next));
  }

  /** A varint at `at`, as a signed 64-bit integer; numbers past 2^53 lose their last digits. */
  private varint(end: number): number {
    const { bytes, base } = this.window;
    const start = this.at - base;
    const first = bytes[start] as number;
    if (this.at < end && first < 0x80) {
      this.at++;
      return first;
    }
    const last = Math.min(end - base, start + 10, bytes.length);
    let low = 0;
    let high = 0;
    for (let i = start, n = 0; i < last; i++, n++) {
      const byte = bytes[i] as number;
      const bits = byte & 0x7f;
      if (n < 4) low |= bits << (7 * n);
      else if (n === 4) {
        low |= bits << 28;
        high = bits >> 4;
      } else high |= bits << (3 + 7 * (n - 5));
      if (byte < 0x80) {
        this.at = base + i + 1;
        return high * 2 ** 32 + (low >>> 0);
      }
    }
    throw damaged('a number runs on without end or is cut off', this.at);
  }

  private async need(start: number, end: number): Promise<void> {
    if (!this.window.has(start, end)) await this.window.load(start, end);
  }
}

function isMessage(kind: FieldKind): kind is MessageField {
  return typeof kind === 'object';
}

function put(message: unknown, { name, kind }: Field, value: unknown): void {
  const target = message as Record<string, unknown>;
  const repeated = typeof kind === 'object' ? kind.repeated : kind.endsWith('s');
  if (!repeated) target[name] = value;
  else {
    target[name] ??= [];
    const list = target[name] as unknown[];
    if (isMessage(kind) || list.length < LONGEST) list.push(value);
  }
}

/** Spans that follow each other without a gap are one: an unpacked field has one for each element. */
function putSpan(message: unknown, { name }: Field, start: number, end: number, tagged: boolean): void {
  const target = message as Record<string, Span[] | undefined>;
  target[name] ??= [];
  const spans = target[name];
  const last = spans.at(-1);
  if (tagged && last?.tagged && last.end === start) last.end = end;
  else spans.push({ start, end, tagged });
}
