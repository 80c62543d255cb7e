import type { Tensor } from '@tensorflow/tfjs-core';
import type { Graph } from '../../core/ir/graph.js';
import { reordered } from '../../core/ir/reorder.js';
import { elementCount } from '../../core/ir/tensor.js';
import type { LayerTiming } from '../../core/measurement.js';
import type { Executable, Timing } from '../define-runtime.js';
import { randomInputs } from '../weights.js';
import { permute } from './call.js';
import { lower } from './lower.js';
import { disposeProgram, execute, executeSteps, type Port, type StepObserver, type Tfjs } from './program.js';

/** What a tfjs runtime knows of its backend. */
export interface Backend {
  readonly tf: Tfjs;
  /** Makes this runtime's backend the one that tfjs's global functions run on, starting it again where it broke down. */
  activate(): Promise<void>;
  /** Waits until everything submitted so far is done. Throws on any device error since the last call. */
  finish(outputs: readonly Tensor[]): Promise<void>;
  /** Times everything submitted until the function that it returns is called, in ms, where there is a device clock. */
  startDeviceClock?(): () => Promise<number>;
  /** How often the backend has started: tensors of an earlier start are gone. */
  readonly starts?: number;
  /** The error that is to be reported for one that tfjs threw. */
  explain?(error: unknown): unknown;
}

/** What lowering does to a graph that changes its timing: for `RuntimeInfo.details`. */
export const LOWERING_DETAILS = {
  layout: 'NHWC',
  'batch norm': 'folded into the convolution before it; elsewhere one multiplication and one addition',
  activations: 'relu, relu6 and sigmoid inside the convolution before them',
  copies: 'weights anew in the same instance',
} as const;

/** What runs on a backend: a lowered graph, or a model file that tfjs has loaded. */
export interface Runnable {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Pick<Port, 'shape' | 'permutation'>[];
  /** Weights, which a run leaves where they are. */
  readonly resident: readonly Tensor[];
  execute(inputs: readonly Tensor[]): Tensor[] | Promise<Tensor[]>;
  /** The same, one step at a time. */
  executeSteps?(inputs: readonly Tensor[], observe: StepObserver): Promise<Tensor[]>;
  dispose(): void;
}

/** A lowered graph on a tfjs backend, weights resident. */
export async function prepare(backend: Backend, graph: Graph, seed: number): Promise<Executable> {
  const { tf } = backend;
  return loadRunnable(backend, graph, seed, () => {
    const program = lower(tf, graph, seed);
    return {
      inputs: program.inputs,
      outputs: program.outputs,
      resident: [...program.resident.values()],
      execute: (inputs) => execute(tf, program, inputs),
      executeSteps: (inputs, observe) => executeSteps(tf, program, inputs, observe),
      dispose: () => disposeProgram(program),
    };
  });
}

/** @param load called again where the backend broke down and took its tensors along */
export async function loadRunnable(
  backend: Backend,
  graph: Graph,
  seed: number,
  load: () => Runnable | Promise<Runnable>,
): Promise<Executable> {
  const executable = new TfjsExecutable(backend, graph, seed, load);
  const { executeSteps: steps } = await executable.load();
  return steps === undefined ? withoutLayers(executable) : executable;
}

function withoutLayers(executable: Executable): Executable {
  return {
    run: (inputs) => executable.run(inputs),
    time: (iterations) => executable.time(iterations),
    dispose: () => executable.dispose(),
  };
}

interface Loaded {
  readonly runnable: Runnable;
  readonly start: number | undefined;
  /** Inputs for timing, uploaded when first needed. */
  inputs?: Tensor[];
}

class TfjsExecutable implements Executable {
  private loaded: Loaded | undefined;

  constructor(
    private readonly backend: Backend,
    private readonly graph: Graph,
    private readonly seed: number,
    private readonly loadModel: () => Runnable | Promise<Runnable>,
  ) {}

  load(): Promise<Runnable> {
    return this.guarded(async ({ runnable }) => runnable);
  }

  run(inputs: readonly Float32Array[]): Promise<Float32Array[]> {
    return this.guarded(async ({ runnable }) => {
      const tensors = upload(this.backend.tf, runnable, inputs);
      const outputs = await runnable.execute(tensors);
      await this.backend.finish(outputs);
      const results: Float32Array[] = [];
      for (const [i, output] of outputs.entries()) results.push(await toArray(runnable.outputs[i], output));
      free(outputs, [...tensors, ...runnable.resident]);
      free(tensors, []);
      return results;
    });
  }

