import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFile, prepare } from '../../../src/bench/runtimes/onnx/executable.js';
import { exportOnnx } from '../../../src/core/export/onnx/index.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import type { Graph } from '../../../src/core/ir/graph.js';
import { type FakeSession, fakeBackend } from './fake-ort.js';

/** A feature map of 128 KiB and its mean over places, of one image. */
function mapAndMean(): Graph {
  const b = new GraphBuilder('map and mean');
  const map = b.add('conv', [b.input('x', [1, 8, 64, 64])], { outChannels: 8, kernel: 3, padding: 1, bias: false });
  return b.finish([map, b.add('reduceMean', [map], { axes: [2, 3] })]);
}

/** Rows of a table, by whole numbers. */
function lookup(): Graph {
  const b = new GraphBuilder('lookup');
  const rows = b.add('embedding', [b.input('places', [1, 4], 'int64')], { count: 10, features: 8 });
  return b.finish([b.add('relu', [rows])]);
}

/** Which whole number is largest. */
function largest(): Graph {
  const b = new GraphBuilder('largest');
  return b.finish([b.add('argMax', [b.input('x', [1, 8])], { axis: 1 })]);
}

const inputOf = (graph: Graph) =>
  graph.inputs.map(
    (id) => new Float32Array((graph.values[id]?.shape ?? []).reduce((product, side) => product * side, 1)),
  );

/** The sessions that run the model itself, and the one whose profile proves where it runs. */
const ofModel = (sessions: readonly FakeSession[], graph: Graph) => ({
  timed: sessions.find((session) => session.graph === graph.name && !session.profiled) as FakeSession,
  proof: sessions.filter((session) => session.graph === graph.name && session.profiled),
  movers: sessions.filter((session) => session.graph === 'archmeter-copy'),
});

describe('onnxruntime on the processor', () => {
  it('feeds the same tensors again and again, and moves nothing', async () => {
    const graph = mapAndMean();
    const { backend, sessions } = fakeBackend('cpu');
    const executable = await prepare(backend, graph, 1);
    await executable.time(3);
    const { timed, proof, movers } = ofModel(sessions, graph);
    expect([proof, movers]).toEqual([[], []]);
    expect(timed.preferredOutputLocation).toBeUndefined();
    expect(timed.runs).toHaveLength(3);
    expect(new Set(timed.runs.map(({ feeds }) => feeds['x'])).size).toBe(1);
    expect(timed.runs[0]?.fetches).toHaveLength(2);
    await executable.dispose();
    expect(timed.released).toBe(true);
  });
});

describe.each(['cuda', 'tensorrt', 'dml', 'coreml'] as const)(
  'onnxruntime on %s, whose tensors cannot stay there',
  (provider) => {
    it('proves where the model runs, then fetches of a feature map the maximum alone', async () => {
      const graph = mapAndMean();
      const { backend, sessions } = fakeBackend(provider);
      const executable = await prepare(backend, graph, 1);
      const { timed, proof } = ofModel(sessions, graph);
      expect(proof.map(({ runs, released }) => [runs.length, released])).toEqual([[1, true]]);
      expect(timed.preferredOutputLocation).toBeUndefined();

      await executable.time(2);
      const [map, mean] = graph.outputs.map((id) => graph.values[id]?.name as string);
      expect(timed.runs.map(({ fetches }) => fetches)).toEqual([
        ['archmeter-maximum-0', mean],
        ['archmeter-maximum-0', mean],
      ]);
      expect(Object.values(timed.runs[0]?.results ?? {}).map(({ dims }) => dims)).toEqual([[], [1, 8]]);
      expect(timed.runs.every(({ feeds }) => feeds['x']?.location === 'cpu' && !feeds['x'].disposed)).toBe(true);

      // What is compared with the reference is all of it.
      const outputs = await executable.run(inputOf(graph));
      expect(timed.runs[2]?.fetches).toEqual([map, mean]);
      expect(outputs.map(({ length }) => length)).toEqual([8 * 64 * 64, 8]);
      await executable.dispose();
      expect(sessions.every(({ released }) => released)).toBe(true);
      expect(sessions.some((session) => session.graph === 'archmeter-copy')).toBe(false);
    });

    it('fetches all outputs of a file, which it runs as it is', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'archmeter-io-'));
      try {
        const path = join(folder, 'model.onnx');
        const graph = mapAndMean();
        writeFileSync(path, exportOnnx(graph, { weights: 'random' }));
        const { backend, sessions } = fakeBackend(provider);
        const executable = await openFile(backend, { path, format: 'onnx' }, graph, 1);
        await executable.time(1);
        expect(ofModel(sessions, graph).timed.runs[0]?.fetches).toEqual(
          graph.outputs.map((id) => graph.values[id]?.name),
        );
        await executable.dispose();
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('refuses a model whose contractions it left to the processor', async () => {
      const { backend } = fakeBackend(provider, { strays: ['conv'] });
      await expect(prepare(backend, mapAndMean(), 1)).rejects.toThrow(
        `onnxruntime runs conv on the processor, not on ${provider}. Use another --device or runtime for this model.`,
      );
    });
  },
);

