import { ArchmeterError } from '../../core/errors.js';
import type { OpenOptions, Runtime, RuntimeProbe, RuntimeSession } from '../define-runtime.js';
import { modelFolder } from '../host/model-folder.js';
import { LOWERING_DETAILS, prepare } from '../lowering/executable.js';
import { openFile } from '../lowering/graph-model.js';
import { packageVersions, requireFloat32 } from './shared.js';
import type { Adapter } from './webgpu/adapter.js';
import { findAdapters } from './webgpu/adapters.js';
import { backendOn } from './webgpu/backend.js';
import { openDevice, overwrite } from './webgpu/device.js';

const versions = () => packageVersions('@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-webgpu', 'webgpu');

/** TensorFlow.js on WebGPU, through Dawn (Vulkan, Metal or D3D12). */
const runtime: Runtime = {
  name: 'tfjs-webgpu',
  title: 'TensorFlow.js on WebGPU',
  rank: 10,

  async probe(): Promise<RuntimeProbe> {
    const { adapters, reason, remedy } = await findAdapters();
    return {
      available: adapters.length > 0,
      ...(reason !== undefined && { reason }),
      ...(remedy !== undefined && { remedy }),
      devices: adapters.map(({ id, device }) => ({ id, ...device })),
      versions: versions(),
    };
  },

  async open(options: OpenOptions): Promise<RuntimeSession> {
    requireFloat32(options.dtype, 'tfjs-webgpu', 'its shaders compute in float32 only');
    const { adapters, reason, remedy } = await findAdapters();
    if (adapters.length === 0) throw new ArchmeterError(`tfjs-webgpu cannot start: ${reason}`, `${remedy}.`);
    const chosen = chooseAdapter(adapters, options);
    const tf = await import('@tensorflow/tfjs-core');
    if (tf.findBackendFactory('webgpu') !== null) {
      throw new ArchmeterError('tfjs-webgpu is already open in this process', 'Close that session first.');
    }
    // Imported before navigator.gpu is there: the package would open an adapter of its own choice.
    const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
    provideNavigator(chosen.gpu);
    const opened = await openDevice(chosen);
    const backend = backendOn(tf, WebGPUBackend, opened, chosen.adapter.info);
    return {
      runtime: { name: 'tfjs-webgpu', details: { ...versions(), ...LOWERING_DETAILS }, execution: 'fused' },
      device: chosen.device,
      hasDeviceClock: backend.startDeviceClock !== undefined,
      prepare: (graph, seed) => prepare(backend, graph, seed),
      openFile: (file, graph, seed) => openFile(backend, modelFolder(file), graph, seed),
      flushCaches: (bytes) => opened.watch(overwrite(opened.device, bytes)),
      async close() {
        tf.removeBackend('webgpu');
        opened.device.destroy();
        // Node stays alive as long as an adapter is reachable.
        provideNavigator(undefined);
      },
    };
  },
};

/** The adapter asked for, else the best real one; software only where it is allowed. */
function chooseAdapter(adapters: readonly Adapter[], options: OpenOptions): Adapter {
  const named = options.device?.toLowerCase();
  const candidates = adapters.filter(({ id }) => named === undefined || id.toLowerCase().includes(named));
  if (candidates.length === 0) {
    const list = adapters.map(({ id }) => `'${id}'`).join(', ');
    throw new ArchmeterError(`tfjs-webgpu has no device '${options.device}'`, `Devices: ${list}.`);
  }
  const real = candidates.find(({ device }) => device.kind !== 'software');
  if (real !== undefined) return real;
  const software = candidates[0] as Adapter;
  if (options.allowSoftware) return software;
  throw new ArchmeterError(
    `the only adapter is '${software.id}', which renders in software: its timings say nothing about a GPU`,
    'Pass --allow-software to time it all the same, labelled as software, or use --runtime tfjs-wasm.',
  );
}

function provideNavigator(gpu: GPU | undefined): void {
  const host = globalThis as { navigator?: object };
  if (host.navigator === undefined) Object.defineProperty(host, 'navigator', { value: {}, configurable: true });
  Object.defineProperty(host.navigator, 'gpu', { value: gpu, configurable: true });
}

export default runtime;
