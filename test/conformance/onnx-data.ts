import { readContents } from '../../src/core/importers/onnx/contents.js';
import { ProtobufReader } from '../../src/core/importers/onnx/protobuf/decode.js';
import { TENSOR, type TensorProto } from '../../src/core/importers/onnx/protobuf/messages.js';
import { many, one, type Schema } from '../../src/core/importers/onnx/protobuf/schema.js';
import { storedTensor } from '../../src/core/importers/onnx/stored-tensor.js';
import { memorySource } from '../../src/core/importers/shared/bytes.js';

/** Input and output data of the onnx project's backend tests: TensorProto, SequenceProto or OptionalProto (onnx-data.proto). */

export interface DataTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly contents: readonly number[] | undefined;
}

interface Sequence {
  tensors: TensorProto[];
}

interface Optional {
  tensor?: TensorProto;
  sequence?: Sequence;
}

const SEQUENCE: Schema<Sequence> = {
  name: 'SequenceProto',
  create: () => ({ tensors: [] }),
  fields: { 3: { name: 'tensors', kind: many(() => TENSOR) } },
};

const OPTIONAL: Schema<Optional> = {
  name: 'OptionalProto',
  create: () => ({}),
  fields: { 3: { name: 'tensor', kind: one(() => TENSOR) }, 5: { name: 'sequence', kind: one(() => SEQUENCE) } },
};

const MOST_CONTENTS = 2 ** 14;

async function tensor(proto: TensorProto, bytes: Uint8Array): Promise<DataTensor> {
  const stored = storedTensor(proto, proto.name);
  const count = stored.shape.reduce((product, size) => product * size, 1);
  const contents = count > MOST_CONTENTS ? undefined : await readContents(stored, memorySource('data.pb', bytes));
  return { shape: stored.shape, dtype: stored.dtype, contents };
}

export async function tensorData(bytes: Uint8Array): Promise<DataTensor> {
  return tensor(await new ProtobufReader(memorySource('data.pb', bytes)).file(TENSOR), bytes);
}

export async function sequenceData(bytes: Uint8Array): Promise<DataTensor[]> {
  const { tensors } = await new ProtobufReader(memorySource('data.pb', bytes)).file(SEQUENCE);
  return Promise.all(tensors.map((proto) => tensor(proto, bytes)));
}

export async function optionalData(bytes: Uint8Array): Promise<DataTensor | DataTensor[] | undefined> {
  const value = await new ProtobufReader(memorySource('data.pb', bytes)).file(OPTIONAL);
  if (value.tensor !== undefined) return tensor(value.tensor, bytes);
  return value.sequence && Promise.all(value.sequence.tensors.map((proto) => tensor(proto, bytes)));
}
