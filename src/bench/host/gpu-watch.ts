import type { DeviceInfo } from '../../core/measurement.js';
import type { DeviceState, DeviceWatch } from '../harness/host.js';
import { koffiPath, loadNvml, type NvmlDevice } from '../power/nvml-library.js';
import { matchByBusId } from '../power/pci.js';
import { type SensorSample, sampleInThread } from '../power/sampler.js';
import { throttleText } from './environment.js';

/** A reading costs the driver some microseconds, and clocks change no faster. */
const PERIOD_MS = 20;

/** Clock, temperature, power and throttling of an NVIDIA GPU, read in a thread of its own while others time. */
export async function watchGpu(device: DeviceInfo, library?: string): Promise<DeviceWatch | undefined> {
  const source = await withNvml(device, library, (found, name) => ({
    kind: 'nvml' as const,
    koffi: koffiPath(),
    library: name,
    busId: found.busId,
    instant: false,
    state: true,
  }));
  if (source === undefined) return undefined;
  const stream = await sampleInThread(source, PERIOD_MS);
  return { stop: async () => (await stream.stop()).map(stateOf) };
}

/** The GPU at this moment. */
export function gpuState(device: DeviceInfo, library?: string): Promise<DeviceState | undefined> {
  return withNvml(device, library, (found) => {
    const [pState, clockMhz] = [found.pState(), found.clockMhz()];
    return {
      atMs: performance.timeOrigin + performance.now(),
      ...(pState === undefined ? {} : { pState }),
      ...(clockMhz === undefined ? {} : { clockMhz }),
    };
  });
}

function stateOf({ throttleReasons, ...sample }: SensorSample): DeviceState {
  return { ...sample, ...(throttleReasons === undefined ? {} : { throttle: throttleText(BigInt(throttleReasons)) }) };
}

async function withNvml<T>(
  device: DeviceInfo,
  library: string | undefined,
  use: (found: NvmlDevice, library: string) => T,
): Promise<T | undefined> {
  if (device.kind !== 'gpu') return undefined;
  const nvml = await loadNvml(library);
  if ('reason' in nvml) return undefined;
  try {
    const match = matchByBusId(nvml.devices, device, 'NVIDIA GPU');
    return 'reason' in match ? undefined : use(match.found, nvml.library);
  } finally {
    nvml.close();
  }
}
