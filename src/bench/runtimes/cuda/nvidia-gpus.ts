import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { DeviceInfo } from '../../../core/measurement.js';

/** The NVIDIA GPUs of this machine, in the order of their PCI bus ids, as their driver's own tool lists them. */
export async function nvidiaGpus(): Promise<DeviceInfo[]> {
  try {
    const query = ['--query-gpu=name,driver_version,pci.bus_id,compute_cap', '--format=csv,noheader'];
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: 20_000 });
    return parseGpuList(stdout);
  } catch {
    return [];
  }
}

/** Lines such as `NVIDIA H100 PCIe, 550.54.15, 00000000:17:00.0, 9.0`. */
export function parseGpuList(text: string): DeviceInfo[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = 'unknown', driver, pciBusId, capability] = line.split(',').map((field) => field.trim());
      return {
        kind: 'gpu' as const,
        name,
        vendor: 'nvidia',
        ...(capability && { architecture: `sm_${capability.replace('.', '')}` }),
        ...(driver && { driver }),
        ...(pciBusId && { pciBusId }),
      };
    });
}
