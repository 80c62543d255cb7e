import { ArchmeterError } from '../../core/errors.js';
import { cacheFlusher } from '../cache-flusher.js';
import type { OpenOptions, Runtime, RuntimeProbe, RuntimeSession } from '../define-runtime.js';
import { modelFolder } from '../host/model-folder.js';
import { LOWERING_DETAILS, prepare } from '../lowering/executable.js';
import { openFile } from '../lowering/graph-model.js';
import { cpuInfo, packageVersions, requireDevice, requireFloat32 } from './shared.js';
import { startBackend, WASM_COPIES } from './wasm/backend.js';

const versions = () => packageVersions('@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm');

/** TensorFlow.js on WebAssembly (XNNPACK kernels): runs wherever Node runs. */
const runtime: Runtime = {
  name: 'tfjs-wasm',
  title: 'TensorFlow.js on WebAssembly',
  rank: 30,

  async probe(): Promise<RuntimeProbe> {
    return { available: true, devices: [{ id: 'cpu', ...cpuInfo() }], versions: versions() };
  },

  async open(options: OpenOptions): Promise<RuntimeSession> {
    requireFloat32(options.dtype, 'tfjs-wasm', 'its kernels compute in float32');
    requireDevice(options.device, ['cpu'], 'tfjs-wasm');
    if (options.threads !== undefined && options.threads !== 1) {
      throw new ArchmeterError(
        `tfjs-wasm cannot use ${options.threads} threads: TensorFlow.js has threads in browsers only, not in Node`,
        'Leave --threads out, or use the onnxruntime runtime.',
      );
    }
    const tf = await import('@tensorflow/tfjs-core');
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    const backend = await startBackend(tf, keepingProcessListeners);
    const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) as boolean;
    const flush = cacheFlusher();
    return {
      runtime: {
        name: 'tfjs-wasm',
        details: {
          ...versions(),
          simd: String(simd),
          threads: String(wasm.getThreadsCount()),
          ...LOWERING_DETAILS,
          copies: WASM_COPIES,
        },
        execution: 'fused',
      },
      device: cpuInfo(),
      hasDeviceClock: false,
      renew: backend.renew,
      prepare: (graph, seed) => prepare(backend, graph, seed),
      openFile: (file, graph, seed) => openFile(backend, modelFolder(file), graph, seed),
      async flushCaches(bytes) {
        flush(bytes);
      },
      async close() {},
    };
  },
};

const FATAL_EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Emscripten's loader answers every uncaught error of the process when it starts, and takes away everyone's answers
 * when it ends: both are undone.
 */
async function keepingProcessListeners(run: () => Promise<void>): Promise<void> {
  const events: NodeJS.EventEmitter = process;
  const before = FATAL_EVENTS.map((event) => events.rawListeners(event) as ((...args: unknown[]) => void)[]);
  try {
    await run();
  } finally {
    FATAL_EVENTS.forEach((event, i) => {
      events.removeAllListeners(event);
      for (const listener of before[i] ?? []) events.on(event, listener);
    });
  }
}

export default runtime;
