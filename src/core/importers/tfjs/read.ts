import { ArchmeterError } from '../../errors.js';
import type { Graph } from '../../ir/graph.js';
import { elementCount } from '../../ir/tensor.js';
import type { ByteSource, ImportOptions } from '../define-importer.js';
import { isObject, type JsonObject } from '../keras/config.js';
import { buildKerasModel } from '../keras/model.js';
import { parseJson } from '../keras/model-json.js';
import { buildGraphModel } from './graph-model.js';
import { type ManifestWeight, manifestOf } from './manifest.js';

/** Topologies are JSON without weights: the largest have some 20 MB. */
const MAX_JSON_BYTES = 2 ** 28;

/** Reads `model.json`: a layers-model (a Keras topology) or a graph-model (a TensorFlow GraphDef). */
export async function readTensorFlowJs(source: ByteSource, options: ImportOptions): Promise<Graph> {
  if (source.size > MAX_JSON_BYTES) {
    throw new ArchmeterError(`its JSON has ${source.size} bytes, more than the ${MAX_JSON_BYTES} allowed`, undefined, {
      file: source.name,
    });
  }
  const json = parseJson(await source.read(0, source.size), source.name);
  const topology = isObject(json) ? (json.modelTopology ?? json.model_topology) : undefined;
  if (!isObject(json) || !isObject(topology)) {
    throw new ArchmeterError('it has no modelTopology: this is no TensorFlow.js model', undefined, {
      file: source.name,
    });
  }
  const weights = manifestOf(json.weightsManifest, source.name);
  const graphSource = {
    format: 'tfjs',
    file: source.name,
    ...(typeof json.generatedBy === 'string' ? { producer: json.generatedBy } : {}),
  };
  if (topology.node !== undefined || json.format === 'graph-model') {
    return buildGraphModel(
      { topology, signature: json.signature ?? json.userDefinedMetadata },
      weights,
      source,
      options,
      graphSource,
    );
  }
  const graph = buildKerasModel(modelConfig(topology, source.name), options, graphSource);
  return withManifestNote(graph, weights);
}

/** `{class_name, config}` itself, or under `model_config`, as an object or as text. */
function modelConfig(topology: JsonObject, file: string): JsonObject {
  const { model_config: stated } = topology;
  const config = typeof stated === 'string' ? parseJson(stated, file) : (stated ?? topology);
  if (isObject(config) && typeof config.class_name === 'string') return config;
  throw new ArchmeterError('its modelTopology is neither a Keras model nor a TensorFlow graph', undefined, { file });
}

/** The manifest lists what is stored: a difference is worth a remark. */
function withManifestNote(graph: Graph, weights: readonly ManifestWeight[]): Graph {
  if (weights.length === 0) return graph;
  const stored = weights.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const counted = graph.values
    .filter(({ kind }) => kind === 'parameter' || kind === 'buffer')
    .reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const notes = [...graph.notes];
  if (stored !== counted) {
    notes.push(`The weights manifest lists ${stored} elements, the topology makes ${counted} parameters and buffers.`);
  }
  const quantized = weights.find(({ stored: dtype }) => dtype !== undefined);
  if (quantized !== undefined) {
    notes.push(`Weights are stored as ${quantized.stored} and widened to ${quantized.dtype} when they are loaded.`);
  }
  return { ...graph, notes };
}
