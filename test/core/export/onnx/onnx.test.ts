import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runReference } from '../../../../src/bench/reference/interpret.js';
import { prepare } from '../../../../src/bench/runtimes/onnx/executable.js';
import { exportOnnx } from '../../../../src/core/export/onnx/index.js';
import { ProtobufWriter } from '../../../../src/core/export/onnx/protobuf.js';
import { rawData, toFloat16Bits } from '../../../../src/core/export/onnx/tensor-data.js';
import { randomInputs } from '../../../../src/core/export/weights/index.js';
import { GraphBuilder } from '../../../../src/core/graph/builder.js';
import { importModel } from '../../../../src/core/importers/index.js';
import { fromFloat16Bits } from '../../../../src/core/ir/float16.js';
import type { Graph, Value } from '../../../../src/core/ir/graph.js';
import { elementCount, type TensorType } from '../../../../src/core/ir/tensor.js';
import { opOf } from '../../../../src/core/ops/index.js';
import { buildModel } from '../../../../src/core/zoo/index.js';
import { denseBlock, osaBlock, smallClassifier } from '../../../bench/models.js';

function source(bytes: Uint8Array) {
  return {
    name: 'model.onnx',
    size: bytes.length,
    read: async (offset: number, length: number) => bytes.subarray(offset, offset + length),
    sibling: async () => undefined,
  };
}

function totals(graph: Graph) {
  const type = (id: number): TensorType | undefined => graph.values[id];
  let madds = 0;
  for (const node of graph.nodes) {
    const outputs = node.outputs.map((id) => type(id) as TensorType);
    madds += opOf(node.op).arithmetic({ inputs: node.inputs.map(type), outputs, attributes: node.attributes }).madds;
  }
  const used = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  const params = graph.values
    .filter(({ id, kind }) => kind === 'parameter' && used.has(id))
    .reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return { madds, params };
}