describe('onnxruntime on WebGPU, whose tensors stay there', () => {
  it('uploads inputs once, frees outputs in place and waits at the end', async () => {
    const graph = mapAndMean();
    const { backend, sessions } = fakeBackend('webgpu');
    const executable = await prepare(backend, graph, 1);
    await executable.time(3);
    const { timed, movers } = ofModel(sessions, graph);
    expect(timed.preferredOutputLocation).toBe('gpu-buffer');
    expect(timed.runs).toHaveLength(3);
    const [first] = timed.runs;
    expect(first?.feeds['x']?.location).toBe('gpu-buffer');
    expect(new Set(timed.runs.map(({ feeds }) => feeds['x'])).size).toBe(1);
    for (const { results } of timed.runs)
      expect(Object.values(results).map(({ location, disposed }) => [location, disposed])).toEqual([
        ['gpu-buffer', true],
        ['gpu-buffer', true],
      ]);
    // One uploads the input; one brings a number back, after all that was submitted before.
    expect(movers.map(({ preferredOutputLocation, runs }) => [preferredOutputLocation, runs.length])).toEqual([
      ['gpu-buffer', 1],
      ['cpu', 1],
    ]);
    await executable.time(2);
    expect(movers.map(({ runs }) => runs.length)).toEqual([1, 2]);
    await executable.dispose();
    expect(first?.feeds['x']?.disposed).toBe(true);
    expect(sessions.every(({ released }) => released)).toBe(true);
  });

  it('downloads the outputs that are compared with the reference, and frees them', async () => {
    const graph = mapAndMean();
    const { backend, sessions } = fakeBackend('webgpu');
    const executable = await prepare(backend, graph, 1);
    const outputs = await executable.run(inputOf(graph));
    expect(outputs.map(({ length }) => length)).toEqual([8 * 64 * 64, 8]);
    const { timed } = ofModel(sessions, graph);
    expect(timed.runs[0]?.fetches).toHaveLength(2);
    expect(Object.values(timed.runs[0]?.results ?? {}).every(({ disposed }) => disposed)).toBe(true);
    await executable.dispose();
  });

  it('keeps whole numbers, which its kernels take from the host, there', async () => {
    const graph = lookup();
    const { backend, sessions } = fakeBackend('webgpu');
    const executable = await prepare(backend, graph, 1);
    await executable.time(1);
    const { timed } = ofModel(sessions, graph);
    expect(timed.preferredOutputLocation).toBe('gpu-buffer');
    expect(timed.runs[0]?.feeds['places']).toMatchObject({ type: 'int64', location: 'cpu' });
    await executable.dispose();
    expect(timed.runs[0]?.feeds['places']?.disposed).toBe(false);
  });

  it('binds nothing where an output is of whole numbers', async () => {
    const graph = largest();
    const { backend, sessions } = fakeBackend('webgpu');
    const executable = await prepare(backend, graph, 1);
    await executable.time(1);
    const { timed, movers } = ofModel(sessions, graph);
    expect(timed.preferredOutputLocation).toBeUndefined();
    expect(timed.runs[0]?.feeds['x']?.location).toBe('cpu');
    expect(movers).toEqual([]);
    await executable.dispose();
  });

  it('feeds halves to a model of float16', async () => {
    const graph = mapAndMean();
    const { backend, sessions } = fakeBackend('webgpu', { dtype: 'float16' });
    const executable = await prepare(backend, graph, 1);
    await executable.time(1);
    expect(ofModel(sessions, graph).timed.runs[0]?.feeds['x']).toMatchObject({
      type: 'float16',
      location: 'gpu-buffer',
    });
    await executable.dispose();
  });

  it('names the model and the provider where a run fails', async () => {
    const { backend } = fakeBackend('webgpu', { fails: 'device lost.\nat somewhere' });
    await expect(prepare(backend, mapAndMean(), 1)).rejects.toThrow(
      /^onnxruntime cannot run 'map and mean' on webgpu: device lost\.$/,
    );
  });
});
