import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { fuse } from '../../../src/core/analysis/fuse.js';
import { indexGraph } from '../../../src/core/analysis/graph-index.js';
import { Traffic } from '../../../src/core/analysis/traffic.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import type { Graph, Value } from '../../../src/core/ir/graph.js';
import type { OpDefinition } from '../../../src/core/ops/define-op.js';

function build(body: (builder: GraphBuilder, input: Value) => readonly Value[], shape = [1, 8, 4, 4]): Graph {
  const builder = new GraphBuilder('net');
  return builder.finish(body(builder, builder.input('input', shape)));
}

describe('liveness', () => {
  it('keeps an output that nobody reads while its op runs', () => {
    const graph = build((b, x) => [b.add('relu', [b.addAll('topK', [x], { k: 4 })[0]])], [1, 8]);
    // 8 floats in, 4 floats and 4 indices of 8 bytes out.
    expect(analyze(graph).totals.peakActivationBytes).toBe(8 * 4 + 4 * 4 + 4 * 8);
  });
});

describe('traffic', () => {
  it('reads a tensor once that an op takes twice', () => {
    const [square] = analyze(build((b, x) => [b.add('mul', [x, x])])).layers;
    expect([square?.eagerReadBytes, square?.memoryAccessCost]).toEqual([4 * 128, 2 * 128]);
  });

  it('reads a tensor once a kernel, by whichever layer comes first', () => {
    const { layers } = analyze(
      build((b, x) => [b.add('add', [b.add('relu', [x]), x])]),
      { execution: 'fused' },
    );
    expect(layers.map(({ kernel, readBytes }) => [kernel, readBytes])).toEqual([
      [0, 4 * 128],
      [0, 0],
    ]);
  });

  it('writes an output of the graph that its own kernel reads too', () => {
    const graph = build((b, x) => {
      const first = b.add('relu', [x]);
      return [first, b.add('sigmoid', [first])];
    });
    const index = indexGraph(graph);
    const traffic = new Traffic(graph, index, Int32Array.of(0, 0), new Uint8Array(graph.values.length).fill(32));
    const type = { shape: [1, 8, 4, 4], dtype: 'float32' } as const;
    const call = { inputs: [type], outputs: [type], attributes: {} };
    expect(traffic.of(0, index.ops[0] as OpDefinition, call).fusedWriteBytes).toBe(4 * 128);
  });
});

describe('fusion', () => {
  it('joins no op whose result is larger than what the kernel before it computes', () => {
    const graph = build((b, x) => [b.add('mul', [x, b.add('sigmoid', [b.add('globalAvgPool', [x])])])]);
    expect([...fuse(graph)]).toEqual([0, 1, 2]);
  });

  it('joins nothing to a value that the caller reads', () => {
    const graph = build((b, x) => {
      const conv = b.add('conv', [x], { outChannels: 8, kernel: 1 });
      return [conv, b.add('relu', [conv])];
    });
    expect([...fuse(graph)]).toEqual([0, 1]);
  });

  it('joins readers of a value only where all of them meet again', () => {
    const graph = build((b, x) => {
      const conv = b.add('conv', [x], { outChannels: 8, kernel: 1 });
      const relu = b.add('relu', [conv]);
      const aside = b.add('sigmoid', [conv]);
      return [aside, b.add('add', [relu, conv])];
    });
    expect([...fuse(graph)]).toEqual([0, 1, 2, 1]);
  });
});
