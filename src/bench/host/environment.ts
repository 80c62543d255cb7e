import { availableParallelism, cpus, freemem, loadavg, release, totalmem } from 'node:os';
import type { DeviceInfo } from '../../core/measurement.js';
import type { Environment } from '../harness/host.js';
import { loadNvml } from '../power/nvml-library.js';
import { matchByBusId } from '../power/pci.js';
import { linuxFacts } from './linux-facts.js';
import { throttleText } from './throttle-reasons.js';

export interface EnvironmentOptions {
  /** Roots of Linux's file systems and the NVML library, so that tests can make their own. */
  readonly sysfs?: string;
  readonly procfs?: string;
  readonly nvmlLibrary?: string;
}

/** Reads what this machine tells of itself and of the device. */
export async function readEnvironment(device: DeviceInfo, options: EnvironmentOptions = {}): Promise<Environment> {
  const processors = cpus();
  const [load1, load5] = process.platform === 'win32' ? [] : loadavg();
  return {
    cpuModel: processors[0]?.model.trim() || null,
    cpuCount: processors.length || null,
    cpuAvailable: availableParallelism(),
    cpuClockMhz: Math.max(0, ...processors.map(({ speed }) => speed)) || null,
    loadAverage1: load1 ?? null,
    loadAverage5: load5 ?? null,
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    platform: `${process.platform} ${process.arch}`,
    kernel: release(),
    node: process.version,
    ...(process.platform === 'linux' || options.sysfs !== undefined ? linuxFacts(options) : {}),
    ...(device.kind === 'gpu' ? await nvidiaFacts(device, options.nvmlLibrary) : {}),
  };
}

async function nvidiaFacts(device: DeviceInfo, library: string | undefined): Promise<Environment> {
  const nvml = await loadNvml(library);
  if ('reason' in nvml) return {};
  try {
    const match = matchByBusId(nvml.devices, device, 'NVIDIA GPU');
    if ('reason' in match) return {};
    const reasons = match.found.throttleReasons();
    return {
      gpuDriver: nvml.driver ?? null,
      gpuClockMhz: match.found.clockMhz() ?? null,
      gpuTemperatureCelsius: match.found.temperatureCelsius() ?? null,
      gpuThrottleReasons: reasons === undefined ? null : throttleText(reasons) || 'none',
    };
  } finally {
    nvml.close();
  }
}
