import { ArchmeterError } from '../../../core/errors.js';
import type { Adapter } from './adapter.js';

const FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'bgra8unorm-storage'];

const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** How long the word of a lost device may come after what failed by it. */
const LOSS_MS = 100;

/** A WebGPU device that remembers what went wrong on it. */
export interface WatchedDevice {
  readonly device: GPUDevice;
  /** Waits for `work`, or until the device is lost. Throws if it was lost or an error was raised since the last call. */
  watch<T>(work: Promise<T>): Promise<T>;
}

export async function openDevice({ adapter, device: { name } }: Adapter): Promise<WatchedDevice> {
  const device = await adapter.requestDevice({
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
  const errors: string[] = [];
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    errors.push((event as GPUUncapturedErrorEvent).error.message);
  });
  let loss: string | undefined;
  const lost = device.lost.then(({ message }) => {
    loss = message || 'no message';
    throw lostError(name, loss);
  });
  // Handled where `watch` races against it.
  lost.catch(() => {});
  return {
    device,
    async watch(work) {
      try {
        return await Promise.race([work, lost]);
      } catch (error) {
        // What waits for a lost device fails a moment before the loss itself is told.
        await Promise.race([lost.catch(() => {}), new Promise((resolve) => setTimeout(resolve, LOSS_MS))]);
        throw loss === undefined ? error : lostError(name, loss);
      } finally {
        if (errors.length > 0) {
          const [first = ''] = errors.splice(0);
          // biome-ignore lint/correctness/noUnsafeFinally: the error of the device explains whatever was thrown
          throw new ArchmeterError(
            `uncaptured GPU error on ${name}: ${firstLine(first)}`,
            'Use a smaller batch or resolution if memory or a limit is named, else another runtime.',
          );
        }
      }
    },
  };
}

/** Writes so many bytes of the device's memory, so that its caches hold nothing else. */
export async function overwrite(device: GPUDevice, bytes: number): Promise<void> {
  const size = Math.min(Math.ceil(bytes / 4) * 4, device.limits.maxBufferSize);
  const buffer = device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  for (let written = 0; written < bytes; written += size) encoder.clearBuffer(buffer);
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  buffer.destroy();
}

function lostError(name: string, message: string): ArchmeterError {
  return new ArchmeterError(
    `the device ${name} was lost: ${firstLine(message)}`,
    'Use a smaller batch; look in the system log for a driver reset.',
  );
}

const firstLine = (text: string) => (text.split('\n', 1)[0] as string).replace(/\.+$/, '');
