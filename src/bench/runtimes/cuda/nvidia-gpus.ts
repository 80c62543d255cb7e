import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { DeviceInfo } from '../../../core/measurement.js';

/** A GPU as the driver's own tool lists it. */
export interface NvidiaGpu extends DeviceInfo {
  readonly uuid?: string;
}

export type CudaEnvironment = Readonly<Partial<Record<'CUDA_VISIBLE_DEVICES' | 'CUDA_DEVICE_ORDER', string>>>;

/**
 * The NVIDIA GPUs that CUDA shows this process, the one it takes first at the front. CUDA counts the fastest first
 * unless told otherwise; archmeter tells it to count as the driver's tool does, by PCI bus id, before anything loads it.
 */
export async function nvidiaGpus(): Promise<DeviceInfo[]> {
  process.env.CUDA_DEVICE_ORDER ??= 'PCI_BUS_ID';
  try {
    const query = ['--query-gpu=name,driver_version,pci.bus_id,compute_cap,uuid', '--format=csv,noheader'];
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: 20_000 });
    return visibleGpus(parseGpuList(stdout), process.env as CudaEnvironment).map(({ uuid: _, ...gpu }) => gpu);
  } catch {
    return [];
  }
}

/** Lines such as `NVIDIA H100 PCIe, 550.54.15, 00000000:17:00.0, 9.0, GPU-2f2a…`. */
export function parseGpuList(text: string): NvidiaGpu[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = 'unknown', driver, pciBusId, capability, uuid] = line.split(',').map((field) => field.trim());
      return {
        kind: 'gpu' as const,
        name,
        vendor: 'nvidia',
        ...(capability && { architecture: `sm_${capability.replace('.', '')}` }),
        ...(driver && { driver }),
        ...(pciBusId && { pciBusId }),
        ...(uuid && { uuid }),
      };
    });
}

/**
 * What CUDA_VISIBLE_DEVICES leaves of the GPUs (in the order of their PCI bus ids), in its order: numbers, or UUIDs
 * by their beginning; the first entry that names none ends the list (CUDA C++ Programming Guide, "Environment
 * variables"). Numbers in another order than the bus ids name a GPU only where all are of one model.
 */
export function visibleGpus(gpus: readonly NvidiaGpu[], environment: CudaEnvironment): NvidiaGpu[] {
  const { CUDA_VISIBLE_DEVICES: visible, CUDA_DEVICE_ORDER: order } = environment;
  const ordered = order === 'PCI_BUS_ID' || new Set(gpus.map(({ name }) => name)).size < 2;
  const known = (gpu: NvidiaGpu): NvidiaGpu =>
    ordered ? gpu : { kind: 'gpu', name: `one of ${gpus.map(({ name }) => name).join(', ')}`, vendor: 'nvidia' };
  if (visible === undefined) return ordered ? [...gpus] : gpus.slice(0, 1).map(known);
  const found: NvidiaGpu[] = [];
  for (const entry of visible.split(',').map((text) => text.trim())) {
    const numbered = /^\d+$/.test(entry);
    const gpu = numbered
      ? gpus[Number(entry)]
      : gpus.find(({ uuid }) => entry.startsWith('GPU-') && uuid?.toLowerCase().startsWith(entry.toLowerCase()));
    if (gpu === undefined) {
      if (entry.startsWith('MIG-')) found.push(sliceOf(gpus, entry));
      break;
    }
    found.push(numbered ? known(gpu) : gpu);
  }
  return found;
}

/**
 * A slice of a GPU: `MIG-GPU-…/1/0` holds the UUID of its GPU; since driver 470 it is an id of its own, which the list of
 * GPUs does not hold.
 */
function sliceOf(gpus: readonly NvidiaGpu[], entry: string): NvidiaGpu {
  const parent = entry.slice('MIG-'.length).split('/')[0] as string;
  const whole =
    gpus.find(({ uuid }) => uuid?.toLowerCase() === parent.toLowerCase()) ?? (gpus.length === 1 ? gpus[0] : undefined);
  return { kind: 'gpu', vendor: 'nvidia', ...whole, name: `${whole?.name ?? 'NVIDIA GPU'} (MIG slice)` };
}
