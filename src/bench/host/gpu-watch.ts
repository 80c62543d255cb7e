import type { DeviceInfo } from '../../core/measurement.js';
import type { DeviceState, DeviceWatch } from '../harness/host.js';
import { koffiPath, loadNvml, type NvmlDevice } from '../power/nvml-library.js';
import { matchByBusId } from '../power/pci.js';
import { type SensorSample, sampleInThread } from '../power/sampler.js';
import { smiState, watchBySmi } from './smi-watch.js';
import { throttleText } from './throttle-reasons.js';

/** A reading costs the driver some microseconds, and clocks change no faster. */
const PERIOD_MS = 20;

/** Other names of NVIDIA's library and program, so that tests can make their own. */
export interface GpuSources {
  readonly library?: string;
  readonly smi?: string;
}

/**
 * Clock, temperature, power and throttling of an NVIDIA GPU, read beside the thread that times: through NVML, and by
 * nvidia-smi where that cannot be loaded.
 */
export async function watchGpu(
  device: DeviceInfo,
  { library, smi }: GpuSources = {},
): Promise<DeviceWatch | undefined> {
  if (device.kind !== 'gpu') return undefined;
  const found = await withNvml(device, library, ({ busId }, name) => ({ busId, name }));
  if (found === undefined) return watchBySmi(device, smi);
  const { busId, name } = found;
  const stream = await sampleInThread(
    { kind: 'nvml', koffi: koffiPath(), library: name, busId, instant: false, state: true },
    PERIOD_MS,
  );
  return { stop: async () => (await stream.stop()).map(stateOf) };
}

/** The GPU at this moment. */
export async function gpuState(
  device: DeviceInfo,
  { library, smi }: GpuSources = {},
): Promise<DeviceState | undefined> {
  if (device.kind !== 'gpu') return undefined;
  const state = await withNvml(device, library, (found) => {
    const [pState, clockMhz] = [found.pState(), found.clockMhz()];
    return {
      atMs: performance.timeOrigin + performance.now(),
      ...(pState === undefined ? {} : { pState }),
      ...(clockMhz === undefined ? {} : { clockMhz }),
    };
  });
  return state ?? smiState(device, smi);
}

function stateOf({ throttleReasons, ...sample }: SensorSample): DeviceState {
  return { ...sample, ...(throttleReasons === undefined ? {} : { throttle: throttleText(BigInt(throttleReasons)) }) };
}

async function withNvml<T>(
  device: DeviceInfo,
  library: string | undefined,
  use: (found: NvmlDevice, library: string) => T,
): Promise<T | undefined> {
  const nvml = await loadNvml(library);
  if ('reason' in nvml) return undefined;
  try {
    const match = matchByBusId(nvml.devices, device, 'NVIDIA GPU');
    return 'reason' in match ? undefined : use(match.found, nvml.library);
  } finally {
    nvml.close();
  }
}
