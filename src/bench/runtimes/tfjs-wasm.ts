import type { Tensor } from '@tensorflow/tfjs-core';
import { ArchmeterError } from '../../core/errors.js';
import type { OpenOptions, Runtime, RuntimeProbe, RuntimeSession } from '../define-runtime.js';
import { modelFolder } from '../host/model-folder.js';
import { type Backend, LOWERING_DETAILS, prepare } from '../lowering/executable.js';
import { openFile } from '../lowering/graph-model.js';
import type { Tfjs } from '../lowering/program.js';
import { readBack } from '../lowering/read-back.js';
import { cacheFlusher, cpuInfo, packageVersions, requireDevice, requireFloat32 } from './shared.js';

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
    const backend = await startBackend(tf);
    const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) as boolean;
    const flush = cacheFlusher();
    return {
      runtime: {
        name: 'tfjs-wasm',
        details: { ...versions(), simd: String(simd), threads: String(wasm.getThreadsCount()), ...LOWERING_DETAILS },
        execution: 'fused',
      },
      device: cpuInfo(),
      hasDeviceClock: false,
      prepare: (graph, seed) => prepare(backend, graph, seed),
      openFile: (file, graph, seed) => openFile(backend, modelFolder(file), graph, seed),
      async flushCaches(bytes) {
        flush(bytes);
      },
      async close() {},
    };
  },
};

/** Starts in this process, by any session: what was prepared before the last is prepared again. */
let starts = 0;

/** WebAssembly memory never shrinks, and nothing runs any more once it is exhausted: each start has a new one. */
async function startBackend(tf: Tfjs): Promise<Backend> {
  let exhausted = true;
  const restart = async () => {
    const factory = tf.findBackendFactory('wasm');
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', factory);
    if (!(await tf.setBackend('wasm'))) {
      throw new ArchmeterError('the WebAssembly backend of TensorFlow.js did not start', 'Reinstall archmeter.');
    }
    starts++;
    exhausted = false;
  };
  const backend = {
    tf,
    get starts() {
      return starts;
    },
    async activate() {
      if (exhausted) await keepingProcessListeners(restart);
      else await tf.setBackend('wasm');
    },
    // Kernels run to their end when called; reading an element proves it.
    finish: (outputs: readonly Tensor[]) => readBack(tf, outputs),
    explain(error: unknown) {
      if (!(error instanceof Error) || !OUT_OF_MEMORY.test(error.message)) return error;
      exhausted = true;
      // It cannot even be taken down.
      tf.backend().dispose = () => {};
      return new ArchmeterError(
        'tfjs-wasm ran out of memory: WebAssembly holds 4 GiB at most',
        'Use a smaller batch, resolution or model, or the onnxruntime runtime.',
      );
    },
  };
  await backend.activate();
  return backend;
}

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

const OUT_OF_MEMORY = /\bAborted\(|out of memory|memory access out of bounds|cannot enlarge memory/i;

export default runtime;
