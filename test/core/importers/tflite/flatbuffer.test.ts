import { Builder } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import { importModel } from '../../../../src/core/importers/index.js';
import { memorySource } from '../../../../src/core/importers/shared/bytes.js';
import { BUILTIN_OPERATORS } from '../../../../src/core/importers/tflite/builtin-operators.js';
import { fixtureBytes, outputShapes, totalsOf } from '../fixtures.js';

interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type?: number;
  readonly data?: readonly number[];
}

interface OperatorSpec {
  readonly type: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

const slot = (field: number) => (field - 4) / 2;

/** Writes a model by the schema's field ids, with the library's own builder. */
function written(
  tensors: readonly TensorSpec[],
  operators: readonly OperatorSpec[],
  inputs: readonly number[],
  outputs: readonly number[],
): Uint8Array {
  const b = new Builder(1024);
  const integers = (values: readonly number[]) => {
    b.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) b.addInt32(value);
    return b.endVector();
  };
  const offsets = (values: readonly number[]) => {
    b.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) b.addOffset(value);
    return b.endVector();
  };
  const buffers = [undefined, ...tensors.map(({ data }) => data)].map((data) => {
    const bytes = data && b.createByteVector(new Uint8Array(new Int32Array(data).buffer));
    b.startObject(3);
    if (bytes !== undefined) b.addFieldOffset(0, bytes, 0);
    return b.endObject();
  });
  const tensorTables = tensors.map(({ name, shape, type = 0, data }, i) => {
    const [text, sizes] = [b.createString(name), integers(shape)];
    b.startObject(8);
    b.addFieldOffset(slot(4), sizes, 0);
    b.addFieldInt8(slot(6), type, 0);
    b.addFieldInt32(slot(8), data ? i + 1 : 0, 0);
    b.addFieldOffset(slot(10), text, 0);
    return b.endObject();
  });
  const types = [...new Set(operators.map(({ type }) => type))];
  const codes = types.map((type) => {
    const code = BUILTIN_OPERATORS.indexOf(type);
    const custom = code < 0 ? b.createString(type) : 0;
    b.startObject(4);
    b.addFieldInt8(slot(4), Math.min(code < 0 ? 32 : code, 127), 0);
    if (custom !== 0) b.addFieldOffset(slot(6), custom, 0);
    b.addFieldInt32(slot(10), code < 0 ? 32 : code, 0);
    return b.endObject();
  });
  const operatorTables = operators.map(({ type, inputs: read, outputs: made }) => {
    const [from, to] = [integers(read), integers(made)];
    b.startObject(13);
    b.addFieldInt32(slot(4), types.indexOf(type), 0);
    b.addFieldOffset(slot(6), from, 0);
    b.addFieldOffset(slot(8), to, 0);
    return b.endObject();
  });
  const parts = [offsets(tensorTables), integers(inputs), integers(outputs), offsets(operatorTables)];
  b.startObject(5);
  for (const [i, part] of parts.entries()) b.addFieldOffset(i, part, 0);
  const subgraphs = offsets([b.endObject()]);
  const [codeVector, bufferVector] = [offsets(codes), offsets(buffers)];
  b.startObject(8);
  b.addFieldInt32(0, 3, 0);
  b.addFieldOffset(slot(6), codeVector, 0);
  b.addFieldOffset(slot(8), subgraphs, 0);
  b.addFieldOffset(slot(12), bufferVector, 0);
  b.finish(b.endObject(), 'TFL3');
  return b.asUint8Array();
}

const read = (bytes: Uint8Array, options = {}) => importModel(memorySource('m.tflite', bytes), options);
const INT32 = 2;
const FLOAT16 = 1;

