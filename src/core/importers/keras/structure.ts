import { ArchmeterError } from '../../errors.js';
import type { DType } from '../../ir/tensor.js';
import { Config, dtypeOf, isList, isObject, type Json, type JsonObject, openShape } from './config.js';
import {
  isKerasThree,
  mapReferences,
  type NodeTemplate,
  nodesOf,
  referencesIn,
  structureOf,
  type Template,
  TensorReference,
} from './inbound.js';
import type { Layer } from './layer.js';

export interface ModelInput {
  readonly name: string;
  /** Open axes null. */
  readonly shape: readonly (number | null)[];
  readonly dtype: DType;
}

/** A call of a layer in a functional model, ready when the tensors it refers to are. */
export interface CallRecord {
  readonly layer: Layer;
  readonly node: number;
  readonly template: NodeTemplate;
  readonly needs: readonly TensorReference[];
}

export interface FunctionalModel {
  readonly layers: ReadonlyMap<string, Layer>;
  readonly calls: readonly CallRecord[];
  readonly inputs: readonly ModelInput[];
  /** As the author gave them: one, a list, or by name. */
  readonly inputStructure: Template;
  readonly outputStructure: Template;
  /** Every reference to an output that the file describes, by `layer/node`. */
  readonly described: ReadonlyMap<string, readonly TensorReference[]>;
}

/** Key of a call: its outputs are stored under it. */
export function callKey(layer: string, node: number): string {
  return `${layer}/${node}`;
}

/** Whether a serialised layer holds layers of its own: Sequential (a bare list in old files) or Functional. */
export function isModel(json: JsonObject): boolean {
  const { config } = json;
  return isList(config) || (isObject(config) && isList(config.layers));
}

export function isSequential(json: JsonObject): boolean {
  return isList(json.config) || (isObject(json.config) && json.config.input_layers === undefined);
}

export function layersOf(model: Layer): Layer[] {
  const { config } = model.json;
  const list = isList(config) ? config : model.config.list('layers');
  return list.map((json, index) => {
    if (isObject(json)) return model.child(`${index}`, json);
    throw new ArchmeterError(`entry ${index} of its layers is no layer`, undefined, { layer: model.fullName });
  });
}

/**
 * Names of the models among the layers whose calls are counted from one: Keras gives a model made from its inputs a call
 * of its own when it is made. Keras 2 counts it wherever the model is referred to, Keras 3 among the outputs alone.
 */
function countedFromOne(layers: ReadonlyMap<string, Layer>, references: readonly TensorReference[]): Set<string> {
  const names = new Set<string>();
  for (const [name, { json }] of layers) if (isModel(json)) names.add(name);
  for (const { layer, node } of references) if (node === 0) names.delete(layer);
  return names;
}

function countFromZero(template: Template, models: ReadonlySet<string>): Template {
  return mapReferences(template, (reference) =>
    models.has(reference.layer)
      ? new TensorReference(reference.layer, reference.node - 1, reference.tensor, reference.shape, reference.dtype)
      : reference,
  );
}

