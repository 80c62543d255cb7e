import { ArchmeterError } from '../../../errors.js';
import type { ByteSource } from '../../define-importer.js';
import { Cursor, damaged, type Hdf5File, openHdf5 } from './file.js';
import { type Message, messagesOf } from './object-header.js';

const ATTRIBUTE = 0x0c;
const ATTRIBUTE_INFO = 0x15;
const FIXED_TEXT = 3;
const VARIABLE_LENGTH = 9;
/** A text longer than this is no model configuration. */
const MAX_TEXT_BYTES = 2 ** 28;

export interface RootAttributes {
  readonly names: readonly string[];
  /** Those attributes that are texts. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Reads the attributes of the root group, those alone that are texts and wanted. Nothing else of the file is touched,
 * and every step goes forward: a damaged file cannot make it run for ever.
 */
export async function readRootAttributes(source: ByteSource, wanted: ReadonlySet<string>): Promise<RootAttributes> {
  const file = await openHdf5(source);
  const messages = await messagesOf(file, file.root);
  const names: string[] = [];
  const texts = new Map<string, string>();
  for (const { type, data } of messages) {
    if (type !== ATTRIBUTE) continue;
    const attribute = attributeOf(file, data);
    names.push(attribute.name);
    if (!wanted.has(attribute.name) || attribute.isShared) continue;
    const text = await textOf(file, attribute);
    if (text !== undefined) texts.set(attribute.name, text);
  }
  if (names.length === 0) refuseDense(file, messages);
  return { names, texts };
}

interface Attribute {
  readonly name: string;
  /** Its type is stored elsewhere. */
  readonly isShared: boolean;
  readonly type: Cursor;
  readonly data: Cursor;
}

/** Attribute message, versions 1 to 3 (section IV.A.2.m); version 1 pads its parts to 8 bytes. */
function attributeOf(file: Hdf5File, message: Cursor): Attribute {
  const version = message.uint(1);
  if (version < 1 || version > 3)
    throw damaged(file.source, `attribute version ${version} is not known`, message.start);
  const flags = message.uint(1);
  const [nameBytes, typeBytes, spaceBytes] = [message.uint(2), message.uint(2), message.uint(2)];
  if (version === 3) message.skip(1);
  const padded = (size: number) => (version === 1 ? Math.ceil(size / 8) * 8 : size);
  const name = message.text(padded(nameBytes)).replace(/\0.*$/s, '');
  const type = message.part(padded(typeBytes));
  message.skip(padded(spaceBytes));
  return { name, isShared: version > 1 && (flags & 1) !== 0, type, data: message.part(message.left) };
}

/** A text of fixed length lies in the message, one of variable length in a global heap. */
async function textOf(file: Hdf5File, { type, data }: Attribute): Promise<string | undefined> {
  const kind = type.uint(1) & 0x0f;
  const bits = type.uint(1);
  type.skip(2);
  const size = type.uint(4);
  if (kind === FIXED_TEXT) return data.text(Math.min(size, data.left)).replace(/\0.*$/s, '');
  if (kind !== VARIABLE_LENGTH || (bits & 0x0f) !== 1) return undefined;
  const length = data.uint(4);
  const collection = data.uint(file.offsetBytes);
  const index = data.uint(4);
  if (length > MAX_TEXT_BYTES) throw damaged(file.source, `a text states ${length} bytes`, data.start);
  return heapText(file, collection + file.base, index, length);
}

/** Object `index` of a global heap collection (section III.E). */
async function heapText(file: Hdf5File, address: number, index: number, length: number): Promise<string> {
  const { source, lengthBytes } = file;
  const head = await Cursor.at(source, address, 8 + lengthBytes);
  if (head.text(4) !== 'GCOL') throw damaged(source, 'a global heap is missing', address);
  head.skip(4);
  const end = Math.min(address + head.uint(lengthBytes), source.size);
  const headerBytes = 8 + lengthBytes;
  for (let at = address + headerBytes; at + headerBytes <= end; ) {
    const object = await Cursor.at(source, at, headerBytes);
    const found = object.uint(2);
    object.skip(6);
    const size = object.uint(lengthBytes);
    if (found === index && found !== 0) {
      if (size < length) throw damaged(source, `a text of ${length} bytes lies in an object of ${size}`, at);
      return new TextDecoder().decode(await source.read(at + headerBytes, length));
    }
    if (found === 0) break;
    at += headerBytes + Math.ceil(size / 8) * 8;
  }
  throw damaged(source, `object ${index} is not in the global heap`, address);
}

/** Many attributes, or large ones, may lie outside the object header in files of the newest format. */
function refuseDense(file: Hdf5File, messages: readonly Message[]): void {
  const info = messages.find(({ type }) => type === ATTRIBUTE_INFO)?.data;
  if (info === undefined) return;
  info.skip(1);
  const flags = info.uint(1);
  if (flags & 1) info.skip(2);
  const heap = info.bytesOf(file.offsetBytes);
  if (heap.every((byte) => byte === 0xff)) return;
  throw new ArchmeterError(
    'its attributes are stored in the dense form of HDF5 1.8, which is not read',
    'Save the model again with model.save("model.keras").',
    { file: file.source.name },
  );
}
