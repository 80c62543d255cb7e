import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { ArchmeterError } from '../../../core/errors.js';
import { exportOnnx } from '../../../core/export/onnx/index.js';
import { toFloat16Bits } from '../../../core/export/onnx/tensor-data.js';
import { fromFloat16Bits } from '../../../core/ir/float16.js';
import type { Graph, Value } from '../../../core/ir/graph.js';
import { type DType, isFloat } from '../../../core/ir/tensor.js';
import type { Executable, ModelFile } from '../../define-runtime.js';
import { randomInputs } from '../../weights.js';
import { DeviceTensors } from './device-tensors.js';
import { type OptimizedNode, optimizedNodes } from './optimized-nodes.js';
import { kernelRuns, layerTimings, type ProfileEvent, strayContractions } from './profile.js';
import type { Provider } from './providers.js';
import { withReducedOutputs } from './reduced-outputs.js';

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
  const { graph: timed, fetches } = copiesOutputs(backend)
    ? withReducedOutputs(graph)
    : { graph, fetches: graph.outputs.map((_, place) => place) };
  const model = exportOnnx(timed, { weights: 'random', seed, dtype: backend.dtype });
  return load(backend, model, graph, seed, backend.dtype, fetches);
}

/** GPU providers whose tensors onnxruntime's JavaScript API cannot keep on the device. */
const copiesOutputs = ({ provider }: OnnxBackend): boolean => provider !== 'cpu' && provider !== 'webgpu';

/** A file loaded by onnxruntime, with external data beside it; floating-point inputs are of the file's own types. */
export async function openFile(backend: OnnxBackend, file: ModelFile, graph: Graph, seed: number): Promise<Executable> {
  return load(backend, file.path, graph, seed, undefined);
}

/** @param model an ONNX file in memory, or the path of one */
async function load(
  backend: OnnxBackend,
  model: Uint8Array | string,
  graph: Graph,
  seed: number,
  float: OnnxBackend['dtype'] | undefined,
  fetches?: readonly number[],
): Promise<Executable> {
  const { ort, provider } = backend;
  const bound = provider === 'webgpu' && graph.outputs.every((id) => isBindable((graph.values[id] as Value).dtype));
  const session = await explained(backend, graph, () =>
    createSession(ort, model, { ...backend.options, ...(bound ? { preferredOutputLocation: 'gpu-buffer' } : {}) }),
  );
  const names = inputNames(session, graph);
  const feed = (inputs: readonly Float32Array[]) =>
    Object.fromEntries(
      graph.inputs.map((id, i) => [
        names[i] as string,
        toTensor(ort, graph.values[id] as Value, inputs[i] as Float32Array, float),
      ]),
    );
  const drawn = feed(randomInputs(graph, seed));
  if (provider !== 'cpu') await provePlacement(backend, model, drawn);
  const outputs = session.outputNames.slice(0, graph.outputs.length);
  const timed = (fetches ?? outputs.map((_, place) => place)).map((place) => session.outputNames[place] as string);
  const device = bound ? new DeviceTensors(backend) : undefined;
  const resident = device === undefined ? drawn : await explained(backend, graph, () => uploaded(device, drawn));
  let optimized: readonly OptimizedNode[] | undefined;
  const runs = async (iterations: number): Promise<void> => {
    for (let i = 0; i < iterations; i++) {
      const results = await session.run(resident, timed);
      if (device !== undefined) for (const name of timed) (results[name] as Tensor).dispose();
    }
    await device?.wait();
  };
  return {
    async run(inputs) {
      const results = await explained(backend, graph, () => session.run(feed(inputs), outputs));
      const arrays: Float32Array[] = [];
      for (const name of outputs) {
        const result = results[name] as Tensor;
        arrays.push(toArray(device === undefined ? result : await device.download(result)));
        if (device !== undefined) result.dispose();
      }
      return arrays;
    },
    // Where outputs are read back to the host within each run, that waits for the device.
    async time(iterations) {
      const start = performance.now();
      await explained(backend, graph, () => runs(iterations));
      return { wallMs: performance.now() - start };
    },
    async timeLayers() {
      optimized ??= await rewritten(backend, model);
      const kernels = await profile(backend, model, drawn, PROFILE_WARM_UP + 1);
      return layerTimings(graph, kernels, optimized);
    },
    async dispose() {
      if (device !== undefined) for (const tensor of Object.values(resident)) freed(tensor);
      await device?.dispose();
      await session.release();
    },
  };
}

const isBindable = (dtype: DType): boolean => dtype === 'float32' || dtype === 'float16';

