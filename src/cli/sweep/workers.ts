import {
  BroadcastChannel,
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  Worker,
  workerData,
} from 'node:worker_threads';
import { ArchmeterError } from '../../core/errors.js';
import type { Exchange, Found } from '../../core/sweep/index.js';
import type { SweepSettings } from '../../node/sweep/open-space.js';
import { DTYPE_OF_PRECISION } from '../options/precision.js';

/** What a thread of a sweep shares with the others. */
interface Shared {
  readonly shards: readonly number[];
  readonly threads: number;
  /** One entry a shard: 1 where a thread has taken it. */
  readonly taken: Int32Array;
  /** Name of the channel on which threads tell what layers cost. */
  readonly channel: string;
}

/** A thread's part in a sweep. */
export interface SweepThread {
  /** The shards that it takes, until all are taken. */
  shards(): Iterable<number>;
  readonly exchange: Exchange | undefined;
  /** Ends it: no thread takes another shard. */
  close(): void;
}

/**
 * Starts all threads of a sweep but this one, each of them the command line itself; this one takes part.
 *
 * @param onWalked numbers that another thread walked since the last call
 * @returns its part, and the end of the others
 */
export function startThreads(
  shards: readonly number[],
  threads: number,
  { space, folder, settings }: { readonly space: string; readonly folder: string; readonly settings: SweepSettings },
  onWalked: (walked: number) => void,
): { readonly own: SweepThread; readonly others: Promise<unknown> } {
  const taken = new Int32Array(new SharedArrayBuffer(4 * shards.length));
  const shared: Shared = { shards, threads, taken, channel: `archmeter-sweep-${process.pid}` };
  const { precision, batch, shards: of } = settings;
  const argv = ['sweep', space, '--output', folder, '--shards', String(of)];
  argv.push('--dtype', DTYPE_OF_PRECISION[precision], ...(batch === null ? [] : ['--batch', String(batch)]));
  const others = Array.from({ length: threads - 1 }, (_, i) => runWorker(argv, { ...shared, at: i + 1 }, onWalked));
  const all = Promise.all(others);
  // Looked at when this thread is done; a failure before that is not unhandled.
  all.catch(() => {});
  return { own: threads < 2 ? alone(shards) : threadOf(shared, 0), others: all };
}

/** The part of this worker. */
export function ownThread(): SweepThread {
  const { at, ...shared } = workerData as Shared & { readonly at: number };
  return threadOf(shared, at);
}

export function tellWalked(walked: number): void {
  parentPort?.postMessage(walked);
}

function alone(shards: readonly number[]): SweepThread {
  return { shards: () => shards, exchange: undefined, close() {} };
}

function threadOf({ shards, threads, taken, channel: name }: Shared, at: number): SweepThread {
  const channel = new BroadcastChannel(name);
  // Messages are fetched between designs; only those that meet an idle moment come as events.
  const queue: Found[] = [];
  channel.onmessage = ({ data }) => queue.push(data as Found);
  channel.unref();
  return {
    *shards() {
      // Neighbouring shards share layers: each thread begins where its share does, and helps the next at the end.
      const first = Math.floor((shards.length * at) / threads);
      for (let i = 0; i < shards.length; i++) {
        const next = (first + i) % shards.length;
        if (Atomics.compareExchange(taken, next, 0, 1) === 0) yield shards[next] as number;
      }
    },
    exchange: {
      tell: (found) => channel.postMessage(found),
      next: () =>
        queue.shift() ?? (receiveMessageOnPort(channel as unknown as MessagePort)?.message as Found | undefined),
    },
    close() {
      taken.fill(1);
      channel.close();
    },
  };
}

function runWorker(argv: string[], data: Shared & { at: number }, onWalked: (walked: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(process.argv[1] as string, { argv, workerData: data, stdout: true, stderr: true });
    let said = '';
    worker.stderr.on('data', (chunk) => {
      said += chunk;
    });
    worker.on('message', onWalked);
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new ArchmeterError(`a thread ended with ${code}: ${said.trim() || 'no message'}`));
    });
  });
}