  time(iterations: number): Promise<Timing> {
    return this.guarded(async (loaded) => {
      const { backend } = this;
      const { runnable } = loaded;
      const inputs = await this.residentInputs(loaded);
      const keep = [...inputs, ...runnable.resident];
      const stop = backend.startDeviceClock?.();
      const start = performance.now();
      let outputs: Tensor[] = [];
      for (let i = 0; i < iterations; i++) {
        free(outputs, keep);
        const results = runnable.execute(inputs);
        outputs = Array.isArray(results) ? results : await results;
      }
      await backend.finish(outputs);
      const wallMs = performance.now() - start;
      free(outputs, keep);
      return stop === undefined ? { wallMs } : { wallMs, deviceMs: await stop() };
    });
  }

  /** Device time where there is a device clock, else wall time with a wait after each layer. */
  timeLayers(): Promise<readonly LayerTiming[]> {
    return this.guarded(async (loaded) => {
      const { backend } = this;
      const { runnable } = loaded;
      if (runnable.executeSteps === undefined) return [];
      const inputs = await this.residentInputs(loaded);
      const times = new Map<string, number>();
      let stop = backend.startDeviceClock?.();
      let start = performance.now();
      const outputs = await runnable.executeSteps(inputs, async (step, results) => {
        await backend.finish(results);
        const elapsed = stop === undefined ? performance.now() - start : await stop();
        times.set(step.name, (times.get(step.name) ?? 0) + elapsed);
        stop = backend.startDeviceClock?.();
        start = performance.now();
      });
      await stop?.();
      free(outputs, [...inputs, ...runnable.resident]);
      return [...times].map(([name, latencyMs]) => ({ name, latencyMs }));
    });
  }

  async dispose(): Promise<void> {
    const { loaded, backend } = this;
    this.loaded = undefined;
    await backend.activate();
    if (loaded === undefined || loaded.start !== backend.starts) return;
    free(loaded.inputs ?? [], []);
    loaded.runnable.dispose();
  }

  private async residentInputs(loaded: Loaded): Promise<Tensor[]> {
    loaded.inputs ??= upload(this.backend.tf, loaded.runnable, randomInputs(this.graph, this.seed));
    await this.backend.finish(loaded.inputs);
    return loaded.inputs;
  }

  /** Runs `work` on the active backend with the program loaded, again where a breakdown took it along. */
  private async guarded<T>(work: (loaded: Loaded) => Promise<T>): Promise<T> {
    const { backend } = this;
    try {
      await backend.activate();
      if (this.loaded === undefined || this.loaded.start !== backend.starts) {
        this.loaded = { runnable: await this.loadModel(), start: backend.starts };
      }
      return await work(this.loaded);
    } catch (error) {
      throw backend.explain?.(error) ?? error;
    }
  }
}

function free(tensors: readonly Tensor[], keep: readonly Tensor[]): void {
  for (const tensor of new Set(tensors)) if (!keep.includes(tensor)) tensor.dispose();
}

const upload = (tf: Tfjs, runnable: Runnable, inputs: readonly Float32Array[]) =>
  runnable.inputs.map((port, i) => toTensor(tf, port, inputs[i]));

function toTensor(tf: Tfjs, port: Port, data: Float32Array | undefined): Tensor {
  if (data?.length !== elementCount(port.shape)) {
    throw new Error(`an input of shape [${port.shape.join(', ')}] got ${data?.length ?? 'no'} elements`);
  }
  const { permutation, shape, dtype } = port;
  const values = permutation === undefined ? data : reordered(data, shape, permutation);
  const typed = dtype === 'float32' ? values : dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
  return tf.tensor(typed, permutation === undefined ? [...shape] : permute(shape, permutation), dtype);
}

async function toArray(port: Runnable['outputs'][number] | undefined, tensor: Tensor): Promise<Float32Array> {
  const data = Float32Array.from(await tensor.data());
  if (port?.permutation === undefined) return data;
  const { permutation, shape } = port;
  const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
  return reordered(data, permute(shape, permutation), inverse);
}
