import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Bench } from 'tinybench';
import { analyze } from '../../src/core/analysis/analyze.js';
import { buildModel } from '../../src/core/zoo/index.js';

export interface AnalysisSpeed {
  /** Median times in ms. */
  readonly buildMs: number;
  readonly analyzeMs: number;
  /** Cold `archmeter analyze resnet50 --format json` over `node -e 0`, medians of interleaved runs. */
  readonly coldMs: number;
  readonly nodeMs: number;
  readonly coldRatio: number;
}

const COLD_RUNS = 15;

/** ResNet-50 built and analysed in process, and the command line from a cold start. Needs `npm run build`. */
export async function benchAnalysis(): Promise<AnalysisSpeed> {
  const graph = await buildModel('resnet50');
  const bench = new Bench({ time: 1000, warmupTime: 500 });
  bench.add('build', async () => {
    await buildModel('resnet50');
  });
  bench.add('analyze', () => {
    analyze(graph);
  });
  const tasks = await bench.run();
  const medianOf = (index: number) => {
    const result = tasks[index]?.result;
    if (result === undefined || !('latency' in result)) throw new Error('the benchmark was aborted');
    return result.latency.p50;
  };
  const bin = fileURLToPath(new URL('../../bin/archmeter.js', import.meta.url));
  const cold: number[] = [];
  const node: number[] = [];
  for (let i = 0; i < COLD_RUNS; i++) {
    node.push(run(['-e', '0']));
    cold.push(run([bin, 'analyze', 'resnet50', '--format', 'json']));
  }
  const [coldMs, nodeMs] = [median(cold), median(node)];
  return { buildMs: medianOf(0), analyzeMs: medianOf(1), coldMs, nodeMs, coldRatio: coldMs / nodeMs };
}

function run(args: readonly string[]): number {
  const start = performance.now();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
