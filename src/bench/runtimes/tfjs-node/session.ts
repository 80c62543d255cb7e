import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import util from 'node:util';
import { ArchmeterError } from '../../../core/errors.js';
import type { DeviceInfo } from '../../../core/measurement.js';
import { cacheFlusher } from '../../cache-flusher.js';
import type { OpenOptions, RuntimeSession } from '../../define-runtime.js';
import { lastLevelCacheBytes } from '../../host/cache-size.js';
import { modelFolder } from '../../host/model-folder.js';
import { withoutNativeLog } from '../../host/native-log.js';
import { type Backend, LOWERING_DETAILS, prepare } from '../../lowering/executable.js';
import { openFile } from '../../lowering/graph-model.js';
import type { Tfjs } from '../../lowering/program.js';
import { readBack } from '../../lowering/read-back.js';
import { requireFloat32 } from '../shared.js';
import type { TfjsNodePackage } from './location.js';

interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/** TensorFlow's level of fatal errors alone. */
const QUIET = '3';

/** TensorFlow reads its environment once: what it was loaded with stays until the process ends. */
let loadedWith: { readonly folder: string; readonly settings: string } | undefined;

/** Loads the binding into this process with an environment that only counts before that. */
function loadBinding(location: TfjsNodePackage, environment: Readonly<Record<string, string>>): Tfjs {
  const settings = JSON.stringify(environment);
  if (loadedWith !== undefined && (loadedWith.folder !== location.folder || loadedWith.settings !== settings)) {
    throw new ArchmeterError(
      'TensorFlow is already loaded in this process, for another device or number of threads',
      'Run the two in processes of their own.',
    );
  }
  Object.assign(process.env, environment);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= QUIET;
  const old = util as unknown as { isNullOrUndefined?: (x: unknown) => boolean };
  old.isNullOrUndefined ??= (x) => x === null || x === undefined;
  const tf = withoutWarnings(() => createRequire(import.meta.url)(location.folder) as Tfjs);
  loadedWith = { folder: location.folder, settings };
  return tf;
}

/** oneDNN divides by the size of a cache, and so by zero on virtual machines that hide theirs. */
function tellsCacheSizes(): boolean {
  return process.platform !== 'linux' || lastLevelCacheBytes() !== undefined;
}

/** The package brings a tfjs of its own, which remarks that there is one already: they share one engine. */
function withoutWarnings<T>(run: () => T): T {
  const { warn } = console;
  console.warn = () => {};
  try {
    return run();
  } finally {
    console.warn = warn;
  }
}

export interface NodeSessionOptions {
  readonly runtime: 'tfjs-node' | 'tfjs-node-gpu';
  readonly location: TfjsNodePackage;
  readonly device: DeviceInfo;
  readonly options: OpenOptions;
}

/** A session on the native binding, on the processor or on the GPU that TensorFlow registered. */
export async function openNodeSession({
  runtime,
  location,
  device,
  options,
}: NodeSessionOptions): Promise<RuntimeSession> {
  requireFloat32(options.dtype, runtime, 'TensorFlow.js has no float16 tensors');
  const gpu = runtime === 'tfjs-node-gpu';
  if (gpu && options.threads !== undefined) {
    throw new ArchmeterError('tfjs-node-gpu runs on the GPU: it has no --threads');
  }
  const threads = options.threads ?? availableParallelism();
  // Without these a GPU rounds products to TensorFloat-32, and a processor run finds a GPU to use.
  const environment: Record<string, string> = gpu
    ? { NVIDIA_TF32_OVERRIDE: process.env.NVIDIA_TF32_OVERRIDE ?? '0' }
    : {
        CUDA_VISIBLE_DEVICES: '-1',
        TF_NUM_INTRAOP_THREADS: String(threads),
        TF_ENABLE_ONEDNN_OPTS: process.env.TF_ENABLE_ONEDNN_OPTS ?? (tellsCacheSizes() ? '1' : '0'),
      };
  const load = async () => {
    const loaded = loadBinding(location, environment);
    await loaded.setBackend('tensorflow');
    // The first kernel is where TensorFlow opens its devices.
    loaded.tidy(() => loaded.zeros([1]).dataSync());
    return loaded;
  };
  // Whoever sets a level wants to read the log.
  const quiet = [undefined, QUIET].includes(process.env.TF_CPP_MIN_LOG_LEVEL);
  const tf = await (quiet ? withoutNativeLog(load) : load());
  const { isUsingGpuDevice, binding } = tf.backend() as unknown as NodeBackend;
  if (isUsingGpuDevice !== gpu) {
    throw new ArchmeterError(
      gpu ? 'TensorFlow registered no GPU in this process' : 'TensorFlow runs on a GPU although it was hidden',
      `Use --runtime ${gpu ? 'tfjs-node' : 'tfjs-node-gpu'}.`,
    );
  }
  const backend: Backend = {
    tf,
    async activate() {
      await tf.setBackend('tensorflow');
    },
    finish: (outputs) => readBack(tf, outputs),
  };
  const flushHost = cacheFlusher();
  return {
    runtime: {
      name: runtime,
      details: {
        [location.name]: location.version,
        tensorflow: binding.TF_Version,
        ...(gpu
          ? { TF32: environment.NVIDIA_TF32_OVERRIDE === '0' ? 'off' : 'on' }
          : { threads: String(threads), oneDNN: environment.TF_ENABLE_ONEDNN_OPTS === '0' ? 'off' : 'on' }),
        ...LOWERING_DETAILS,
        // TensorFlow's eager _FusedConv2D is not what tfjs-node calls: it runs three kernels one after another.
        activations: 'kernels of their own after the convolution, as its bias',
      },
      execution: 'eager',
    },
    device,
    hasDeviceClock: false,
    prepare: (graph, seed) => prepare(backend, graph, seed),
    openFile: (file, graph, seed) => openFile(backend, modelFolder(file), graph, seed),
    async flushCaches(bytes) {
      if (!gpu) return flushHost(bytes);
      const block = tf.fill([Math.ceil(bytes / 4)], Math.random());
      await readBack(tf, [block]);
      block.dispose();
    },
    async close() {},
  };
}
