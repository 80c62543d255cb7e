import { readFileSync, writeFileSync } from 'node:fs';
import type { OnnxBackend, OnnxRuntime } from '../../../src/bench/runtimes/onnx/executable.js';
import type { Provider } from '../../../src/bench/runtimes/onnx/providers.js';
import { importOnnx } from '../../../src/core/importers/onnx/read.js';
import type { Value } from '../../../src/core/ir/graph.js';
import { elementCount } from '../../../src/core/ir/tensor.js';

type Location = 'cpu' | 'gpu-buffer';

/** A tensor that knows where it lies and whether it was freed. */
export class FakeTensor {
  disposed = false;

  constructor(
    readonly type: string,
    private readonly contents: ArrayLike<number | bigint>,
    readonly dims: readonly number[],
    readonly location: Location = 'cpu',
  ) {}

  get data(): ArrayLike<number | bigint> {
    if (this.location !== 'cpu') throw new Error('the data lies on the device');
    return this.contents;
  }

  dispose(): void {
    if (this.disposed) throw new Error('disposed twice');
    this.disposed = true;
  }
}

export interface FakeRun {
  readonly feeds: Readonly<Record<string, FakeTensor>>;
  readonly fetches: readonly string[];
  readonly results: Readonly<Record<string, FakeTensor>>;
}

export interface FakeSession {
  /** Name of the graph in the model. */
  readonly graph: string;
  readonly preferredOutputLocation: Location | undefined;
  readonly profiled: boolean;
  readonly runs: FakeRun[];
  released: boolean;
}

/**
 * A double of onnxruntime-node on a provider that is not here: reads the model it is given, gives 0 for every output
 * (its input, where the model copies one) and keeps what was asked of it.
 *
 * @param strays nodes that its profile says ran on the processor
 */
export function fakeBackend(
  provider: Provider,
  { dtype = 'float32' as OnnxBackend['dtype'], strays = [] as readonly string[], fails = '' } = {},
): { readonly backend: OnnxBackend; readonly sessions: FakeSession[] } {
  const sessions: FakeSession[] = [];
  const create = async (model: Uint8Array | string, options: Record<string, unknown>) => {
    const bytes = typeof model === 'string' ? readFileSync(model) : model;
    const source = {
      name: 'model.onnx',
      size: bytes.length,
      read: async (at: number, length: number) => bytes.subarray(at, at + length),
      sibling: async () => undefined,
    };
    const { graph } = await importOnnx(source, {});
    const valuesOf = (ids: readonly number[]) => ids.map((id) => graph.values[id] as Value);
    const [inputs, outputs] = [valuesOf(graph.inputs), valuesOf(graph.outputs)];
    const location = options['preferredOutputLocation'] as Location | undefined;
    const session: FakeSession = {
      graph: graph.name,
      preferredOutputLocation: location,
      profiled: options['enableProfiling'] === true,
      runs: [],
      released: false,
    };
    sessions.push(session);
    return {
      inputNames: inputs.map(({ name }) => name),
      outputNames: outputs.map(({ name }) => name),
      async run(feeds: Record<string, FakeTensor>, fetches = outputs.map(({ name }) => name)) {
        if (session.released) throw new Error('the session was released');
        if (fails !== '' && !session.profiled) throw new Error(fails);
        for (const { name } of inputs) if (feeds[name]?.disposed !== false) throw new Error(`no input ${name}`);
        const [given] = Object.values(feeds);
        const results = Object.fromEntries(
          fetches.map((name) => {
            const { shape, dtype: type } = outputs.find((output) => output.name === name) as Value;
            const copied = graph.nodes.length === 1 && graph.nodes[0]?.op === 'identity';
            const contents = copied ? contentsOf(given as FakeTensor) : new Float32Array(elementCount(shape));
            return [name, new FakeTensor(type, contents, shape, location ?? 'cpu')];
          }),
        );
        session.runs.push({ feeds: { ...feeds }, fetches, results });
        return results;
      },
      endProfiling() {
        const provided = `${provider}ExecutionProvider`;
        const kernels = graph.nodes.map(({ name, op }) => ({
          cat: 'Node',
          name: `${name}_kernel_time`,
          dur: 1,
          args: {
            op_name: op === 'conv' ? 'Conv' : op,
            provider: strays.includes(name) ? 'CPUExecutionProvider' : provided,
          },
        }));
        const end = { cat: 'Session', name: 'model_run', dur: 9 };
        writeFileSync(`${options['profileFilePrefix']}.json`, JSON.stringify([...kernels, end]));
      },
      async release() {
        if (session.released) throw new Error('released twice');
        session.released = true;
      },
    };
  };
  const ort = { InferenceSession: { create }, Tensor: FakeTensor } as unknown as OnnxRuntime;
  return { backend: { ort, provider, dtype, options: { executionProviders: [provider] } }, sessions };
}

/** What the device holds, which a program could not read. */
const contentsOf = (tensor: FakeTensor): ArrayLike<number | bigint> =>
  (tensor as unknown as { contents: ArrayLike<number | bigint> }).contents;
