import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Repeats, writeLargeTrace } from './trace/large-trace.js';

/** What a trace of so many bytes took to read, in a process of its own. */
export interface TraceReadingCost {
  readonly bytes: number;
  readonly iterations: number;
  readonly rows: number;
  /** Resident memory of the process before it reads, and at most. */
  readonly beforeMib: number;
  readonly peakMib: number;
  readonly seconds: number;
}

/** @param arguments_ of Node, e.g. `--max-old-space-size=64` */
export async function traceReadingCost(
  bytes: number,
  arguments_: readonly string[] = [],
  repeats?: Repeats,
): Promise<TraceReadingCost> {
  const folder = mkdtempSync(join(tmpdir(), 'archmeter-trace-'));
  try {
    await build({
      entryPoints: [fileURLToPath(new URL('./trace/read-trace.ts', import.meta.url))],
      outfile: join(folder, 'read.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'error',
    });
    const path = join(folder, 'trace.json');
    const written = await writeLargeTrace(path, bytes, repeats);
    const output = execFileSync(process.execPath, [...arguments_, join(folder, 'read.mjs'), path], {
      encoding: 'utf8',
    });
    return { bytes: written, ...(JSON.parse(output) as Omit<TraceReadingCost, 'bytes'>) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
