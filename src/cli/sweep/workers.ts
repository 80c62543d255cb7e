import { Worker } from 'node:worker_threads';
import { ArchmeterError } from '../../core/errors.js';
import type { SweepSettings } from '../../node/sweep/open-space.js';
import { DTYPE_OF_PRECISION } from '../options/precision.js';

/** Runs shards in threads, each the command line itself on its share of them. */
export async function runInWorkers(
  shards: readonly number[],
  jobs: number,
  settings: SweepSettings,
  folder: string,
  space: string,
  onWalked: (walked: number) => void,
): Promise<void> {
  const shares = Array.from({ length: jobs }, (_, job) => shards.filter((_shard, i) => i % jobs === job));
  await Promise.all(shares.map((share) => runWorker(share, settings, folder, space, onWalked)));
}

function runWorker(
  shards: readonly number[],
  { shards: of, precision, batch }: SweepSettings,
  folder: string,
  space: string,
  onWalked: (walked: number) => void,
): Promise<void> {
  const argv = ['sweep', space, '--output', folder, '--shard', `${shards.join(',')}/${of}`, '--force'];
  argv.push('--dtype', DTYPE_OF_PRECISION[precision], ...(batch === null ? [] : ['--batch', String(batch)]));
  return new Promise((resolve, reject) => {
    const worker = new Worker(process.argv[1] as string, { argv, stdout: true, stderr: true });
    let said = '';
    worker.stderr.on('data', (chunk) => {
      said += chunk;
    });
    worker.on('message', ({ walked }: { walked: number }) => onWalked(walked));
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new ArchmeterError(`a worker ended with ${code}: ${said.trim() || 'no message'}`));
    });
  });
}
