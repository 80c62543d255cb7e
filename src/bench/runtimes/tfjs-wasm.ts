import { ArchmeterError } from '../../core/errors.js';
import type { OpenOptions, Runtime, RuntimeProbe, RuntimeSession } from '../define-runtime.js';
import { type Backend, LOWERING_DETAILS, prepare } from '../lowering/executable.js';
import { cacheFlusher, cpuInfo, packageVersions, readBack, requireDevice, requireFloat32 } from './shared.js';

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
    if (!(await tf.setBackend('wasm'))) {
      throw new ArchmeterError('the WebAssembly backend of TensorFlow.js did not start', 'Reinstall archmeter.');
    }
    const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) as boolean;
    const backend: Backend = {
      tf,
      async activate() {
        await tf.setBackend('wasm');
      },
      // Kernels run to their end when called; reading an element proves it.
      async finish(outputs) {
        await readBack(tf, outputs);
      },
    };
    const flush = cacheFlusher();
    return {
      runtime: {
        name: 'tfjs-wasm',
        details: { ...versions(), simd: String(simd), threads: String(wasm.getThreadsCount()), ...LOWERING_DETAILS },
      },
      device: cpuInfo(),
      hasDeviceClock: false,
      prepare: (graph, seed) => prepare(backend, graph, seed),
      async flushCaches(bytes) {
        flush(bytes);
      },
      async close() {},
    };
  },
};

export default runtime;
