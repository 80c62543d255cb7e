import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../../../src/core/importers/define-importer.js';
import { ProtobufReader } from '../../../../src/core/importers/onnx/protobuf/decode.js';
import { MODEL, type ModelProto } from '../../../../src/core/importers/onnx/protobuf/messages.js';
import { memorySource } from '../../../../src/core/importers/shared/bytes.js';
import { ints, weight, writeModel } from './write-onnx.js';

const decode = (bytes: Uint8Array): Promise<ModelProto> =>
  new ProtobufReader(memorySource('model.onnx', bytes)).file(MODEL);

/** What `@bufbuild/protobuf` reads of a message: for each field the wire type and content, in order. */
function fieldsOf(bytes: Uint8Array): [number: number, wire: WireType, content: unknown][] {
  const reader = new BinaryReader(bytes);
  const fields: [number, WireType, unknown][] = [];
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    if (wire === WireType.LengthDelimited) fields.push([number, wire, reader.bytes()]);
    else if (wire === WireType.Varint) fields.push([number, wire, Number(reader.int64())]);
    else if (wire === WireType.Bit32) fields.push([number, wire, reader.float()]);
    else fields.push([number, wire, reader.skip(wire)]);
  }
  return fields;
}

const texts = (bytes: Uint8Array, number: number) =>
  fieldsOf(bytes).flatMap(([n, , content]) => (n === number ? [new TextDecoder().decode(content as Uint8Array)] : []));
const messages = (bytes: Uint8Array, number: number) =>
  fieldsOf(bytes).flatMap(([n, , content]) => (n === number ? [content as Uint8Array] : []));

