import { Cursor, damaged, type Hdf5File } from './file.js';

/** One message of an object header. */
export interface Message {
  readonly type: number;
  readonly data: Cursor;
}

const CONTINUATION = 0x10;
/** More than any object needs: continuation blocks may lead to one another in a damaged file. */
const MAX_BLOCKS = 256;
const MAX_BLOCK_BYTES = 2 ** 22;

/** The messages of an object, versions 1 and 2 (HDF5 File Format Specification 3.0, section IV.A). */
export async function messagesOf(file: Hdf5File, address: number): Promise<Message[]> {
  const { source, base } = file;
  const start = base + address;
  const head = await Cursor.at(source, start, Math.min(64, Math.max(source.size - start, 0)));
  const isSecond = head.left >= 4 && head.text(4) === 'OHDR';
  const layout = isSecond ? second(file, head, start) : await first(file, start);
  const messages: Message[] = [];
  const blocks = [layout.block];
  for (let i = 0; i < blocks.length; i++) {
    if (i >= MAX_BLOCKS) throw damaged(source, `an object is spread over more than ${MAX_BLOCKS} blocks`, start);
    const { offset, length } = blocks[i] as Block;
    if (length > MAX_BLOCK_BYTES) throw damaged(source, `an object header states ${length} bytes`, offset);
    const block = await Cursor.at(source, offset, length);
    // Continuation blocks of version 2 have a signature before and a checksum after their messages.
    const body = isSecond && i > 0 ? continued(file, block) : block;
    for (const message of layout.split(body)) {
      messages.push(message);
      if (message.type === CONTINUATION) {
        const next = message.data.uint(file.offsetBytes) + base;
        blocks.push({ offset: next, length: message.data.uint(file.lengthBytes) });
      }
    }
  }
  return messages;
}

interface Block {
  readonly offset: number;
  readonly length: number;
}

interface Layout {
  readonly block: Block;
  split(block: Cursor): Message[];
}

async function first(file: Hdf5File, start: number): Promise<Layout> {
  const head = await Cursor.at(file.source, start, 16);
  const version = head.uint(1);
  if (version !== 1) throw damaged(file.source, `object header version ${version} is not known`, start);
  head.skip(7);
  return {
    block: { offset: start + 16, length: head.uint(4) },
    split(block) {
      const messages: Message[] = [];
      while (block.left >= 8) {
        const type = block.uint(2);
        const size = block.uint(2);
        block.skip(4);
        messages.push({ type, data: block.part(size) });
      }
      return messages;
    },
  };
}

const TIMES = 0x20;
const ATTRIBUTE_LIMITS = 0x10;
const CREATION_ORDER = 0x04;

function second(file: Hdf5File, head: Cursor, start: number): Layout {
  const version = head.uint(1);
  if (version !== 2) throw damaged(file.source, `object header version ${version} is not known`, start);
  const flags = head.uint(1);
  const skipped = (flags & TIMES ? 16 : 0) + (flags & ATTRIBUTE_LIMITS ? 4 : 0);
  head.skip(skipped);
  const width = 2 ** (flags & 3);
  const length = head.uint(width);
  const extra = flags & CREATION_ORDER ? 2 : 0;
  return {
    block: { offset: start + 6 + skipped + width, length },
    split(block) {
      const messages: Message[] = [];
      while (block.left >= 4 + extra) {
        const type = block.uint(1);
        const size = block.uint(2);
        block.skip(1 + extra);
        messages.push({ type, data: block.part(size) });
      }
      return messages;
    },
  };
}

function continued(file: Hdf5File, block: Cursor): Cursor {
  if (block.text(4) !== 'OCHK') throw damaged(file.source, 'a continuation block is missing', block.start);
  return block.part(Math.max(block.left - 4, 0));
}
