import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { ArchmeterError } from '../../../core/errors.js';
import { exportOnnx } from '../../../core/export/onnx/index.js';
import { fromFloat16Bits, toFloat16Bits } from '../../../core/export/onnx/tensor-data.js';
import type { Graph, Value } from '../../../core/ir/graph.js';
import { type DType, isFloat } from '../../../core/ir/tensor.js';
import type { Executable } from '../../define-runtime.js';
import { randomInputs } from '../../weights.js';
import { kernelRuns, layerTimings, type ProfileEvent, strayContractions } from './profile.js';
import type { Provider } from './providers.js';

export type OnnxRuntime = typeof import('onnxruntime-node');

export interface OnnxBackend {
  readonly ort: OnnxRuntime;
  readonly provider: Provider;
  readonly dtype: 'float32' | 'float16';
  readonly options: InferenceSession.SessionOptions;
}

/** Runs profiled before the one whose figures are used. */
const PROFILE_WARM_UP = 2;

/** A graph exported to ONNX and loaded by onnxruntime. */
export async function prepare(backend: OnnxBackend, graph: Graph, seed: number): Promise<Executable> {
  const { ort, provider, dtype } = backend;
  const model = exportOnnx(graph, { weights: 'random', seed, dtype });
  const session = await explained(backend, graph, () => ort.InferenceSession.create(model, backend.options));
  const feed = (inputs: readonly Float32Array[]) =>
    Object.fromEntries(
      graph.inputs.map((id, i) => [
        session.inputNames[i] as string,
        toTensor(ort, graph.values[id] as Value, inputs[i] as Float32Array, dtype),
      ]),
    );
  const resident = feed(randomInputs(graph, seed));
  if (provider !== 'cpu') await provePlacement(backend, model, resident);
  return {
    async run(inputs) {
      const results = await explained(backend, graph, () => session.run(feed(inputs)));
      return session.outputNames.map((name) => toArray(results[name] as Tensor));
    },
    // Outputs are read back to the host within each run, which waits for the device.
    async time(iterations) {
      const start = performance.now();
      await explained(backend, graph, async () => {
        for (let i = 0; i < iterations; i++) await session.run(resident);
      });
      return { wallMs: performance.now() - start };
    },
    async timeLayers() {
      const kernels = await profile(backend, model, resident, PROFILE_WARM_UP + 1);
      return layerTimings(graph, kernels);
    },
    async dispose() {
      await session.release();
    },
  };
}

/** What onnxruntime throws names its own source files first. */
async function explained<T>({ provider }: OnnxBackend, graph: Graph, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ArchmeterError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    const cause = (text.split('\n', 1)[0] as string).replace(/\.+$/, '');
    const problem = `onnxruntime cannot run '${graph.name}' on ${provider}: ${cause}`;
    throw new ArchmeterError(problem, undefined, {}, { cause: error });
  }
}

/** Kernels of the last of `runs` runs, from onnxruntime's own profile. */
async function profile(
  { ort, options }: OnnxBackend,
  model: Uint8Array,
  inputs: Record<string, Tensor>,
  runs: number,
): Promise<ProfileEvent[]> {
  const folder = await mkdtemp(join(tmpdir(), 'archmeter-profile-'));
  try {
    const session = await ort.InferenceSession.create(model, {
      ...options,
      enableProfiling: true,
      profileFilePrefix: join(folder, 'run'),
    });
    for (let i = 0; i < runs; i++) await session.run(inputs);
    session.endProfiling();
    await session.release();
    const [file] = await readdir(folder);
    if (file === undefined) throw new Error('onnxruntime wrote no profile');
    const events = JSON.parse(await readFile(join(folder, file), 'utf8')) as ProfileEvent[];
    return kernelRuns(events).at(-1) ?? [];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** onnxruntime moves what a provider lacks to the processor without a word: such a timing would name the wrong device. */
async function provePlacement(backend: OnnxBackend, model: Uint8Array, inputs: Record<string, Tensor>): Promise<void> {
  const [stray, ...others] = strayContractions(await profile(backend, model, inputs, 1));
  if (stray === undefined) return;
  const more = others.length === 0 ? '' : ` and ${others.length} others`;
  throw new ArchmeterError(
    `onnxruntime runs ${stray}${more} on the processor, not on ${backend.provider}`,
    'Use another --device or runtime for this model.',
  );
}

function toTensor(ort: OnnxRuntime, { shape, dtype }: Value, data: Float32Array, float: 'float32' | 'float16'): Tensor {
  const type = isFloat(dtype) ? float : dtype;
  const make = (name: DType, values: unknown) => new ort.Tensor(name as 'float32', values as Float32Array, [...shape]);
  switch (type) {
    case 'float32':
      return make(type, data);
    case 'float16':
      return make(type, Uint16Array.from(data, toFloat16Bits));
    case 'int64':
      return make(
        type,
        BigInt64Array.from(data, (x) => BigInt(x)),
      );
    case 'int32':
      return make(type, Int32Array.from(data));
    case 'bool':
      return make(type, Uint8Array.from(data));
    default:
      throw new ArchmeterError(`onnxruntime cannot be fed an input of type ${dtype}`);
  }
}

function toArray(tensor: Tensor): Float32Array {
  const { data } = tensor;
  if (data instanceof Float32Array) return data;
  // Before Node 24 there is no Float16Array: halves come as their bits.
  if (tensor.type === 'float16' && data instanceof Uint16Array) return Float32Array.from(data, fromFloat16Bits);
  return Float32Array.from(data as ArrayLike<number | bigint>, Number);
}
