import { ArchmeterError } from '../../errors.js';
import type { Graph } from '../../ir/graph.js';
import { elementCount } from '../../ir/tensor.js';
import type { ByteSource, ImportOptions, ImportWithContents } from '../define-importer.js';
import { isObject, type JsonObject } from '../keras/config.js';
import { buildKerasModel } from '../keras/model.js';
import { parseJson } from '../keras/model-json.js';
import { type BuiltGraphModel, buildGraphModel } from './graph-model.js';
import { type ManifestWeight, manifestOf } from './manifest.js';
import { withContents } from './weights.js';

/** Topologies are JSON without weights: the largest have some 20 MB. */
const MAX_JSON_BYTES = 2 ** 28;

/** Reads `model.json`: a layers-model (a Keras topology) or a graph-model (a TensorFlow GraphDef). */
export async function readTensorFlowJs(source: ByteSource, options: ImportOptions): Promise<Graph> {
  const model = await parseModel(source);
  return isGraphModel(model) ? (await graphModel(model, source, options)).graph : layersModel(model, options);
}

/** The same graph, with the way to the weights of a graph-model; those of a layers-model are not read. */
export async function readWithWeights(source: ByteSource, options: ImportOptions): Promise<ImportWithContents> {
  const model = await parseModel(source);
  if (!isGraphModel(model)) {
    return { graph: layersModel(model, options), missing: [], contents: async () => undefined };
  }
  const { graph, stored } = await graphModel(model, source, options);
  return withContents(graph, stored, model.weights, source);
}

interface ModelJson {
  readonly json: JsonObject;
  readonly topology: JsonObject;
  readonly weights: readonly ManifestWeight[];
  readonly file: string;
}

async function parseModel(source: ByteSource): Promise<ModelJson> {
  const file = source.name;
  if (source.size > MAX_JSON_BYTES) {
    throw new ArchmeterError(`its JSON has ${source.size} bytes, more than the ${MAX_JSON_BYTES} allowed`, undefined, {
      file,
    });
  }
  const json = parseJson(await source.read(0, source.size), file);
  const topology = isObject(json) ? (json.modelTopology ?? json.model_topology) : undefined;
  if (!isObject(json) || !isObject(topology)) {
    throw new ArchmeterError('it has no modelTopology: this is no TensorFlow.js model', undefined, { file });
  }
  return { json, topology, weights: manifestOf(json.weightsManifest, file), file };
}

function isGraphModel({ json, topology }: ModelJson): boolean {
  return topology.node !== undefined || json.format === 'graph-model';
}

function sourceOf({ json, file }: ModelJson) {
  return { format: 'tfjs', file, ...(typeof json.generatedBy === 'string' ? { producer: json.generatedBy } : {}) };
}

function graphModel(model: ModelJson, source: ByteSource, options: ImportOptions): Promise<BuiltGraphModel> {
  const { json, topology, weights } = model;
  const signature = json.signature ?? json.userDefinedMetadata;
  return buildGraphModel({ topology, signature }, weights, source, options, sourceOf(model));
}

function layersModel(model: ModelJson, options: ImportOptions): Graph {
  if (options.inputData !== undefined) {
    throw new ArchmeterError(
      'shapes of a layers-model do not follow the contents of its inputs',
      'Leave out --input-data.',
    );
  }
  const graph = buildKerasModel(modelConfig(model.topology, model.file), options, sourceOf(model));
  return withManifestNote(graph, model.weights);
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
