import type { Progress } from '../bench/progress.js';
import type { Measurement } from '../core/measurement.js';
import type { GivenFile, JobName, Jobs, WorkerMessage } from './worker/protocol.js';

type Argument<J extends JobName> = Parameters<Jobs[J]>[0];
type Result<J extends JobName> = Awaited<ReturnType<Jobs[J]>>;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The thread that reads, counts and times; started again where it broke down or was told to leave off. */
export class WorkerClient {
  private worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private readonly given: GivenFile[] = [];
  private next = 0;
  onProgress: (progress: Progress) => void = () => {};
  /** What timing has found so far: all that is left where the thread is killed. */
  onPartial: (measurement: Measurement) => void = () => {};

  constructor(private readonly start: () => Worker) {
    this.worker = this.open();
    document.addEventListener('visibilitychange', () => this.run('setHidden', document.hidden));
  }

  run<J extends JobName>(job: J, argument?: Argument<J>): Promise<Result<J>> {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.worker.postMessage({ id, job, argument });
    });
  }

  async give(files: readonly GivenFile[]): Promise<void> {
    this.given.push(...files);
    await this.run('give', files);
  }

  /** Ends whatever goes on: a file that takes too long, a device that does not answer. */
  restart(reason: string): void {
    this.worker.terminate();
    for (const { reject } of this.waiting.values()) reject(new Error(reason));
    this.waiting.clear();
    this.worker = this.open();
    if (this.given.length > 0) void this.run('give', this.given);
  }

  private open(): Worker {
    const worker = this.start();
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => {
      if ('lock' in data) this.watch(worker, data.lock);
      else this.take(data);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.ended(event.message);
    });
    return worker;
  }

  /** A thread may end without an event. Its lock is free only then, however long it was busy. */
  private watch(worker: Worker, lock: string): void {
    void navigator.locks.request(lock, () => {
      if (worker === this.worker) this.ended('');
    });
  }

  private ended(message: string): void {
    this.restart(`The thread that computes ended: ${message || 'most likely for want of memory'}.`);
  }

  private take(message: WorkerMessage): void {
    if ('progress' in message) this.onProgress(message.progress);
    if ('partial' in message) this.onPartial(message.partial);
    if (!('id' in message)) return;
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if ('error' in message) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message.result);
  }
}
