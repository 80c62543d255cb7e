import { reference } from '../reference.js';
import type { DataTensor } from './onnx-data.js';
import type { Data, NodeTest } from './onnx-nodes.js';

/** The onnx project's node tests as one file of the repository: models, shapes and element types, and small contents. */

const FILE = 'onnx-node-tests.json';
/** Contents of more elements are left out: shapes and types alone are held against ours. */
const KEPT_CONTENTS = 32;
/** Models of more bytes, which carry data of images, are left out. */
const LARGEST_MODEL = 2 ** 16;

type StoredTensor = readonly [shape: readonly number[], dtype: string, contents?: readonly (number | string)[]];
type StoredData = { readonly one: StoredTensor } | { readonly list: readonly StoredTensor[] } | null;

interface StoredTest {
  readonly name: string;
  /** In base 64. */
  readonly model: string;
  readonly inputs: readonly StoredData[];
  readonly outputs: readonly StoredData[];
}

/** Not all numbers are numbers of JSON. */
const written = (value: number) => (Object.is(value, -0) ? '-0' : Number.isFinite(value) ? value : `${value}`);

function packed({ shape, dtype, contents }: DataTensor): StoredTensor {
  return contents === undefined || contents.length > KEPT_CONTENTS
    ? [shape, dtype]
    : [shape, dtype, contents.map(written)];
}

function unpacked([shape, dtype, contents]: StoredTensor): DataTensor {
  return { shape, dtype, contents: contents?.map(Number) };
}

function pack(data: Data): StoredData {
  if (data === undefined) return null;
  return 'shape' in data ? { one: packed(data) } : { list: data.map(packed) };
}

function unpack(data: StoredData): Data {
  if (data === null) return undefined;
  return 'one' in data ? unpacked(data.one) : data.list.map(unpacked);
}

export function textOfTests(tests: readonly NodeTest[]): string {
  const stored = tests
    .filter(({ model }) => model.length <= LARGEST_MODEL)
    .map(
      ({ name, model, inputs, outputs }): StoredTest => ({
        name,
        model: Buffer.from(model).toString('base64'),
        inputs: inputs.map(pack),
        outputs: outputs.map(pack),
      }),
    );
  return `[\n${stored.map((test) => JSON.stringify(test)).join(',\n')}\n]\n`;
}

export function storedTests(): NodeTest[] {
  return reference.json<readonly StoredTest[]>(FILE).map(({ name, model, inputs, outputs }) => ({
    name,
    model: new Uint8Array(Buffer.from(model, 'base64')),
    inputs: inputs.map(unpack),
    outputs: outputs.map(unpack),
  }));
}