describe('an exported model', () => {
  it.each(['resnet18', 'densenet121', 'mobilenetv2', 'vovnet39'])(
    'of %s is read back with its multiply-adds',
    async (name) => {
      const graph = await buildModel(name, { resolution: 64 });
      const back = await importModel(source(exportOnnx(graph)));
      expect(totals(back).madds).toBe(totals(graph).madds);
      expect(back.values[back.outputs[0] as number]?.shape).toEqual(graph.values[graph.outputs[0] as number]?.shape);
    },
  );

  it('of blocks keeps their parameters', async () => {
    for (const graph of [osaBlock(8, 8, 4, 3), denseBlock(8, 8, 4, 3), smallClassifier(16)]) {
      const back = await importModel(source(exportOnnx(graph, { weights: 'random', seed: 1 })));
      expect(totals(back)).toEqual(totals(graph));
    }
  });

  it('has zero weights unless random ones are asked for, and the same for the same seed', () => {
    const graph = smallClassifier(16);
    const zero = exportOnnx(graph);
    expect(zero.length).toBe(exportOnnx(graph, { weights: 'random' }).length);
    expect(exportOnnx(graph, { weights: 'zero' })).toEqual(zero);
    const [one, again, other] = [1, 1, 2].map((seed) => exportOnnx(graph, { weights: 'random', seed }));
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('passes an input that is put out through Identity', async () => {
    const b = new GraphBuilder('through');
    const x = b.input('x', [2, 3]);
    const graph = b.finish([b.add('relu', [x]), x]);
    const back = await importModel(source(exportOnnx(graph)));
    expect(back.outputs).toHaveLength(2);
  });

  it('runs in float16, to the precision of its 11 bits', async () => {
    const graph = smallClassifier(16);
    const ort = (await import('onnxruntime-node')).default;
    const backend = { ort, provider: 'cpu', dtype: 'float16', options: {} } as const;
    const executable = await prepare(backend, graph, 1);
    const inputs = randomInputs(graph, 2);
    const [output = new Float32Array()] = await executable.run(inputs);
    await executable.dispose();
    const shape = (graph.values[graph.inputs[0] as number] as Value).shape;
    const [expected] = await runReference(graph, 1, [{ shape, data: inputs[0] as Float32Array }]);
    const size = Math.max(...Array.from(expected?.data ?? [], Math.abs));
    const errors = Array.from(expected?.data ?? [], (x, i) => Math.abs(x - (output[i] as number)) / size);
    expect(Math.max(...errors)).toBeLessThan(2e-2);
    expect(Math.max(...errors)).toBeGreaterThan(1e-5);
  });

  it('is refused where it would not fit, or ONNX has no equal', () => {
    const b = new GraphBuilder('huge');
    const x = b.input('x', [1, 30_000]);
    const huge = b.finish([b.add('linear', [x], { outFeatures: 20_000, bias: false })]);
    expect(() => exportOnnx(huge)).toThrow(
      'the weights take 2.2 GiB, an ONNX file holds at most 2 GiB. Export in float16, or a smaller model.',
    );
    const c = new GraphBuilder('unknown');
    const y = c.input('y', [1]);
    const unknown = c.finish([c.add('opaque', [y], { type: 'Foo', outputs: [{ shape: [1], dtype: 'float32' }] })]);
    expect(() => exportOnnx(unknown)).toThrow("layer 'opaque': op 'opaque' cannot be exported to ONNX.");
    const d = new GraphBuilder('mirrored');
    const sides = {
      pads: [
        [0, 0],
        [1, 1],
      ],
      mode: 'symmetric',
    } as const;
    const mirrored = d.finish([d.add('pad', [d.input('z', [1, 4])], sides)]);
    expect(() => exportOnnx(mirrored)).toThrow(
      "layer 'pad': pad cannot be exported to ONNX: there is no symmetric padding.",
    );
  });
});

describe('the wire format', () => {
  it('is that of protocol buffers', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.string(),
        fc.uint8Array(),
        fc.float(),
        fc.array(fc.integer()),
        (i, s, bytes, f, list) => {
          const ours = new ProtobufWriter().integer(1, i).string(2, s).bytes(3, bytes).float(4, f);
          ours.message(5, new ProtobufWriter().integer(1, i)).integers(16, list);
          const theirs = new BinaryWriter().tag(1, WireType.Varint).int64(i).tag(2, WireType.LengthDelimited).string(s);
          theirs.tag(3, WireType.LengthDelimited).bytes(bytes).tag(4, WireType.Bit32).float(f);
          theirs.tag(5, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int64(i).join();
          theirs.tag(16, WireType.LengthDelimited).fork();
          for (const value of list) theirs.int64(value);
          expect(ours.finish()).toEqual(theirs.join().finish());
        },
      ),
    );
    const reader = new BinaryReader(new ProtobufWriter().integer(7, -(2 ** 31)).finish());
    expect(reader.tag()).toEqual([7, WireType.Varint]);
    expect(reader.int64()).toEqual(BigInt(-(2 ** 31)));
  });
});

describe('half precision', () => {
  it('reads every half back as it was', () => {
    for (let bits = 0; bits < 2 ** 16; bits++) {
      const value = fromFloat16Bits(bits);
      if (!Number.isNaN(value)) expect(toFloat16Bits(value)).toBe(bits);
    }
  });

  it('rounds to the nearest half, ties to even', () => {
    expect(toFloat16Bits(1 + 2 ** -11)).toBe(toFloat16Bits(1));
    expect(toFloat16Bits(1 + 3 * 2 ** -11)).toBe(toFloat16Bits(1 + 2 ** -9));
    expect(toFloat16Bits(65520)).toBe(0x7c00);
    expect(toFloat16Bits(65519)).toBe(toFloat16Bits(65504));
    expect(toFloat16Bits(2 ** -25)).toBe(0);
    expect(toFloat16Bits(1.5 * 2 ** -25)).toBe(1);
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (x) => {
        const bits = toFloat16Bits(x);
        const error = Math.abs(fromFloat16Bits(bits) - x);
        for (const other of [bits - 1, bits + 1]) {
          const value = fromFloat16Bits(other & 0xffff);
          if (Number.isFinite(value)) expect(error).toBeLessThanOrEqual(Math.abs(value - x));
        }
      }),
    );
  });

  it('lies little-endian, as other elements', () => {
    expect([...rawData([1, -2], 'float16')]).toEqual([0x00, 0x3c, 0x00, 0xc0]);
    expect([...rawData([1], 'float32')]).toEqual([0, 0, 0x80, 0x3f]);
    expect([...rawData([-1], 'int64')]).toEqual(new Array(8).fill(255));
    expect([...rawData([0, 3], 'bool')]).toEqual([0, 1]);
  });
});
