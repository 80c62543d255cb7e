import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeResnetFile } from './onnx-read/resnet-file.js';

/** One reader on one file, in a process of its own each time. */
export interface ReadingCost {
  readonly reader: string;
  /** Protobuf messages in memory, or the graph with all shapes: the step after. */
  readonly goal: 'messages' | 'graph';
  readonly fileBytes: number;
  /** Median time from opening the file to the graph (or message) in hand. */
  readonly readMs: number;
  /** Median time of the whole process, start of Node and loading of the code included. */
  readonly processMs: number;
  readonly samplesMs: readonly number[];
  /** Of the whole process. */
  readonly peakMib: number;
}

export interface OnnxReadingReport {
  readonly costs: readonly ReadingCost[];
  /** On the 100 MB file, to messages: reading time of the general reader over ours, and peak memory. */
  readonly speedup: number;
  readonly memorySaving: number;
  /** The general reader's time to messages over ours to the graph. */
  readonly speedupToGraph: number;
  /** Our memory to the graph on the 2.6 GB file over that on the 100 MB file. */
  readonly memoryGrowth: number;
}

const REPEATS = 7;

/**
 * Reads ResNet-50 as a file of 100 MB and widened to 2.6 GB, in processes of their own, against `@bufbuild/protobuf`
 * on the first (it cannot hold the second). Files and bundles lie in a temporary folder and are removed.
 */
export async function benchOnnxReading(repeats = REPEATS): Promise<OnnxReadingReport> {
  const folder = mkdtempSync(join(tmpdir(), 'archmeter-onnx-'));
  try {
    const at = (name: string) => fileURLToPath(new URL(`./onnx-read/${name}`, import.meta.url));
    await build({
      entryPoints: [at('read-with-archmeter.ts'), at('read-with-protobuf.ts')],
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'error',
    });
    const small = { path: join(folder, 'small.onnx'), bytes: writeResnetFile(join(folder, 'small.onnx'), 1) };
    const large = { path: join(folder, 'large.onnx'), bytes: writeResnetFile(join(folder, 'large.onnx'), 5.21875) };
    const [ours, theirs] = ['read-with-archmeter.mjs', 'read-with-protobuf.mjs'];
    const arms = [
      { reader: 'archmeter', script: ours, goal: 'messages', file: small },
      { reader: '@bufbuild/protobuf', script: theirs, goal: 'messages', file: small },
      { reader: 'archmeter', script: ours, goal: 'graph', file: small },
      { reader: 'archmeter', script: ours, goal: 'graph', file: large },
    ] as const;
    const samples = arms.map(() => ({ process: [] as number[], read: [] as number[], kib: [] as number[] }));
    // Interleaved, so that a slow spell of the machine meets all alike; the first round warms the file cache.
    for (let round = 0; round <= repeats; round++) {
      arms.forEach(({ script, goal, file }, i) => {
        const start = performance.now();
        const output = execFileSync(process.execPath, [join(folder, script), file.path, goal], { encoding: 'utf8' });
        const ms = performance.now() - start;
        if (round === 0) return;
        const { readMs, peakKib } = JSON.parse(output) as { readMs: number; peakKib: number };
        samples[i]?.process.push(ms);
        samples[i]?.read.push(readMs);
        samples[i]?.kib.push(peakKib);
      });
    }
    const costs = arms.map(({ reader, goal, file }, i): ReadingCost => {
      const taken = samples[i] as (typeof samples)[number];
      return {
        reader,
        goal,
        fileBytes: file.bytes,
        readMs: median(taken.read),
        processMs: median(taken.process),
        samplesMs: taken.read,
        peakMib: median(taken.kib) / 1024,
      };
    });
    const [messages, general, graph, largeGraph] = costs as [ReadingCost, ReadingCost, ReadingCost, ReadingCost];
    return {
      costs,
      speedup: general.readMs / messages.readMs,
      memorySaving: general.peakMib / messages.peakMib,
      speedupToGraph: general.readMs / graph.readMs,
      memoryGrowth: largeGraph.peakMib / graph.peakMib,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
