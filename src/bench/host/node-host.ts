import type { DeviceInfo } from '../../core/measurement.js';
import type { Host } from '../harness/host.js';
import { flushBytesFor } from './cache-size.js';
import { devicePeak } from './device-peak.js';
import { readEnvironment } from './environment.js';
import { gpuState, watchGpu } from './gpu-watch.js';
import { processorTime } from './processor-time.js';

/** This machine, as Node and its operating system tell of it. */
export function nodeHost(device: DeviceInfo): Host {
  return {
    environment: () => readEnvironment(device),
    flushBytes: flushBytesFor,
    peak: devicePeak,
    state: (of) => gpuState(of),
    watch: (of) => watchGpu(of),
    processorTime: () => processorTime(),
  };
}
