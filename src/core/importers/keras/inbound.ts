import { ArchmeterError } from '../../errors.js';
import { isList, isObject, type Json, type JsonObject } from './config.js';

/** A tensor of the model: output `tensor` of the `node`-th call of a layer. */
export interface Reference {
  readonly layer: string;
  readonly node: number;
  readonly tensor: number;
}

/** A place in the arguments of a call, filled in when the model runs. */
export class TensorReference implements Reference {
  constructor(
    readonly layer: string,
    readonly node: number,
    readonly tensor: number,
    /** As the file records it, open axes null; Keras 3 only. */
    readonly shape: Json,
    readonly dtype: string | undefined,
  ) {}
}

export type Template = TensorReference | Json | readonly Template[] | { readonly [key: string]: Template };

/** One call of a layer as the file records it. */
export interface NodeTemplate {
  readonly args: readonly Template[];
  readonly kwargs: Readonly<Record<string, Template>>;
}

/** The calls of a layer, whatever the version of Keras that wrote them. */
export function nodesOf(inbound: Json | undefined): NodeTemplate[] {
  return isList(inbound) ? inbound.map(nodeOf) : [];
}

/** The first call alone: a layer may be called very often. */
export function firstNodeOf(inbound: Json | undefined): NodeTemplate | undefined {
  const [first] = isList(inbound) ? inbound : [];
  return first === undefined ? undefined : nodeOf(first);
}

function nodeOf(node: Json): NodeTemplate {
  return isObject(node) ? kerasThreeNode(node) : kerasTwoNode(node);
}

/** A single reference, a list of them or a structure: the `input_layers` and `output_layers` of a model. */
export function structureOf(json: Json | undefined): Template {
  if (json === undefined) return [];
  const reference = legacyReference(json);
  if (reference !== undefined) return reference;
  if (isList(json)) return json.map(structureOf);
  if (isObject(json)) return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, structureOf(value)]));
  return json;
}

/** Whether the calls of a layer are written as Keras 3 does: an object each. */
export function isKerasThree(inbound: Json | undefined): boolean {
  return isList(inbound) && inbound.some(isObject);
}

export function mapReferences(template: Template, change: (reference: TensorReference) => TensorReference): Template {
  if (template instanceof TensorReference) return change(template);
  if (Array.isArray(template)) return template.map((item) => mapReferences(item, change));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, mapReferences(value, change)]));
}

export function referencesIn(template: Template): TensorReference[] {
  if (template instanceof TensorReference) return [template];
  if (Array.isArray(template)) return template.flatMap(referencesIn);
  if (typeof template === 'object' && template !== null) return Object.values(template).flatMap(referencesIn);
  return [];
}

function kerasThreeNode(node: JsonObject): NodeTemplate {
  const args = isList(node.args) ? node.args.map(kerasThreeArgument) : [];
  const kwargs = isObject(node.kwargs) ? node.kwargs : {};
  return { args, kwargs: mapValues(kwargs, kerasThreeArgument) };
}

function kerasThreeArgument(json: Json): Template {
  if (isList(json)) return json.map(kerasThreeArgument);
  if (!isObject(json)) return json;
  const { class_name: className, config } = json;
  if (className === '__keras_tensor__' && isObject(config) && isList(config.keras_history)) {
    const [layer, node, tensor] = config.keras_history;
    if (!Number.isSafeInteger(node) || !Number.isSafeInteger(tensor)) {
      throw new ArchmeterError(
        `a tensor's history is ${JSON.stringify(config.keras_history)}, not layer, call and output`,
      );
    }
    const dtype = typeof config.dtype === 'string' ? config.dtype : undefined;
    return new TensorReference(String(layer), Number(node), Number(tensor), config.shape ?? null, dtype);
  }
  if (className === '__tuple__' && isList(json.items)) return json.items.map(kerasThreeArgument);
  return mapValues(json, kerasThreeArgument);
}

/**
 * `[[layer, node, tensor, {kwargs}], …]`: one call with several tensors as its first argument; `[layer, node, tensor,
 * {kwargs}]`: one tensor (functions of TensorFlow 2, whose kwargs hold further references as `[layer, node, tensor]`).
 */
function kerasTwoNode(json: Json): NodeTemplate {
  if (!isList(json)) return { args: [], kwargs: {} };
  const single = legacyReference(json);
  if (single !== undefined) return { args: [single], kwargs: kwargsOf(json) };
  const references = json.map((item) => legacyReference(item) ?? kerasTwoArgument(item));
  const first = json[0];
  return {
    args: [references.length === 1 ? (references[0] as Template) : references],
    kwargs: isList(first) ? kwargsOf(first) : {},
  };
}

function kwargsOf(reference: readonly Json[]): Readonly<Record<string, Template>> {
  const kwargs = reference[3];
  return isObject(kwargs) ? mapValues(kwargs, kerasTwoArgument) : {};
}

function kerasTwoArgument(json: Json): Template {
  const reference = legacyReference(json);
  if (reference !== undefined) return reference;
  if (isList(json)) return json.map(kerasTwoArgument);
  if (isObject(json)) return mapValues(json, kerasTwoArgument);
  return json;
}

/** `["conv1", 0, 0]`, also with kwargs; `["_CONSTANT_VALUE", -1, value, {}]` stands for the value. */
function legacyReference(json: Json): Template | undefined {
  if (!isList(json) || json.length < 3 || json.length > 4 || typeof json[0] !== 'string') return undefined;
  if (json[0] === '_CONSTANT_VALUE') return json[2] ?? null;
  const [layer, node, tensor] = json;
  if (!Number.isSafeInteger(node) || !Number.isSafeInteger(tensor)) return undefined;
  return new TensorReference(layer, node as number, tensor as number, null, undefined);
}

function mapValues<T>(object: JsonObject, map: (value: Json) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
