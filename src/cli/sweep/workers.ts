import { parentPort, Worker } from 'node:worker_threads';
import { ArchmeterError } from '../../core/errors.js';
import type { SweepSettings } from '../../node/sweep/open-space.js';
import { DTYPE_OF_PRECISION } from '../options/precision.js';

/** What a worker tells: numbers walked since the last time, or that it is free for a shard. */
type Told = { readonly walked: number } | 'free';

/**
 * Computes shards in threads, each the command line itself; a thread that is free is given the next shard, so that none
 * waits while another still has several.
 */
export async function runInWorkers(
  shards: readonly number[],
  jobs: number,
  settings: SweepSettings,
  folder: string,
  space: string,
  onWalked: (walked: number) => void,
): Promise<void> {
  const queue = [...shards];
  const worker = () => runWorker(() => queue.shift(), settings, folder, space, onWalked);
  await Promise.all(Array.from({ length: jobs }, worker));
}

/** Shards as the main thread gives them out. Only in a worker. */
export async function* givenShards(): AsyncGenerator<number> {
  for (;;) {
    const given = new Promise<number | undefined>((resolve) => parentPort?.once('message', resolve));
    parentPort?.postMessage('free' satisfies Told);
    const shard = await given;
    if (shard === undefined) return;
    yield shard;
  }
}

export function tellWalked(walked: number): void {
  parentPort?.postMessage({ walked } satisfies Told);
}

function runWorker(
  next: () => number | undefined,
  { shards, precision, batch }: SweepSettings,
  folder: string,
  space: string,
  onWalked: (walked: number) => void,
): Promise<void> {
  const argv = ['sweep', space, '--output', folder, '--shards', String(shards)];
  argv.push('--dtype', DTYPE_OF_PRECISION[precision], ...(batch === null ? [] : ['--batch', String(batch)]));
  return new Promise((resolve, reject) => {
    const worker = new Worker(process.argv[1] as string, { argv, stdout: true, stderr: true });
    let said = '';
    worker.stderr.on('data', (chunk) => {
      said += chunk;
    });
    worker.on('message', (told: Told) => {
      if (told === 'free') worker.postMessage(next());
      else onWalked(told.walked);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new ArchmeterError(`a worker ended with ${code}: ${said.trim() || 'no message'}`));
    });
  });
}
