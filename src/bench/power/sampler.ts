import { Worker } from 'node:worker_threads';
import type { PowerSample } from './define-meter.js';

/** Power, and what else a source tells, at one moment. */
export interface SensorSample extends PowerSample {
  readonly clockMhz?: number;
  readonly temperatureCelsius?: number;
  /** Bits of nvmlClocksThrottleReasons. */
  readonly throttleReasons?: number;
}

/** A sensor that a thread of its own can read. */
export type SensorSource =
  /** A file with a number, times `scale` in watts. */
  | { readonly kind: 'file'; readonly file: string; readonly scale: number }
  /** A GPU's power through NVML; `instant` reads the field that does not average. */
  | {
      readonly kind: 'nvml';
      readonly koffi: string;
      readonly library: string;
      readonly busId: string;
      readonly instant: boolean;
      /** Reads clock, temperature and what slows the GPU too. */
      readonly state?: boolean;
    };

// A runtime may keep the main thread busy for as long as it is timed, so timers there would not fire. The source is a
// string so that it runs as it is from TypeScript, from the build and from a bundle.
const THREAD = `
const { parentPort, workerData: { source, periodMs, stopFlag } } = require('node:worker_threads');
function sensor() {
  if (source.kind === 'file') {
    const { readFileSync } = require('node:fs');
    return () => Number(readFileSync(source.file, 'utf8')) * source.scale;
  }
  const koffi = require(source.koffi);
  const library = koffi.load(source.library);
  const check = (code) => { if (code !== 0) throw new Error('NVML error ' + code); };
  check(library.func('int nvmlInit_v2()')());
  const handle = [null];
  check(library.func('int nvmlDeviceGetHandleByPciBusId_v2(str id, _Out_ void **device)')(source.busId, handle));
  if (source.state) {
    const optional = (definition) => { try { return library.func(definition); } catch { return () => 13; } };
    const calls = {
      powerWatts: [optional('int nvmlDeviceGetPowerUsage(void *device, _Out_ uint *power)'), 1e-3],
      throttleReasons: [optional('int nvmlDeviceGetCurrentClocksThrottleReasons(void *device, _Out_ uint64_t *reasons)'), 1],
    };
    const clock = optional('int nvmlDeviceGetClockInfo(void *device, int type, _Out_ uint *mhz)');
    const temperature = optional('int nvmlDeviceGetTemperature(void *device, int sensor, _Out_ uint *celsius)');
    calls.clockMhz = [(device, out) => clock(device, 1, out), 1];
    calls.temperatureCelsius = [(device, out) => temperature(device, 0, out), 1];
    return () => {
      const found = {};
      for (const [name, [call, scale]] of Object.entries(calls)) {
        const out = [0];
        if (call(handle[0], out) === 0) found[name] = Number(out[0]) * scale;
      }
      return found;
    };
  }
  if (source.instant) {
    const field = Buffer.alloc(40);
    const get = library.func('int nvmlDeviceGetFieldValues(void *device, int count, void *values)');
    return () => {
      field.fill(0);
      field.writeUInt32LE(186, 0);
      check(get(handle[0], 1, field));
      check(field.readUInt32LE(28));
      return field.readUInt32LE(32) / 1000;
    };
  }
  const power = [0];
  const get = library.func('int nvmlDeviceGetPowerUsage(void *device, _Out_ uint *power)');
  return () => { check(get(handle[0], power)); return power[0] / 1000; };
}
const samples = [];
let error;
try {
  const read = sensor();
  const flag = new Int32Array(stopFlag);
  let due = performance.now();
  for (let first = true; ; first = false) {
    const found = read();
    const atMs = performance.timeOrigin + performance.now();
    samples.push(typeof found === 'number' ? { atMs, powerWatts: found } : { atMs, ...found });
    if (first) parentPort.postMessage({ ready: true });
    due += periodMs;
    if (Atomics.wait(flag, 0, 0, Math.max(0, due - performance.now())) !== 'timed-out') break;
  }
} catch (thrown) {
  error = String(thrown && thrown.message || thrown);
}
parentPort.postMessage({ samples: samples.filter(({ powerWatts }) => source.state || Number.isFinite(powerWatts)), error });
`;

/**
 * Reads a sensor every `periodMs` in a thread of its own. Resolves after the first reading.
 *
 * @throws Error where the sensor cannot be read at all
 */
export async function sampleInThread(
  source: SensorSource,
  periodMs: number,
): Promise<{ stop(): Promise<readonly SensorSample[]> }> {
  const stopFlag = new SharedArrayBuffer(4);
  const worker = new Worker(THREAD, { eval: true, workerData: { source, periodMs, stopFlag } });
  let started = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    started = resolve;
  });
  const ended = new Promise<{ samples: SensorSample[]; error?: string }>((resolve, reject) => {
    worker.on('message', (message: { ready?: true; samples?: SensorSample[]; error?: string }) => {
      started();
      if (message.samples !== undefined) resolve({ ...message, samples: message.samples });
    });
    worker.once('error', reject);
  });
  const stop = async (): Promise<readonly SensorSample[]> => {
    const flag = new Int32Array(stopFlag);
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
    const { samples, error } = await ended;
    if (samples.length === 0 && error !== undefined) throw new Error(error);
    return samples;
  };
  ended.catch(() => undefined);
  await Promise.race([ready, ended]);
  const early = await Promise.race([ended, Promise.resolve(undefined)]);
  if (early?.error !== undefined) throw new Error(early.error);
  return { stop };
}
