import { ArchmeterError } from '../../errors.js';
import { isList, isObject, type Json, type JsonObject } from '../keras/config.js';
import { Attributes, type AttributeValue } from '../tensorflow/attributes.js';
import { dtypeOfProto, field, numberOf, shapeOf } from './proto-json.js';
import { type DecodedTensor, decodeTensor } from './tensor-proto.js';

/** One node of a GraphDef in JSON. */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly InputReference[];
  readonly attributes: Attributes;
  /** Contents of a Const that are in the graph itself. */
  readonly value: DecodedTensor | undefined;
}

export interface InputReference {
  readonly node: string;
  /** Number of the output, counted within `argument` where that is given (in functions). */
  readonly index: number;
  readonly argument: string | undefined;
}

export interface FunctionDef {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly nodes: readonly NodeDef[];
  readonly results: readonly InputReference[];
}

export function nodesOf(json: Json | undefined, file: string): NodeDef[] {
  if (!isList(json)) throw new ArchmeterError('its graph has no nodes', undefined, { file });
  return json.map((node, index) => {
    if (!isObject(node) || typeof node.name !== 'string' || typeof node.op !== 'string') {
      throw new ArchmeterError(`node ${index} of its graph has no name and op`, undefined, { file });
    }
    const attributes = isObject(node.attr) ? node.attr : {};
    const stored = attributes.value;
    return {
      name: node.name,
      op: node.op,
      inputs: isList(node.input) ? node.input.flatMap((input) => referenceOf(input)) : [],
      attributes: attributesOf(attributes),
      value: isObject(stored) && isObject(stored.tensor) ? decodeTensor(stored.tensor, node.name) : undefined,
    };
  });
}

export function functionsOf(library: Json | undefined, file: string): Map<string, FunctionDef> {
  const list = isObject(library) && isList(library.function) ? library.function : [];
  const functions = new Map<string, FunctionDef>();
  for (const json of list) {
    if (!isObject(json) || !isObject(json.signature)) continue;
    const { name } = json.signature;
    if (typeof name !== 'string') continue;
    const ret = isObject(json.ret) ? json.ret : {};
    const outputs = argumentNames(field(json.signature, 'outputArg'));
    functions.set(name, {
      name,
      arguments: argumentNames(field(json.signature, 'inputArg')),
      nodes: nodesOf(field(json, 'nodeDef') ?? [], file),
      results: outputs.flatMap((output) => referenceOf(ret[output] ?? null)),
    });
  }
  return functions;
}

function argumentNames(json: Json | undefined): string[] {
  return isList(json)
    ? json.flatMap((item) => (isObject(item) && typeof item.name === 'string' ? [item.name] : []))
    : [];
}

/** `node`, `node:1`, `node:output:1` (in functions); `^node` is an order alone. */
export function referenceOf(input: Json): InputReference[] {
  if (typeof input !== 'string' || input.startsWith('^') || input === '') return [];
  const [node = '', second, third] = input.split(':');
  if (third !== undefined) return [{ node, index: Number(third) || 0, argument: second }];
  return [{ node, index: Number(second ?? 0) || 0, argument: undefined }];
}

export function attributesOf(json: JsonObject): Attributes {
  return new Attributes(Object.fromEntries(Object.entries(json).map(([name, value]) => [name, attributeOf(value)])));
}

/** An AttrValue: one of `s i f b type shape tensor func list`. */
function attributeOf(json: Json): AttributeValue {
  if (!isObject(json)) return undefined;
  if (json.s !== undefined) return textOf(json.s);
  if (json.i !== undefined) return numberOf(json.i);
  if (json.f !== undefined) return floatOf(json.f);
  if (typeof json.b === 'boolean') return json.b;
  if (json.type !== undefined) return dtypeOfProto(json.type);
  if (isObject(json.shape)) return { shape: shapeOf(json.shape) };
  if (isObject(json.func) && typeof json.func.name === 'string') return { function: json.func.name };
  if (isObject(json.list)) return listOf(json.list);
  return undefined;
}

function listOf(list: JsonObject): AttributeValue {
  if (isList(list.s)) return list.s.map((item) => textOf(item));
  if (isList(list.i)) return list.i.map((item) => numberOf(item));
  if (isList(list.f)) return list.f.map((item) => floatOf(item));
  if (isList(list.shape)) return list.shape.map((item) => ({ shape: isObject(item) ? shapeOf(item) : undefined }));
  if (isList(list.type)) return list.type.map((item) => dtypeOfProto(item));
  return [];
}

function floatOf(json: Json): number {
  return json === 'Infinity' || json === '-Infinity' ? Number(json) : numberOf(json);
}

/** Bytes as base64 (protobuf's JSON), as a list of numbers, or as they are. */
function textOf(json: Json): string {
  if (isList(json)) return String.fromCharCode(...json.slice(0, 4096).map(Number));
  if (typeof json !== 'string') return '';
  if (json.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(json)) return json;
  const decoded = atob(json);
  return /^[\x20-\x7e]*$/.test(decoded) ? decoded : json;
}