describe('operators', () => {
  it('a fully connected layer, without a bias, on more than two axes', async () => {
    const tensors = [
      { name: 'x', shape: [2, 3, 4] },
      { name: 'w', shape: [5, 4] },
      { name: 'y', shape: [6, 5] },
    ];
    const graph = await read(
      written(tensors, [{ type: 'FULLY_CONNECTED', inputs: [0, 1, -1], outputs: [2] }], [0], [2]),
    );
    expect(graph.nodes.map(({ op }) => op)).toEqual(['reshape', 'linear']);
    expect(totalsOf(graph)).toMatchObject({ params: 20, madds: 6 * 4 * 5 });
  });

  it('widened weights are no layers: DEQUANTIZE and DENSIFY', async () => {
    const tensors = [
      { name: 'x', shape: [2, 4] },
      { name: 'half', shape: [5, 4], type: FLOAT16 },
      { name: 'dense', shape: [5, 4], type: FLOAT16 },
      { name: 'w', shape: [5, 4] },
      { name: 'y', shape: [2, 5] },
    ];
    const operators = [
      { type: 'DENSIFY', inputs: [1], outputs: [2] },
      { type: 'DEQUANTIZE', inputs: [2], outputs: [3] },
      { type: 'FULLY_CONNECTED', inputs: [0, 3], outputs: [4] },
    ];
    const graph = await read(written(tensors, operators, [0], [4]));
    expect(graph.nodes.map(({ op }) => op)).toEqual(['linear']);
    expect(totalsOf(graph)).toMatchObject({ params: 20, paramBytes: 40 });
  });

  it('custom ones are listed by name, with the shapes that the file states', async () => {
    const tensors = [
      { name: 'x', shape: [1, 4] },
      { name: 'y', shape: [1, 10, 4] },
    ];
    const graph = await read(
      written(tensors, [{ type: 'TFLite_Detection_PostProcess', inputs: [0], outputs: [1] }], [0], [1]),
    );
    expect(graph.nodes[0]).toMatchObject({ op: 'opaque', attributes: { type: 'TFLite_Detection_PostProcess' } });
    expect(outputShapes(graph)).toEqual([[1, 10, 4]]);
  });

  it("MediaPipe's transposed convolution is counted", async () => {
    const tensors = [
      { name: 'x', shape: [1, 8, 8, 16] },
      { name: 'w', shape: [4, 2, 2, 16] },
      { name: 'b', shape: [4] },
      { name: 'y', shape: [1, 16, 16, 4] },
    ];
    const graph = await read(
      written(tensors, [{ type: 'Convolution2DTransposeBias', inputs: [0, 1, 2], outputs: [3] }], [0], [3]),
    );
    expect(totalsOf(graph)).toMatchObject({ params: 4 * 2 * 2 * 16 + 4, madds: 8 * 8 * 16 * 4 * 2 * 2 });
  });

  it('reductions read their axes from a buffer', async () => {
    const tensors = [
      { name: 'x', shape: [2, 6, 6, 8] },
      { name: 'axes', shape: [2], type: INT32, data: [1, 2] },
      { name: 'y', shape: [2, 8] },
    ];
    const graph = await read(written(tensors, [{ type: 'MEAN', inputs: [0, 1], outputs: [2] }], [0], [2]));
    expect(graph.nodes[0]).toMatchObject({ op: 'reduceMean', attributes: { axes: [1, 2] } });
  });

  it('an LSTM over a sequence', async () => {
    const [hidden, features] = [6, 4];
    const gate = (name: string, shape: readonly number[]) => [0, 1, 2, 3].map((i) => ({ name: `${name}${i}`, shape }));
    const tensors = [
      { name: 'x', shape: [2, 7, features] },
      ...gate('input', [hidden, features]),
      ...gate('recurrent', [hidden, hidden]),
      ...gate('bias', [hidden]),
      { name: 'y', shape: [2, 7, hidden] },
    ];
    const inputs = [0, 1, 2, 3, 4, 5, 6, 7, 8, -1, -1, -1, 9, 10, 11, 12];
    const graph = await read(
      written(tensors, [{ type: 'UNIDIRECTIONAL_SEQUENCE_LSTM', inputs, outputs: [13] }], [0], [13]),
    );
    expect(totalsOf(graph)).toMatchObject({
      params: 4 * hidden * (features + hidden + 1),
      madds: 2 * 7 * 4 * hidden * (features + hidden),
    });
  });
});

describe('errors name the byte or the layer', () => {
  const relu = (
    inputs: readonly number[],
    tensors: readonly TensorSpec[] = [
      { name: 'x', shape: [1, 4] },
      { name: 'y', shape: [1, 4] },
    ],
  ) => written(tensors, [{ type: 'RELU', inputs, outputs: [1] }], [0], [1]);

  it('tensors that are not there', async () => {
    await expect(read(relu([9]))).rejects.toThrow("m.tflite, layer 'y': it reads tensor 9 of 2. The file is damaged.");
    await expect(read(relu([1]))).rejects.toThrow(
      "m.tflite, layer 'y': it reads 'y' before that is computed. The file is damaged.",
    );
  });

  it('shapes that are not those of the operators', async () => {
    const tensors = [
      { name: 'x', shape: [1, 4] },
      { name: 'y', shape: [1, 5] },
    ];
    await expect(read(relu([0], tensors))).rejects.toThrow(
      "m.tflite, layer 'y': its output has shape 1x4, but the file states 1x5.",
    );
  });

  it('a file that is cut off, or is no model', async () => {
    const bytes = fixtureBytes('tflite/conv1d.fp32.tflite');
    await expect(read(bytes.subarray(0, 200))).rejects.toThrow(
      /^m\.tflite, byte \d+: an offset leads to byte \d+, but the file ends at 200\. The file is damaged; download or export it again\.$/,
    );
    await expect(read(new TextEncoder().encode('something else'))).rejects.toThrow(
      "m.tflite, byte 4: it is no TensorFlow Lite model: its identifier is 'thin', not 'TFL3'. Download or export it again.",
    );
  });

  it('a list that states more entries than there can be', async () => {
    const bytes = relu([0]);
    const copy = bytes.slice();
    const view = new DataView(copy.buffer);
    const root = view.getUint32(0, true);
    const vtable = root - view.getInt32(root, true);
    const field = root + view.getUint16(vtable + 8, true);
    view.setUint32(field + view.getUint32(field, true), 0x7fffffff, true);
    await expect(read(copy)).rejects.toThrow(/^m\.tflite, byte \d+: an offset leads to byte/);
  });
});
