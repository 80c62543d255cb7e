import type { Tensor } from '@tensorflow/tfjs-core';
import type { Graph } from '../../core/ir/graph.js';
import { elementCount } from '../../core/ir/tensor.js';
import type { LayerTiming } from '../../core/measurement.js';
import type { Executable, Timing } from '../define-runtime.js';
import { randomInputs } from '../weights.js';
import { permute } from './call.js';
import { lower } from './lower.js';
import { disposeProgram, execute, executeSteps, type Port, type Tfjs } from './program.js';

/** What a tfjs runtime knows of its backend. */
export interface Backend {
  readonly tf: Tfjs;
  /** Makes this runtime's backend the one that tfjs's global functions run on. */
  activate(): Promise<void>;
  /** Waits until everything submitted so far is done. Throws on any device error since the last call. */
  finish(outputs: readonly Tensor[]): Promise<void>;
  /** Times everything submitted until the function that it returns is called, in ms, where there is a device clock. */
  startDeviceClock?(): () => Promise<number>;
}

/** What lowering does to a graph that changes its timing: for `RuntimeInfo.details`. */
export const LOWERING_DETAILS = {
  layout: 'NHWC',
  'batch norm': 'folded into the convolution before it, if any',
  activations: 'relu, relu6 and sigmoid inside the convolution before them',
} as const;

/** A lowered graph on a tfjs backend, weights resident. */
export async function prepare(backend: Backend, graph: Graph, seed: number): Promise<Executable> {
  await backend.activate();
  const { tf } = backend;
  const program = lower(tf, graph, seed);
  const upload = (inputs: readonly Float32Array[]) => program.inputs.map((port, i) => toTensor(tf, port, inputs[i]));
  let resident: Tensor[] | undefined;
  const free = (tensors: readonly Tensor[], keep: readonly Tensor[]) => {
    for (const tensor of new Set(tensors)) if (!keep.includes(tensor)) tensor.dispose();
  };
  const stored = [...program.resident.values()];

  return {
    async run(inputs) {
      await backend.activate();
      const tensors = upload(inputs);
      const outputs = execute(tf, program, tensors);
      const results: Float32Array[] = [];
      for (const [i, output] of outputs.entries()) results.push(await toArray(program.outputs[i] as Port, output));
      await backend.finish(outputs);
      free(outputs, [...tensors, ...stored]);
      free(tensors, []);
      return results;
    },
    async time(iterations): Promise<Timing> {
      await backend.activate();
      resident ??= upload(randomInputs(graph, seed));
      await backend.finish(resident);
      const stop = backend.startDeviceClock?.();
      const start = performance.now();
      let outputs: Tensor[] = [];
      for (let i = 0; i < iterations; i++) {
        free(outputs, [...resident, ...stored]);
        outputs = execute(tf, program, resident);
      }
      await backend.finish(outputs);
      const wallMs = performance.now() - start;
      free(outputs, [...resident, ...stored]);
      return stop === undefined ? { wallMs } : { wallMs, deviceMs: await stop() };
    },
    async timeLayers(): Promise<readonly LayerTiming[]> {
      await backend.activate();
      resident ??= upload(randomInputs(graph, seed));
      await backend.finish(resident);
      const times = new Map<string, number>();
      let stop = backend.startDeviceClock?.();
      let start = performance.now();
      const outputs = await executeSteps(tf, program, resident, async (step, results) => {
        await backend.finish(results);
        const elapsed = stop === undefined ? performance.now() - start : await stop();
        times.set(step.name, (times.get(step.name) ?? 0) + elapsed);
        stop = backend.startDeviceClock?.();
        start = performance.now();
      });
      await stop?.();
      free(outputs, [...resident, ...stored]);
      return [...times].map(([name, latencyMs]) => ({ name, latencyMs }));
    },
    async dispose() {
      await backend.activate();
      for (const tensor of resident ?? []) tensor.dispose();
      disposeProgram(program);
    },
  };
}

function toTensor(tf: Tfjs, port: Port, data: Float32Array | undefined): Tensor {
  if (data?.length !== elementCount(port.shape)) {
    throw new Error(`an input of shape [${port.shape.join(', ')}] got ${data?.length ?? 'no'} elements`);
  }
  const { permutation, shape, dtype } = port;
  const values = permutation === undefined ? data : reordered(data, shape, permutation);
  const typed = dtype === 'float32' ? values : dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
  return tf.tensor(typed, permutation === undefined ? [...shape] : permute(shape, permutation), dtype);
}

async function toArray(port: Port, tensor: Tensor): Promise<Float32Array> {
  const data = Float32Array.from(await tensor.data());
  const { permutation, shape } = port;
  if (permutation === undefined) return data;
  const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
  return reordered(data, permute(shape, permutation), inverse);
}

/** Elements of a row-major array of `shape` with its axes in another order. */
function reordered(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const sizes = permute(shape, order);
  const steps = order.map((axis) => strides[axis] as number);
  const result = new Float32Array(data.length);
  const index = sizes.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from] as number;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      from += steps[axis] as number;
      if ((index[axis] as number) < (sizes[axis] as number)) break;
      from -= (index[axis] as number) * (steps[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
}