/** Inputs on the device; integers, which WebGPU's kernels take from the host, stay there. */
async function uploaded(device: DeviceTensors, inputs: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const moved: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(inputs))
    moved[name] = isBindable(tensor.type as DType) ? await device.upload(tensor) : tensor;
  return moved;
}

function freed(tensor: Tensor): void {
  if (tensor.location === 'gpu-buffer') tensor.dispose();
}

/** Names of the graph's inputs in the loaded model: the same, or in the same order where the export had to rename them. */
function inputNames(session: InferenceSession, graph: Graph): readonly string[] {
  const own = graph.inputs.map((id) => (graph.values[id] as Value).name);
  return own.every((name) => session.inputNames.includes(name)) ? own : session.inputNames;
}

/** The overload that a path or a file in memory takes. */
function createSession(ort: OnnxRuntime, model: Uint8Array | string, options: InferenceSession.SessionOptions) {
  return typeof model === 'string'
    ? ort.InferenceSession.create(model, options)
    : ort.InferenceSession.create(model, options);
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
  model: Uint8Array | string,
  inputs: Record<string, Tensor>,
  runs: number,
): Promise<ProfileEvent[]> {
  const folder = await mkdtemp(join(tmpdir(), 'archmeter-profile-'));
  try {
    const session = await createSession(ort, model, {
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

/** Nodes of the model as onnxruntime rewrites it for this provider; none where it does not write them. */
async function rewritten({ ort, options }: OnnxBackend, model: Uint8Array | string): Promise<OptimizedNode[]> {
  const folder = await mkdtemp(join(tmpdir(), 'archmeter-optimized-'));
  try {
    const optimizedModelFilePath = join(folder, 'model.onnx');
    // Weights beside it: a message of protobuf holds 2 GiB at most.
    const extra = { session: { optimized_model_external_initializers_file_name: 'weights' } };
    const session = await createSession(ort, model, { ...options, optimizedModelFilePath, extra });
    await session.release();
    return optimizedNodes(await readFile(optimizedModelFilePath));
  } catch {
    return [];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** onnxruntime moves what a provider lacks to the processor without a word: such a timing would name the wrong device. */
async function provePlacement(
  backend: OnnxBackend,
  model: Uint8Array | string,
  inputs: Record<string, Tensor>,
): Promise<void> {
  const [stray, ...others] = strayContractions(await profile(backend, model, inputs, 1));
  if (stray === undefined) return;
  const more = others.length === 0 ? '' : ` and ${others.length} others`;
  throw new ArchmeterError(
    `onnxruntime runs ${stray}${more} on the processor, not on ${backend.provider}`,
    'Use another --device or runtime for this model.',
  );
}

/** @param float element type of floating-point inputs; default: the value's own */
function toTensor(
  ort: OnnxRuntime,
  { shape, dtype, name: input }: Value,
  data: Float32Array,
  float: OnnxBackend['dtype'] | undefined,
): Tensor {
  const type = isFloat(dtype) ? (float ?? dtype) : dtype;
  const contents = CONTENTS[type]?.(data);
  if (contents === undefined) {
    throw new ArchmeterError(`onnxruntime cannot be fed '${input}', an input of type ${dtype}`);
  }
  return new ort.Tensor(type as 'float32', contents as Float32Array, [...shape]);
}

/** What onnxruntime takes the elements of each type in. */
const CONTENTS: Readonly<Partial<Record<DType, (data: Float32Array) => ArrayLike<number | bigint>>>> = {
  float32: (data) => data,
  float64: (data) => Float64Array.from(data),
  float16: (data) => Uint16Array.from(data, toFloat16Bits),
  int64: (data) => BigInt64Array.from(data, (x) => BigInt(x)),
  uint64: (data) => BigUint64Array.from(data, (x) => BigInt(x)),
  int32: (data) => Int32Array.from(data),
  uint32: (data) => Uint32Array.from(data),
  int16: (data) => Int16Array.from(data),
  uint16: (data) => Uint16Array.from(data),
  int8: (data) => Int8Array.from(data),
  uint8: (data) => Uint8Array.from(data),
  bool: (data) => Uint8Array.from(data),
};

function toArray(tensor: Tensor): Float32Array {
  const { data } = tensor;
  if (data instanceof Float32Array) return data;
  // Before Node 24 there is no Float16Array: halves come as their bits.
  if (tensor.type === 'float16' && data instanceof Uint16Array) return Float32Array.from(data, fromFloat16Bits);
  return Float32Array.from(data as ArrayLike<number | bigint>, Number);
}
