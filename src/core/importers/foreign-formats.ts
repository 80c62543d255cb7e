import { ArchmeterError } from '../errors.js';
import type { ByteSource } from './define-importer.js';

/** What a file is that archmeter does not read, and the way to something that it does. */
export interface ForeignFormat {
  readonly problem: string;
  readonly fix: string;
}

const TORCH_EXPORT = 'Export the model: torch.export.save(torch.export.export(model, (example,)), "model.pt2").';
const TF_CONVERT =
  'Convert it: tensorflowjs_converter --input_format=tf_saved_model FOLDER OUT (gives model.json), or tf.lite.TFLiteConverter (gives .tflite).';

const text = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);
const ascii = (bytes: Uint8Array, start: number, end: number) => text(bytes.subarray(start, end));

interface Recognizer {
  matches(head: Uint8Array, source: ByteSource): boolean;
  readonly problem: string;
  readonly fix: string;
}

const startsWith =
  (...prefixes: readonly string[]) =>
  (head: Uint8Array) =>
    prefixes.some((prefix) => ascii(head, 0, prefix.length) === prefix);

/** A flatbuffer's file identifier. */
const identifier = (id: string) => (head: Uint8Array) => ascii(head, 4, 8) === id;

const RECOGNIZERS: readonly Recognizer[] = [
  {
    matches: startsWith('GGUF', 'ggjt', 'tjgg', 'lmgg', 'fmgg'),
    problem: 'this is a GGUF file: weights and metadata, no graph',
    fix: 'Export the original model to ONNX: optimum-cli export onnx --model NAME OUT.',
  },
  {
    matches: isSafetensors,
    problem: 'this is a safetensors file: weights alone, no graph',
    fix: TORCH_EXPORT,
  },
  {
    matches: (head) => head[0] === 0x80 && (head[1] as number) >= 2 && (head[1] as number) <= 5,
    problem: 'this is a Python pickle (a PyTorch checkpoint, for one): weights alone, no graph',
    fix: TORCH_EXPORT,
  },
  {
    matches: (head, source) => isModelProto(head, 0x0a) && (head[1] === 1 || source.name.endsWith('saved_model.pb')),
    problem: 'this is a TensorFlow SavedModel',
    fix: TF_CONVERT,
  },
  {
    matches: (head) => isModelProto(head, 0x0a),
    problem: 'this is a Core ML model',
    fix: 'Give the model that it was converted from; archmeter reads ONNX, PyTorch .pt2, Keras, TF.js and TFLite.',
  },
  {
    matches: isGraphDef,
    problem: 'this is a frozen TensorFlow GraphDef',
    fix: 'Convert it: tensorflowjs_converter --input_format=tf_frozen_model --output_node_names=NAME FILE OUT.',
  },
  {
    matches: identifier('ORTM'),
    problem: 'this is an ONNX Runtime (.ort) file, optimised for one machine',
    fix: 'Give the .onnx file that it was made from.',
  },
  {
    matches: identifier('ET12'),
    problem: 'this is an ExecuTorch program',
    fix: TORCH_EXPORT,
  },
  {
    matches: startsWith('7767517'),
    problem: 'this is an ncnn parameter file',
    fix: 'Give the ONNX file that it was converted from.',
  },
  {
    matches: (head) => /^\s*(<\?xml[^>]*>\s*)?<net /.test(text(head.subarray(0, 512))),
    problem: 'this is an OpenVINO model',
    fix: 'Give the ONNX or TensorFlow model that it was converted from.',
  },
  {
    matches: startsWith('version https://git-lfs'),
    problem: 'this is a Git LFS pointer, not the model itself',
    fix: 'Fetch the file: git lfs pull.',
  },
  {
    matches: (head) => /^\s*<(!doctype html|html)/i.test(text(head.subarray(0, 512))),
    problem: 'this is a web page, not a model: the download went wrong',
    fix: 'Download the raw file.',
  },
  {
    matches: (head) =>
      startsWith('\x1f\x8b', 'BZh', '\xfd7zXZ', '7z\xbc\xaf', 'Rar!', '\x28\xb5\x2f\xfd')(head) ||
      ascii(head, 257, 262) === 'ustar',
    problem: 'this is an archive',
    fix: 'Unpack it and give the model file inside.',
  },
  {
    matches: (head) => /^\s*\[\s*\{\s*"(paths|weights)"/.test(text(head.subarray(0, 512))),
    problem: 'this is a TensorFlow.js weights manifest alone, no graph',
    fix: 'Give the model.json that it belongs to.',
  },
  {
    matches: startsWith('\x93NUMPY'),
    problem: 'this is a NumPy array, no model',
    fix: 'Give the model file.',
  },
];

/** Says what the file is where it is a known thing that holds no graph or that archmeter does not read. */
export async function foreignFormat(source: ByteSource, head: Uint8Array): Promise<ForeignFormat | undefined> {
  const found = RECOGNIZERS.find((recognizer) => recognizer.matches(head, source));
  if (found !== undefined) return found;
  return ascii(head, 0, 4) === 'PK\x03\x04' ? foreignArchive(source) : undefined;
}

/** Zip archives that are models of other kinds, by the names of their entries. */
async function foreignArchive(source: ByteSource): Promise<ForeignFormat | undefined> {
  const { ZipArchive } = await import('./shared/zip.js');
  let names: readonly string[];
  try {
    names = (await ZipArchive.open(source)).entries.map(({ name }) => name);
  } catch (error) {
    // A damaged archive is its importer's to report.
    if (error instanceof ArchmeterError) return undefined;
    throw error;
  }
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (has(/(^|\/)models\/[^/]*\.json$/) || has(/^(config|metadata)\.json$/) || has(/exported_program\.json$/))
    return undefined;
  if (has(/\/constants\.pkl$/) || has(/(^|\/)code\/__torch__/)) {
    return { problem: 'this is a TorchScript archive', fix: TORCH_EXPORT };
  }
  if (has(/(^|\/)data\.pkl$/)) {
    return { problem: 'this is a PyTorch checkpoint (torch.save): weights alone, no graph', fix: TORCH_EXPORT };
  }
  if (has(/\.npy$/))
    return { problem: 'this is a NumPy archive: weights alone, no graph', fix: 'Give the model file.' };
  if (has(/com\.apple\.CoreML\//)) {
    return { problem: 'this is a Core ML package', fix: 'Give the model that it was converted from.' };
  }
  const inside = names.find((name) => /\.(onnx|pt2|keras|h5|tflite)$|(^|\/)(model\.json|saved_model\.pb)$/.test(name));
  if (inside !== undefined) {
    return { problem: `this is a zip archive that holds '${inside}'`, fix: 'Unpack it and give the file inside.' };
  }
  return undefined;
}

/** Header: its length as uint64, then JSON. */
function isSafetensors(head: Uint8Array, source: ByteSource): boolean {
  if (head.length < 10 || head[8] !== 0x7b) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  return length >= 2 && length <= source.size - 8 && /^\{\s*("|\})/.test(ascii(head, 8, 64));
}

/** Protobuf with a small version as field 1 and a message beginning with `first` as field 2. ONNX has a text there. */
function isModelProto(head: Uint8Array, first: number): boolean {
  if (head[0] !== 0x08 || (head[1] as number) > 12 || head[2] !== 0x12) return false;
  let at = 3;
  while (at < 12 && (head[at] as number) >= 0x80) at++;
  return head[at + 1] === first;
}

/** Field 1 a NodeDef that begins with its name (field 1) and op (field 2). */
function isGraphDef(head: Uint8Array): boolean {
  if (head[0] !== 0x0a) return false;
  let at = 1;
  while (at < 10 && (head[at] as number) >= 0x80) at++;
  if (head[at + 1] !== 0x0a) return false;
  const op = at + 3 + (head[at + 2] as number);
  const length = head[op + 1] as number;
  return head[op] === 0x12 && /^[A-Z][A-Za-z0-9_]*$/.test(ascii(head, op + 2, op + 2 + length));
}
