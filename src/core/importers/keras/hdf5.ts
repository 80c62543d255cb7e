import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../define-importer.js';
import { Pages } from '../shared/pages.js';
import { type KerasConfig, parseModelJson } from './model-json.js';

/** errno of the reads that have to wait for bytes. */
const EIO = 29;
const STDERR = 2;

/** The attributes of the root group of an HDF5 file. */
interface RootAttributes {
  readonly texts: ReadonlyMap<string, string>;
  readonly names: readonly string[];
  readonly groups: readonly string[];
}

const WANTED: ReadonlySet<string> = new Set(['model_config', 'keras_version', 'backend']);

/**
 * Reads the model configuration of a Keras HDF5 file with libhdf5 (h5wasm). Only the bytes that libhdf5 asks for are
 * read: its virtual file answers with an error where they are not there yet, and the reading begins anew with them.
 */
export async function readHdf5Config(source: ByteSource): Promise<KerasConfig> {
  const { texts, names, groups } = await rootAttributes(source);
  const config = texts.get('model_config');
  if (config === undefined) throw withoutConfig(source, names, groups);
  const version = texts.get('keras_version');
  const backend = texts.get('backend');
  const producer =
    version === undefined ? undefined : `Keras ${version}${backend === undefined ? '' : ` (${backend})`}`;
  return { json: parseModelJson(config, source.name), producer };
}

function withoutConfig(source: ByteSource, names: readonly string[], groups: readonly string[]): ArchmeterError {
  const weights = names.includes('layer_names') || groups.some((name) => /^(layers|_layer_checkpoint|vars)/.test(name));
  return weights
    ? new ArchmeterError(
        'this HDF5 file holds weights alone, no model configuration',
        'Save the whole model, model.save("model.keras"), or write its configuration, model.to_json(), to a .json file.',
        { file: source.name },
      )
    : new ArchmeterError('this HDF5 file is no Keras model: it has no model_config', undefined, { file: source.name });
}

let opened = 0;

async function rootAttributes(source: ByteSource): Promise<RootAttributes> {
  const { File, ready } = await import('h5wasm');
  const { FS } = await ready;
  const pages = new Pages(source);
  const system = FS as unknown as VirtualFileSystem;
  const path = `/${++opened}.h5`;
  const messages = captureMessages(system);
  mountLazily(system, path, pages);
  try {
    for (;;) {
      messages.length = 0;
      let problem: unknown;
      try {
        const found = readRoot(new File(path, 'r'));
        if (!pages.incomplete) return found;
      } catch (error) {
        problem = error;
      }
      if (!pages.incomplete) throw damaged(source, messages, problem);
      await pages.load();
    }
  } finally {
    system.unlink(path);
  }
}

/** The innermost message of libhdf5 says most. */
function damaged(source: ByteSource, messages: readonly string[], cause: unknown): ArchmeterError {
  const reason = [...messages.join('').matchAll(/^ *#\d+: .*\(\): (.*)$/gm)].at(-1)?.[1];
  return new ArchmeterError(
    `the HDF5 file is damaged${reason === undefined ? '' : ` (${reason.slice(0, 100)})`}`,
    'Download or export it again.',
    { file: source.name },
    { cause },
  );
}

interface Hdf5File {
  readonly attrs: Readonly<Record<string, { readonly value: unknown }>>;
  keys(): string[];
  close(): unknown;
}

function readRoot(file: Hdf5File): RootAttributes {
  try {
    const { attrs } = file;
    const names = Object.keys(attrs);
    const texts = new Map<string, string>();
    for (const name of names) {
      if (!WANTED.has(name)) continue;
      const value = attrs[name]?.value;
      const text = value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
      if (typeof text === 'string') texts.set(name, text.replace(/\0+$/, ''));
    }
    return { texts, names, groups: texts.has('model_config') ? [] : file.keys() };
  } finally {
    file.close();
  }
}

/** The part of Emscripten's file system that is used. */
interface VirtualFileSystem {
  readonly ErrnoError: new (errno: number) => Error;
  writeFile(path: string, bytes: Uint8Array): void;
  lookupPath(path: string): { readonly node: VirtualNode };
  unlink(path: string): void;
  getStream(descriptor: number): { stream_ops: object };
}

interface VirtualNode {
  usedBytes: number;
  contents: null;
  stream_ops: object;
}

/** libhdf5 prints its errors to standard error: they are kept instead. */
function captureMessages(system: VirtualFileSystem): string[] {
  const messages: string[] = [];
  const stream = system.getStream(STDERR);
  stream.stream_ops = {
    ...stream.stream_ops,
    write(_: unknown, buffer: Uint8Array, offset: number, length: number): number {
      messages.push(new TextDecoder().decode(buffer.slice(offset, offset + length)));
      return length;
    },
  };
  return messages;
}

/** A file whose bytes come from the pages. */
function mountLazily(system: VirtualFileSystem, path: string, pages: Pages): void {
  system.writeFile(path, new Uint8Array(0));
  const { node } = system.lookupPath(path);
  node.usedBytes = pages.source.size;
  node.contents = null;
  node.stream_ops = {
    ...node.stream_ops,
    read(_: unknown, buffer: Uint8Array, offset: number, length: number, position: number): number {
      const available = Math.max(Math.min(length, pages.source.size - position), 0);
      if (available > 0 && !pages.copy(position, buffer.subarray(offset, offset + available))) {
        throw new system.ErrnoError(EIO);
      }
      return available;
    },
  };
}
