import { describe, expect, it } from 'vitest';
import { runBenchmark } from '../../../src/bench/harness/run-benchmark.js';
import { nodeHost } from '../../../src/bench/host/node-host.js';
import { openMeter } from '../../../src/bench/power/index.js';
import { runReference } from '../../../src/bench/reference/interpret.js';
import runtime from '../../../src/bench/runtimes/tfjs-wasm.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import type { Graph } from '../../../src/core/ir/graph.js';
import { arm, schemaErrors } from './helpers.js';

function convolution(channels: number): Graph {
  const builder = new GraphBuilder(`conv${channels}`);
  const input = builder.input('input', [2, channels, 14, 14]);
  const conv = builder.add('conv', [input], { outChannels: channels, kernel: 3, padding: 1 }, { name: 'conv' });
  return builder.finish([builder.add('relu', [conv], {}, { name: 'relu' })]);
}

describe('a real runtime', () => {
  it('is timed, checked against the reference, and written by the schema', async () => {
    const session = await runtime.open({ dtype: 'float32', allowSoftware: false });
    const graphs = { narrow: convolution(8), wide: convolution(64) };
    const result = await runBenchmark(
      session,
      Object.entries(graphs).map(([name, graph]) => ({ name, graph, batch: 2 })),
      { timeBudgetSeconds: 2, perLayer: true, flushBytes: 2 ** 22, command: 'archmeter bench narrow wide' },
      {
        host: nodeHost(session.device),
        meter: await openMeter('none', { device: session.device }),
        reference: async (graph, seed, inputs) => {
          const shaped = inputs.map((data, i) => ({
            shape: graph.values[graph.inputs[i] as number]?.shape ?? [],
            data,
          }));
          return (await runReference(graph, seed, shaped)).map(({ data }) => data);
        },
      },
    );
    await session.close();
    expect(schemaErrors(result)).toEqual([]);
    expect(result.runtime.name).toBe('tfjs-wasm');
    expect(result.device.kind).toBe('cpu');
    const wide = arm(result, 'wide');
    expect(wide).toMatchObject({ status: 'ok', madds: 2 * 14 * 14 * 64 * 64 * 9 });
    expect(wide.check?.before).toBeLessThan(1e-5);
    expect(wide.check?.after).toBeLessThan(1e-5);
    expect(wide.wall?.hot.medianMs).toBeGreaterThan(0);
    expect(wide.fractionOfPeak).toBeGreaterThan(0);
    expect(wide.layers?.timings.length).toBeGreaterThan(0);
    expect(wide.energy).toEqual({ status: 'unavailable', reason: 'not asked for (--meter none)' });
    expect(result.comparisons[0]?.ratio).toBeGreaterThan(0);
  });
});
