import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Backend } from '../../lowering/executable.js';
import { readBack } from '../../lowering/read-back.js';
import { PassClock } from './clock.js';
import type { WatchedDevice } from './device.js';

/** TensorFlow.js on an opened device; its clock where the device has one. */
export function backendOn(
  tf: Backend['tf'],
  Kernels: typeof WebGPUBackend,
  { device, watch }: WatchedDevice,
  info: GPUAdapterInfo,
): Backend {
  const clock = device.features.has('timestamp-query') ? new PassClock(device) : undefined;
  tf.registerBackend('webgpu', () => new Kernels(device, info));
  // Small tensors would else be computed on the host.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  return {
    tf,
    async activate() {
      await tf.setBackend('webgpu');
    },
    finish: (outputs) => watch(readBack(tf, outputs)),
    ...(clock && { startDeviceClock: () => clock.start() }),
  };
}