export function functionalModel(model: Layer): FunctionalModel {
  const layers = new Map<string, Layer>();
  const calls: CallRecord[] = [];
  const inputLayers = new Map<string, ModelInput>();
  const described = new Map<string, TensorReference[]>();
  const templates: Omit<CallRecord, 'needs'>[] = [];
  for (const layer of layersOf(model)) {
    const { name } = layer.json;
    const key = typeof name === 'string' ? name : layer.name;
    if (layers.has(key))
      throw new ArchmeterError(`two layers are named '${key}'`, undefined, { layer: model.fullName });
    layers.set(key, layer);
    if (layer.className === 'InputLayer') {
      inputLayers.set(key, inputOf(layer.config, key) ?? layer.config.wrong('batch_shape', 'a shape'));
      continue;
    }
    templates.push(...nodesOf(layer.json.inbound_nodes).map((template, node) => ({ layer, node, template })));
  }
  const stated = structureOf(model.config.get('output_layers'));
  const isSecond = [...layers.values()].every(({ json }) => !isKerasThree(json.inbound_nodes));
  const outputsOf = countedFromOne(layers, referencesIn(stated));
  const argumentsOf = isSecond
    ? countedFromOne(
        layers,
        [stated, ...templates.flatMap(({ template }) => [template.args, template.kwargs])].flatMap(referencesIn),
      )
    : new Set<string>();
  for (const { layer, node, template } of templates) {
    const args = template.args.map((argument) => countFromZero(argument, argumentsOf));
    const kwargs = countFromZero(template.kwargs, argumentsOf) as NodeTemplate['kwargs'];
    const needs = [...referencesIn(args), ...referencesIn(kwargs)];
    for (const reference of needs) push(described, callKey(reference.layer, reference.node), reference);
    calls.push({ layer, node, template: { args, kwargs }, needs });
  }
  const inputStructure = structureOf(model.config.get('input_layers'));
  const inputs = referencesIn(inputStructure).map(({ layer }) => {
    const input = inputLayers.get(layer);
    if (input !== undefined) return input;
    throw new ArchmeterError(`its input '${layer}' is no InputLayer of the model`, undefined, {
      layer: model.fullName,
    });
  });
  const outputStructure = countFromZero(stated, isSecond ? argumentsOf : outputsOf);
  for (const output of referencesIn(outputStructure)) push(described, callKey(output.layer, output.node), output);
  return { layers, calls, inputs, inputStructure, outputStructure, described };
}

/** The input of a Sequential model: stated by its first layer, by that layer's own input, or where it was built. */
export function inputOfSequential(model: Layer): ModelInput {
  const first = layersOf(model)[0];
  const fallback = `${first?.name ?? model.name}_input`;
  const stated = first === undefined ? undefined : inputOfFirst(first);
  if (stated !== undefined) return stated;
  const { build_config: build } = model.json;
  const shape = model.config.openShape('build_input_shape') ?? (isObject(build) ? built(build.input_shape) : undefined);
  if (shape !== undefined) return { name: fallback, shape, dtype: 'float32' };
  throw new ArchmeterError(
    "the file does not tell the shape of the model's input",
    'Save the model after it was built: give its first layer an Input, or call model.build(shape).',
    { layer: model.fullName },
  );
}

function inputOfFirst(first: Layer): ModelInput | undefined {
  if (isModel(first.json)) {
    return isSequential(first.json) ? inputOfSequential(first) : functionalModel(first).inputs[0];
  }
  const name = first.className === 'InputLayer' ? first.name : `${first.name}_input`;
  const own = inputOf(first.config, name);
  if (own !== undefined) return own;
  const { build_config: build } = first.json;
  const shape = isObject(build) ? built(build.input_shape) : undefined;
  if (shape !== undefined) return { name, shape, dtype: first.className === 'Embedding' ? 'int32' : 'float32' };
  const wrapped = first.config.get('layer');
  return isObject(wrapped) && isObject(wrapped.config)
    ? inputOf(new Config(wrapped.config, first.fullName), name)
    : undefined;
}

/** `batch_shape` (Keras 3), `batch_input_shape` (Keras 2, tf.keras), `input_shape`, `input_dim` (Keras 1 style). */
function inputOf(config: Config, name: string): ModelInput | undefined {
  const inner = config.openShape('input_shape');
  const features = config.has('input_dim') && !config.has('input_shape') ? config.get('input_dim') : undefined;
  const shape =
    config.openShape('batch_shape') ??
    config.openShape('batch_input_shape') ??
    (inner === undefined ? undefined : [null, ...inner]) ??
    (typeof features === 'number' && !config.has('output_dim') ? [null, config.size('input_dim')] : undefined);
  if (shape === undefined) return undefined;
  const stated = config.get('dtype');
  const embedding = config.has('output_dim') && config.has('input_dim');
  const dtype = typeof stated === 'string' ? dtypeOf(stated) : undefined;
  return { name, shape, dtype: embedding ? 'int32' : (dtype ?? 'float32') };
}

function built(shape: Json | undefined): (number | null)[] | undefined {
  return shape === undefined ? undefined : openShape(shape);
}

export function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
