import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import type { RuntimeSession } from '../../bench/define-runtime.js';
import { LOWERING_DETAILS, prepare } from '../../bench/lowering/executable.js';
import { describeAdapter } from '../../bench/runtimes/webgpu/adapter.js';
import { backendOn } from '../../bench/runtimes/webgpu/backend.js';
import { openDevice, overwrite } from '../../bench/runtimes/webgpu/device.js';
import { ArchmeterError } from '../../core/errors.js';
import { adapterName } from '../worker/machine.js';

/** TensorFlow.js on the browser's WebGPU. The adapter is the one that the browser gives for high performance. */
export async function openWebGpu(): Promise<RuntimeSession> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new ArchmeterError('this browser offers no WebGPU adapter', 'Time on WebAssembly instead.');
  const description = describeAdapter(adapterName(adapter.info), adapter.info);
  const opened = await openDevice({ id: description.name, device: description, gpu: navigator.gpu, adapter });
  // The package registers a backend that would open an adapter of its own; a session that was closed took it away.
  if (tf.findBackendFactory('webgpu') !== null) tf.removeBackend('webgpu');
  const backend = backendOn(tf, WebGPUBackend, opened, adapter.info);
  return {
    runtime: {
      name: 'tfjs-webgpu',
      details: { '@tensorflow/tfjs-core': tf.version_core, ...LOWERING_DETAILS },
      execution: 'fused',
    },
    device: description,
    hasDeviceClock: backend.startDeviceClock !== undefined,
    prepare: (graph, seed) => prepare(backend, graph, seed),
    flushCaches: (bytes) => opened.watch(overwrite(opened.device, bytes)),
    async close() {
      tf.removeBackend('webgpu');
      opened.device.destroy();
    },
  };
}
