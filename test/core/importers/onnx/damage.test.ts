import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArchmeterError } from '../../../../src/core/errors.js';
import { importModel as importAny } from '../../../../src/core/importers/index.js';
import { memorySource } from '../../../../src/core/importers/shared/bytes.js';
import { arithmeticOf, importModel, read } from './import-onnx.js';
import { ints, type ModelSpec, weight, writeModel } from './write-onnx.js';

const FOLDER = new URL('../../../../fixtures/onnx/', import.meta.url);
const fixture = (name: string) => new Uint8Array(readFileSync(new URL(name, FOLDER)));

const FIXTURES = [
  { name: 'test_resnet.onnx', options: {}, runs: 150 },
  { name: 'dynamic.onnx', options: { inputs: { image: [2, 3, 32, 32] } }, runs: 500 },
  { name: 'mixed.onnx', options: { batch: 2 }, runs: 500 },
  { name: 'external.onnx', options: {}, runs: 300 },
];

/** One change: bits flipped, bytes overwritten, cut off, or a piece moved. */
const damage = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat(7) }),
  fc.record({
    kind: fc.constant('write' as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
  }),
  fc.record({ kind: fc.constant('fill' as const), at: fc.nat(), length: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({
    kind: fc.constant('move' as const),
    at: fc.nat(),
    from: fc.nat(),
    length: fc.integer({ min: 1, max: 80 }),
  }),
);

type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function apply(bytes: Uint8Array, change: Damage): Uint8Array {
  const at = change.at % bytes.length;
  if (change.kind === 'cut') return bytes.slice(0, at);
  const damaged = bytes.slice();
  if (change.kind === 'flip') damaged[at] = (damaged[at] as number) ^ (1 << change.bit);
  else if (change.kind === 'write') damaged.set(change.bytes.subarray(0, bytes.length - at), at);
  else if (change.kind === 'fill') damaged.fill(0xff, at, at + change.length);
  else damaged.copyWithin(at, change.from % bytes.length, (change.from % bytes.length) + change.length);
  return damaged;
}

describe('damaged files', () => {
  for (const { name, options, runs } of FIXTURES) {
    it(`of ${name} give a right kind of graph or one line that says what is wrong and where`, async () => {
      const bytes = fixture(name);
      const siblings = { 'external.data': fixture('external.data') };
      await fc.assert(
        fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (changes) => {
          const damaged = changes.reduce<Uint8Array>((b, change) => (b.length === 0 ? b : apply(b, change)), bytes);
          try {
            const graph = await read(damaged, options, siblings);
            for (const { shape } of graph.values) {
              for (const size of shape) expect(Number.isSafeInteger(size) && size >= 0).toBe(true);
            }
            for (const node of graph.nodes) {
              const { madds, flops } = arithmeticOf(graph, node);
              expect(madds >= 0 && Number.isFinite(flops)).toBe(true);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(ArchmeterError);
            expect((error as Error).message).not.toContain('\n');
          }
        }),
        { numRuns: runs },
      );
    });
  }

  it('that are cut off say at which byte', async () => {
    const bytes = fixture('test_resnet.onnx');
    await expect(importAny(memorySource('net.onnx', bytes.subarray(0, 20_000)))).rejects.toThrow(
      /^net\.onnx, byte \d+: graph of ModelProto claims \d+ bytes, where \d+ are left\. /,
    );
  });

  it('that are empty, something else, or hold no graph are refused', async () => {
    await expect(importAny(memorySource('net.onnx', new Uint8Array(0)))).rejects.toThrow('net.onnx: the file is empty');
    const noise = new TextEncoder().encode('hello, this is no model at all');
    await expect(importAny(memorySource('net.onnx', noise))).rejects.toThrow(
      /^net\.onnx, byte \d+: .* is no ONNX file/,
    );
    await expect(importModel({ nodes: [] })).rejects.toThrow('the file holds no graph');
  });

  it('whose sizes are impossible say which tensor', async () => {
    const model = (tensor: NonNullable<ModelSpec['initializers']>[number]): ModelSpec => ({
      nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'], name: 'fc' }],
      initializers: [{ ...tensor, name: 'w' }],
      inputs: [{ name: 'x', dims: [1, 4] }],
      outputs: ['y'],
    });
    await expect(importModel(model({ dims: [4, 2 ** 50] }))).rejects.toThrow(
      "tensor 'w' has the impossible shape 4x1125899906842624",
    );
    await expect(importModel(model({ dims: [4, -2] }))).rejects.toThrow("tensor 'w' has the impossible shape 4x-2");
    await expect(importModel(model({ dims: [4, 2], raw: new Uint8Array(31) }))).rejects.toThrow(
      "tensor 'w' (4x2, float32) needs 32 bytes, but the file holds 31",
    );
    await expect(importModel(model({ dims: [5, 2] }))).rejects.toThrow("layer 'fc': ");
  });

  it('never read outside the folder of the model', async () => {
    for (const location of ['../secret', '/etc/passwd', 'a/../../b', 'C:\\x', 'file:///etc/passwd', '\\\\host\\x']) {
      const model = writeModel({
        nodes: [{ op: 'Reshape', inputs: ['x', 's'], outputs: ['y'] }],
        initializers: [{ ...ints('s'), dims: [1], external: { location } }],
        inputs: [{ name: 'x', dims: [1, 4] }],
        outputs: ['y'],
      });
      await expect(read(model)).rejects.toThrow("which is outside the model's folder");
    }
  });

  it('that ask for very many constants are refused', async () => {
    const range = { op: 'Add', inputs: ['a', 'b'], outputs: ['c'] };
    const bytes = writeModel({
      functions: [
        {
          name: 'F',
          domain: 'local',
          inputs: ['a', 'b'],
          outputs: ['z'],
          nodes: [
            range,
            ...Array.from({ length: 99 }, (_, i) => ({
              op: 'Add',
              inputs: [i === 0 ? 'c' : `t${i - 1}`, 'b'],
              outputs: [i === 98 ? 'z' : `t${i}`],
            })),
          ],
        },
      ],
      nodes: [
        { op: 'ConstantOfShape', inputs: ['n'], outputs: ['v0'] },
        ...Array.from({ length: 100 }, (_, i) => ({
          op: 'F',
          domain: 'local',
          inputs: [`v${i}`, 'v0'],
          outputs: [`v${i + 1}`],
        })),
      ],
      initializers: [ints('n', 16_000), weight('unused', 1)],
      outputs: ['v100'],
    });
    await expect(read(bytes)).rejects.toThrow('the model computes more than 16777216 elements of constants');
  });
});
