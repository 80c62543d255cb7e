import type { io, Tensor } from '@tensorflow/tfjs-core';
import { ArchmeterError } from '../../core/errors.js';
import type { Graph, Value } from '../../core/ir/graph.js';
import type { FileOpening } from '../define-runtime.js';
import { randomInputs } from '../weights.js';
import { type Backend, loadRunnable, type Runnable } from './executable.js';
import { tfjsType } from './types.js';

/** Where the parts of a graph-model come from: a folder, a zip file, what a page was given. */
export interface GraphModelFiles {
  readonly format: string;
  json(): Promise<io.ModelJSON>;
  /** A weight file by the name that the JSON gives it. */
  shard(name: string): Promise<Uint8Array>;
}

/** A TensorFlow.js graph-model as `@tensorflow/tfjs-converter` runs it, with its own weights. */
export async function openFile(
  backend: Backend,
  files: GraphModelFiles,
  graph: Graph,
  seed: number,
): Promise<FileOpening> {
  if (files.format !== 'tfjs')
    return { declined: `TensorFlow.js runs its own graph-models, not ${files.format} files` };
  const json = await files.json();
  const topology = json.modelTopology as { readonly node?: unknown } | undefined;
  if (json.format !== 'graph-model' && topology?.node === undefined) {
    return { declined: 'it is a layers-model, which needs @tensorflow/tfjs-layers to run' };
  }
  try {
    const executable = await loadRunnable(backend, graph, seed, () => load(backend, files, json, graph));
    try {
      await executable.run(randomInputs(graph, seed));
    } catch (error) {
      await executable.dispose();
      throw error;
    }
    return { executable };
  } catch (error) {
    // Memory and shards are not the model's fault: building it anew would hide them.
    if (error instanceof ArchmeterError) throw error;
    const [cause] = (error instanceof Error ? error.message : String(error)).split(/\.?(?:\n|\. |\.?$)/, 1);
    return { declined: `tfjs-converter does not run it: ${cause}` };
  }
}

async function load(backend: Backend, files: GraphModelFiles, json: io.ModelJSON, graph: Graph): Promise<Runnable> {
  const { tf } = backend;
  const { loadGraphModel } = await import('@tensorflow/tfjs-converter');
  const handler: io.IOHandler = {
    load: () => tf.io.getModelArtifactsForJSON(json, (manifest) => weightsOf(tf, files, manifest)),
  };
  const model = await loadGraphModel(handler);
  const inputs = graph.inputs.map((id) => graph.values[id] as Value);
  const names = outputNames(json) ?? model.outputNodes;
  const feed = (tensors: readonly Tensor[]) =>
    Object.fromEntries(inputs.map(({ name }, i) => [name, tensors[i] as Tensor]));
  const listed = (result: Tensor | Tensor[]) => (Array.isArray(result) ? result : [result]);
  let isDynamic = false;
  return {
    inputs: inputs.map(({ shape, dtype }, register) => ({ register, shape, dtype: tfjsType(dtype) })),
    outputs: graph.outputs.map((id) => ({ shape: (graph.values[id] as Value).shape })),
    resident: Object.values(model.weights).flat(),
    execute(tensors) {
      if (!isDynamic) {
        try {
          return listed(model.execute(feed(tensors), names));
        } catch (error) {
          // Loops and outputs whose size depends on the data: found out in the first run.
          if (!/executeAsync/.test((error as Error).message)) throw error;
          isDynamic = true;
        }
      }
      return model.executeAsync(feed(tensors), names).then(listed);
    },
    dispose: () => model.dispose(),
  };
}

/** As the signature lists them; a first output without its number, which `executeAsync` does not take. */
function outputNames({ signature, userDefinedMetadata, modelTopology }: io.ModelJSON): string[] | undefined {
  const holder = (signature ?? userDefinedMetadata?.signature) as
    | { outputs?: Record<string, { name?: string }> }
    | undefined;
  const names = Object.values(holder?.outputs ?? {}).flatMap(({ name }) =>
    name === undefined ? [] : [name.replace(/:0$/, '')],
  );
  const { node = [] } = modelTopology as { node?: readonly { name: string }[] };
  const known = new Set(node.map(({ name }) => name));
  return names.length > 0 && names.every((name) => known.has(name.split(':')[0] as string)) ? names : undefined;
}

async function weightsOf(
  tf: Backend['tf'],
  files: GraphModelFiles,
  manifest: io.WeightsManifestConfig,
): Promise<[io.WeightsManifestEntry[], ArrayBuffer]> {
  const shards: Uint8Array[] = [];
  for (const path of manifest.flatMap(({ paths }) => paths)) shards.push(await files.shard(path));
  const all = new Uint8Array(shards.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const shard of shards) {
    all.set(shard, at);
    at += shard.length;
  }
  return [tf.io.getWeightSpecs(manifest), all.buffer];
}