describe('ProtobufReader', () => {
  it('reads nodes, names and tensors as @bufbuild/protobuf does, whatever their number and size', async () => {
    const name = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
    const size = fc.integer({ min: 0, max: 40_000 });
    const models = fc.record({
      nodes: fc.array(
        fc.record({
          op: name,
          name,
          inputs: fc.array(name),
          outputs: fc.array(name, { minLength: 1 }),
          pads: fc.array(fc.maxSafeInteger()),
        }),
        { maxLength: 20 },
      ),
      tensors: fc.array(fc.record({ name, size }), { maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(models, async ({ nodes, tensors }) => {
        const bytes = writeModel({
          nodes: nodes.map(({ pads, ...node }) => ({ ...node, attributes: { pads } })),
          initializers: tensors.map((tensor) => ({
            name: tensor.name,
            dims: [tensor.size],
            type: 3,
            raw: new Uint8Array(tensor.size),
          })),
        });
        const { graph } = await decode(bytes);
        const [expected] = messages(bytes, 7) as [Uint8Array];
        const expectedNodes = messages(expected, 1);
        expect(graph?.nodes.length).toBe(expectedNodes.length);
        graph?.nodes.forEach((node, i) => {
          const theirs = expectedNodes[i] as Uint8Array;
          expect(node.inputs).toEqual(texts(theirs, 1));
          expect(node.outputs).toEqual(texts(theirs, 2));
          expect([node.name]).toEqual(texts(theirs, 3));
          expect([node.type]).toEqual(texts(theirs, 4));
          expect(node.attributes[0]?.ints ?? []).toEqual(nodes[i]?.pads);
        });
        const expectedTensors = messages(expected, 5);
        graph?.initializers.forEach((tensor, i) => {
          const theirs = expectedTensors[i] as Uint8Array;
          expect([tensor.name]).toEqual(texts(theirs, 8));
          const [raw] = messages(theirs, 9) as [Uint8Array];
          const span = tensor.rawData?.[0];
          expect((span?.end ?? 0) - (span?.start ?? 0)).toBe(raw.length);
          expect(span?.start).toBe(
            raw.length === 0 && span === undefined ? undefined : raw.byteOffset - bytes.byteOffset,
          );
        });
      }),
      { numRuns: 60 },
    );
  });

  it('reads every signed 64-bit integer that a double holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.maxSafeInteger(), async (value) => {
        const bytes = writeModel({ nodes: [{ op: 'Constant', outputs: ['c'], attributes: { value_int: value } }] });
        const { graph } = await decode(bytes);
        expect(graph?.nodes[0]?.attributes[0]?.int).toBe(value);
      }),
    );
  });

  it('touches none of the contents of tensors', async () => {
    const megabyte = new Uint8Array(2 ** 20);
    const bytes = writeModel({
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
      initializers: Array.from({ length: 8 }, (_, i) => ({ name: `w${i}`, dims: [2 ** 20], type: 3, raw: megabyte })),
      outputs: ['y'],
    });
    const memory = memorySource('model.onnx', bytes);
    let fetched = 0;
    const source: ByteSource = {
      ...memory,
      read: (offset, length) => {
        fetched += length;
        return memory.read(offset, length);
      },
    };
    const { graph } = await new ProtobufReader(source).file(MODEL);
    expect(graph?.initializers.length).toBe(8);
    expect(graph?.initializers[7]?.name).toBe('w7');
    expect(fetched).toBeLessThan(bytes.length / 50);
  });

  it('finds tensors past 4 GB in a file of which it reads the ends alone', async () => {
    // GraphProto with one initializer of 5 GB: headers by hand, contents nowhere.
    const payload = 5 * 2 ** 30;
    const tensorHead = new BinaryWriter();
    tensorHead
      .tag(1, WireType.Varint)
      .int64(BigInt(payload))
      .tag(2, WireType.Varint)
      .int32(3)
      .tag(9, WireType.LengthDelimited);
    const rawHead = concat(tensorHead.finish(), varint(payload));
    const tail = concat(new BinaryWriter().tag(8, WireType.LengthDelimited).string('huge').finish());
    const tensor = rawHead.length + payload + tail.length;
    const before = concat(new BinaryWriter().tag(5, WireType.LengthDelimited).finish(), varint(tensor));
    const graph = before.length + tensor;
    const start = concat(new Uint8Array([0x08, 10, 0x3a]), varint(graph), before, rawHead);
    const size = start.length + payload + tail.length;
    const source: ByteSource = {
      name: 'huge.onnx',
      size,
      async read(offset, length) {
        const bytes = new Uint8Array(length);
        for (let i = 0; i < length; i++) {
          const at = offset + i;
          bytes[i] =
            at < start.length
              ? (start[at] as number)
              : at >= size - tail.length
                ? (tail[at - size + tail.length] as number)
                : 0;
        }
        return bytes;
      },
      sibling: async () => undefined,
    };
    const model = await new ProtobufReader(source).file(MODEL);
    expect(model.graph?.initializers[0]?.name).toBe('huge');
    expect(model.graph?.initializers[0]?.dims).toEqual([payload]);
  });

  it('names the byte of what is cut off, too long, nested without end or of an unknown kind', async () => {
    const bytes = writeModel({ nodes: [], initializers: [weight('w', 2, 2), ints('shape', 1, 2)] });
    await expect(decode(bytes.subarray(0, 20))).rejects.toThrow(
      /^byte 8: graph of ModelProto claims \d+ bytes, where 10 are left\. The file is cut off or damaged, or is no ONNX file; download or export it again\.$/,
    );
    await expect(decode(new Uint8Array([0x3a, 0xff, 0xff, 0xff, 0xff, 0x7f]))).rejects.toThrow(
      'byte 0: graph of ModelProto claims',
    );
    await expect(
      decode(new Uint8Array([0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1])),
    ).rejects.toThrow('byte 1: a number runs on without end or is cut off');
    await expect(decode(new Uint8Array([0x0b, 1]))).rejects.toThrow(
      'byte 0: field 1 of ModelProto has the unknown wire type 3',
    );
    await expect(decode(new Uint8Array([0x02, 1]))).rejects.toThrow(
      'byte 0: ModelProto has a field of the impossible number 0',
    );
    await expect(decode(new Uint8Array([0x38, 1]))).rejects.toThrow(
      'byte 0: graph has the wire type 0, which does not fit its type',
    );
    await expect(decode(nested(150))).rejects.toThrow(/messages are nested more than 100 deep/);
  });
});

/** A model whose graph holds a node with a graph that holds a node with a graph … */
function nested(depth: number): Uint8Array {
  let graph = new Uint8Array(0);
  const inside = (number: number, content: Uint8Array) =>
    concat(new BinaryWriter().tag(number, WireType.LengthDelimited).finish(), varint(content.length), content);
  for (let i = 0; i < depth; i++) graph = inside(1, inside(5, inside(6, graph)));
  return inside(7, graph);
}

function varint(value: number): Uint8Array {
  return new BinaryWriter().int64(BigInt(value)).finish();
}

function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
