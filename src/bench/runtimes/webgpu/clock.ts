/** Pairs of timestamps in one query set: the most that WebGPU allows. */
const PASSES_PER_SET = 2048;

/**
 * The device's own clock: every compute pass begun while it runs is bracketed by timestamps (`timestampWrites`), and
 * their differences are added. Pauses between passes, in which the device waits for the host, do not count.
 */
export class PassClock {
  private readonly sets: GPUQuerySet[] = [];
  private passes = 0;
  private running = false;

  constructor(private readonly device: GPUDevice) {
    const create = device.createCommandEncoder.bind(device);
    device.createCommandEncoder = (descriptor) => {
      const encoder = create(descriptor);
      const begin = encoder.beginComputePass.bind(encoder);
      encoder.beginComputePass = (pass) =>
        begin(this.running ? { ...pass, timestampWrites: this.nextTimestamps() } : pass);
      return encoder;
    };
  }

  /** Starts the clock; the function that it returns stops it and gives the time in ms, once submitted work is done. */
  start(): () => Promise<number> {
    this.passes = 0;
    this.running = true;
    return () => {
      this.running = false;
      return this.read();
    };
  }

  private nextTimestamps(): GPUComputePassTimestampWrites {
    const index = this.passes % PASSES_PER_SET;
    const at = (this.passes - index) / PASSES_PER_SET;
    this.passes++;
    this.sets[at] ??= this.device.createQuerySet({ type: 'timestamp', count: 2 * PASSES_PER_SET });
    return {
      querySet: this.sets[at] as GPUQuerySet,
      beginningOfPassWriteIndex: 2 * index,
      endOfPassWriteIndex: 2 * index + 1,
    };
  }

  private async read(): Promise<number> {
    const { device } = this;
    let nanoseconds = 0n;
    for (let start = 0; start < this.passes; start += PASSES_PER_SET) {
      const count = 2 * Math.min(PASSES_PER_SET, this.passes - start);
      const size = 8 * count;
      const resolved = device.createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
      const readable = device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
      const encoder = device.createCommandEncoder();
      encoder.resolveQuerySet(this.sets[start / PASSES_PER_SET] as GPUQuerySet, 0, count, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, readable, 0, size);
      device.queue.submit([encoder.finish()]);
      await readable.mapAsync(GPUMapMode.READ);
      const stamps = new BigUint64Array(readable.getMappedRange().slice(0));
      resolved.destroy();
      readable.destroy();
      for (let i = 0; i < count; i += 2) nanoseconds += (stamps[i + 1] as bigint) - (stamps[i] as bigint);
    }
    return Number(nanoseconds) / 1e6;
  }
}
