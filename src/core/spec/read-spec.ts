import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { ArchmeterError } from '../errors.js';
import { GraphBuilder } from '../graph/builder.js';
import type { Graph, Value } from '../ir/graph.js';
import { DTYPE_BITS, type DType, type Shape } from '../ir/tensor.js';
import { nearest } from '../nearest.js';
import { loadBlocks, type SpecBlock } from './blocks.js';
import { SpecDocument } from './document.js';
import type { Parameters } from './expression.js';
import { Labels } from './labels.js';
import { checkAttributes, schemaOf } from './layer-schema.js';
import { checkBatchAxis, checkCount, checkStructure } from './structure.js';

export interface SpecOptions {
  /** Sets the first axis of every input. */
  readonly batch?: number | undefined;
  /** Shapes of inputs by name; the empty name stands for the first. */
  readonly inputs?: Readonly<Record<string, Shape>> | undefined;
  /** Values for the file's parameters. */
  readonly parameters?: Parameters | undefined;
  readonly dtype?: DType | undefined;
}

export const SPEC_SCHEMA = 'archmeter/spec@1';
const TOP_KEYS = ['$schema', 'schema', 'name', 'description', 'parameters', 'input', 'inputs', 'layers', 'outputs'];
const LAYER_KEYS = ['name', 'inputs', 'as', 'repeat', 'scope'];
const MAX_LAYERS = 100_000;
const MAX_NESTING = 32;

/** Whether a text is meant as a spec file, rather than some other YAML or JSON. */
export function looksLikeSpec(text: string): boolean {
  if (savedSchema(text) !== undefined) return false;
  return (
    text.includes(SPEC_SCHEMA) || (/^\s*["']?layers["']?\s*:/m.test(text) && /^\s*["']?inputs?["']?\s*:/m.test(text))
  );
}

/** `archmeter/analysis@1` and the like, where a text is a result that archmeter wrote; undefined for specs. */
export function savedSchema(text: string): string | undefined {
  const schema = /^\uFEFF?\s*\{\s*"schema"\s*:\s*"(archmeter\/[\w-]+@\d+)"/.exec(text)?.[1];
  return schema === SPEC_SCHEMA ? undefined : schema;
}

/**
 * Reads a layer-spec file (YAML or JSON; format: `archmeter/schemas/spec.json`) into a graph.
 *
 * @param file its name, for messages
 * @throws ArchmeterError with file, line, column and layer for anything wrong in it
 */
export async function readSpec(text: string, file: string, options: SpecOptions = {}): Promise<Graph> {
  const document = new SpecDocument(text, file);
  return new SpecReader(document, options, await loadBlocks()).read();
}

/**
 * Adds the layers of a spec to a graph under way: after `input`, or after the spec's own input where none is given.
 *
 * @returns the last layer's value
 */
export function appendSpecLayers(
  document: SpecDocument,
  builder: GraphBuilder,
  input: { readonly name: string; readonly value: Value } | undefined,
  { parameters, blocks }: { readonly parameters: Parameters; readonly blocks: ReadonlyMap<string, SpecBlock> },
): Value {
  document.startReading();
  return new SpecReader(document, { parameters }, blocks, builder).append(input);
}

class SpecReader {
  private parameters: Record<string, number | string | boolean> = {};
  private readonly named = new Map<string, Value>();
  private readonly builder: GraphBuilder;
  private readonly inputs: Value[] = [];
  private readonly automatic = new Map<string, number>();
  private layers = 0;

  constructor(
    private readonly document: SpecDocument,
    private readonly options: SpecOptions,
    private readonly blocks: ReadonlyMap<string, SpecBlock>,
    builder?: GraphBuilder,
  ) {
    const top = this.top();
    const name = top.get('name');
    const file = document.file.replace(/^.*[\\/]/, '').replace(/\.(ya?ml|json)$/i, '');
    this.parameters = this.readParameters(top.get('parameters'));
    this.builder =
      builder ?? new GraphBuilder(name ? document.name(name, 'name', this.parameters) : file, options.dtype);
  }

  read(): Graph {
    const top = this.top();
    const first = this.readInputs(top.get('input'), top.get('inputs'));
    const layers = top.get('layers');
    if (!layers) throw this.document.error("'layers' is missing", 'List the layers under it.', this.document.root);
    const last = this.readLayers(layers, first, 0);
    const outputs = top.get('outputs');
    const values = outputs
      ? this.document.items(outputs, 'outputs').map((item) => this.reference(item, undefined))
      : [last];
    const graph = this.builder.finish(values, { format: 'spec', file: this.document.file });
    checkStructure(graph, this.document.file);
    return graph;
  }

  append(input: { readonly name: string; readonly value: Value } | undefined): Value {
    const top = this.top();
    if (input !== undefined) this.named.set(input.name, input.value);
    const first = input?.value ?? this.readInputs(top.get('input'), top.get('inputs'));
    return this.readLayers(top.get('layers') ?? null, first, 0);
  }

  private top(): Map<string, Node | null> {
    const entries = this.document.entries(this.document.root, 'a spec file');
    for (const [key, , keyNode] of entries) this.known(key, TOP_KEYS, keyNode, 'key');
    return new Map(entries.map(([key, value]) => [key, value]));
  }

  private known(key: string, keys: readonly string[], node: Node | null, what: string): void {
    if (keys.includes(key)) return;
    const near = nearest(key, keys);
    throw this.document.error(
      `unknown ${what} '${key}'`,
      near ? `Did you mean '${near}'?` : keys.length === 0 ? 'The file has none.' : `There are ${keys.join(', ')}.`,
      node,
    );
  }

  private readParameters(node: Node | null | undefined): Record<string, number | string | boolean> {
    const parameters: Record<string, number | string | boolean> = {};
    const given = this.options.parameters ?? {};
    for (const [key, value] of node ? this.document.entries(node, 'parameters') : []) {
      const plain = Object.hasOwn(given, key) ? given[key] : this.document.value(value, parameters);
      if (typeof plain !== 'number' && typeof plain !== 'string' && typeof plain !== 'boolean') {
        throw this.document.error(`parameter '${key}' must be a number, a text, true or false`, undefined, value);
      }
      parameters[key] = plain;
    }
    for (const key of Object.keys(given)) {
      if (!Object.hasOwn(parameters, key)) this.known(key, Object.keys(parameters), node ?? null, 'parameter');
    }
    return parameters;
  }

  private readInputs(single: Node | null | undefined, several: Node | null | undefined): Value {
    const entries: [string, Node | null][] = several
      ? this.document.entries(several, 'inputs').map(([name, value]) => [name, value])
      : single
        ? [['input', single]]
        : [];
    const asked = Object.keys(this.options.inputs ?? {});
    const names = entries.map(([name]) => name);
    for (const name of asked) if (name !== '') this.known(name, names, several ?? single ?? null, 'input');
    const values = entries.map(([name, node], i) => this.readInput(name, node, i === 0));
    const first = values[0];
    if (first === undefined) {
      throw this.document.error("'input' is missing", "Add e.g. 'input: [1, 3, 224, 224]'.", this.document.root);
    }
    return first;
  }

  private readInput(name: string, node: Node | null, first: boolean): Value {
    const value = this.document.value(node, this.parameters);
    const shape = Array.isArray(value) ? value : (value as { shape?: unknown } | null)?.shape;
    const dtype = Array.isArray(value) ? undefined : (value as { dtype?: unknown } | null)?.dtype;
    const isShape = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size > 0);
    if (!isShape) {
      throw this.document.error(
        `input '${name}' needs a shape of whole numbers above 0, not ${JSON.stringify(shape ?? value)}`,
        'Write e.g. [1, 3, 224, 224].',
        node,
      );
    }
    if (dtype !== undefined && !Object.hasOwn(DTYPE_BITS, String(dtype))) {
      const near = nearest(String(dtype), Object.keys(DTYPE_BITS));
      throw this.document.error(`unknown dtype '${dtype}'`, near && `Did you mean '${near}'?`, node);
    }
    const asked = this.options.inputs?.[name] ?? (first ? this.options.inputs?.[''] : undefined);
    const sizes = [...(asked ?? (shape as number[]))];
    if (this.options.batch !== undefined) sizes[0] = this.options.batch;
    const input = this.builder.input(name, sizes, dtype as DType | undefined);
    this.named.set(name, input);
    this.inputs.push(input);
    return input;
  }

  private readLayers(node: Node | null, previous: Value, depth: number): Value {
    if (depth > MAX_NESTING) throw this.document.error('layers are nested too deeply', undefined, node);
    let current = previous;
    for (const item of this.document.items(node, 'layers')) current = this.readLayer(item, current, depth);
    return current;
  }

  private readLayer(item: Node | null, previous: Value, depth: number): Value {
    const node = this.document.follow(item);
    if (isScalar(node) && typeof node.value === 'string')
      return this.addLayer('op', node.value, node, new Map(), previous, this.labelsWithin(false));
    if (!isMap(node)) {
      throw this.document.error(
        "a layer is an op's name or a mapping with 'op', 'block' or 'layers'",
        undefined,
        node ?? item,
      );
    }
    const keys = new Map(this.document.entries(node, 'a layer').map(([key, value]) => [key, value]));
    const kind = keys.has('op') ? 'op' : keys.has('block') ? 'block' : keys.has('layers') ? 'layers' : undefined;
    if (kind === undefined) {
      throw this.document.error(
        "this layer has neither 'op', 'block' nor 'layers'",
        "Start it with e.g. 'op: conv'.",
        node,
      );
    }
    const times = this.repetitions(keys.get('repeat'));
    const scope = keys.has('scope') ? this.document.name(keys.get('scope'), 'scope', this.parameters) : undefined;
    const repeats = keys.has('repeat');
    const labels = this.labelsWithin(repeats);
    const body = (value: Value): Value => {
      if (kind === 'layers') {
        for (const key of keys.keys()) this.known(key, ['layers', 'repeat', 'scope', 'as', 'inputs'], node, 'key');
        const start = keys.has('inputs') ? (this.inputsOf(keys.get('inputs'))[0] ?? value) : value;
        return this.readLayers(keys.get('layers') ?? null, start, depth + 1);
      }
      const type = this.document.name(keys.get(kind), kind, this.parameters);
      return this.addLayer(kind, type, node, keys, value, labels);
    };
    const outer = this.parameters;
    let current = previous;
    const module = kind === 'layers' && repeats ? (scope ?? labels.automatic('layers')) : scope;
    for (let index = 0; index < times; index++) {
      if (repeats) this.parameters = { ...outer, index };
      const input = current;
      const path = kind === 'layers' && repeats ? `${module}.${index}` : module;
      current = path === undefined ? body(input) : this.builder.scope(path, () => body(input));
    }
    this.parameters = outer;
    if (kind === 'layers' && keys.has('as')) this.bind(keys.get('as'), [current]);
    return current;
  }

  /** Names of one entry of the file, which may be repeated, within the current module. */
  private labelsWithin(repeats: boolean): Labels {
    return new Labels(this.builder.module, this.automatic, () =>
      repeats ? (this.parameters.index as number) : undefined,
    );
  }

  private repetitions(node: Node | null | undefined): number {
    if (!node) return 1;
    const times = this.document.value(node, this.parameters);
    if (!Number.isSafeInteger(times) || (times as number) < 0 || (times as number) > MAX_LAYERS) {
      throw this.document.error(
        `repeat is ${JSON.stringify(times)}, not a whole number from 0 to ${MAX_LAYERS}`,
        undefined,
        node,
      );
    }
    return times as number;
  }

  private addLayer(
    kind: 'op' | 'block',
    type: string,
    node: Node,
    keys: ReadonlyMap<string, Node | null>,
    previous: Value,
    labels: Labels,
  ): Value {
    if (++this.layers > MAX_LAYERS) {
      throw this.document.error(`the file describes more than ${MAX_LAYERS} layers`, 'Lower a repeat.', node);
    }
    const schema = schemaOf(this.document, this.blocks, kind, type, keys.get(kind) ?? node);
    const name = keys.has('name') ? this.document.name(keys.get('name'), 'name', this.parameters) : undefined;
    const attributes: Record<string, unknown> = {};
    for (const [key, value] of keys) {
      if (key === kind || LAYER_KEYS.includes(key)) continue;
      attributes[key] = this.document.value(value, this.parameters);
    }
    checkAttributes(this.document, schema, attributes, node, name ?? type);
    const inputs = keys.has('inputs') ? this.inputsOf(keys.get('inputs')) : [previous];
    const label = labels.of(kind, type, name, isTemplate(this.document.follow(keys.get('name'))));
    const place = this.document.locate(node);
    try {
      if (kind === 'op') checkCount(type, inputs);
      checkBatchAxis(kind === 'op' ? type : undefined, inputs[0], attributes, this.inputs);
      const outputs =
        kind === 'op'
          ? this.addOp(type, inputs, attributes, label, place.line as number)
          : [this.builder.atLine(place.line as number, () => this.addBlock(type, inputs, attributes, label))];
      if (keys.has('as')) this.bind(keys.get('as'), outputs);
      if (name !== undefined) this.named.set(name, outputs[0] as Value);
      return outputs[0] as Value;
    } catch (error) {
      throw error instanceof ArchmeterError ? error.at({ ...place, layer: name ?? type }) : error;
    }
  }

  private addOp(op: string, inputs: Value[], attributes: object, label: string, line: number): Value[] {
    const dot = label.lastIndexOf('.');
    const add = () => this.builder.addUntyped(op, inputs, attributes, { name: label.slice(dot + 1), line });
    return dot < 0 ? add() : this.builder.scope(label.slice(0, dot), add);
  }

  private addBlock(type: string, inputs: Value[], attributes: Record<string, unknown>, label: string): Value {
    const block = this.blocks.get(type) as SpecBlock;
    if (inputs.length !== 1) throw new ArchmeterError(`block ${type} takes one input, not ${inputs.length}`);
    const input = inputs[0] as Value;
    return this.builder.scope(label, () => block.apply(this.builder, input, attributes));
  }

  private inputsOf(node: Node | null | undefined): Value[] {
    const list = this.document.follow(node);
    if (isSeq(list)) return list.items.map((item) => this.reference(item as Node, list));
    return [this.reference(node ?? null, undefined)];
  }

  private reference(node: Node | null, fallback: Node | undefined): Value {
    const written = this.document.value(node, this.parameters);
    const name = typeof written === 'object' ? JSON.stringify(written) : String(written);
    const value = this.named.get(name);
    if (value !== undefined) return value;
    const near = nearest(name, this.named.keys());
    throw this.document.error(
      `no value is named '${name}' here`,
      near ? `Did you mean '${near}'?` : `Known so far: ${[...this.named.keys()].slice(0, 20).join(', ')}.`,
      node ?? fallback,
    );
  }

  private bind(node: Node | null | undefined, outputs: readonly Value[]): void {
    const list = this.document.follow(node);
    const names = isSeq(list) ? (list.items as Node[]) : [node ?? null];
    if (names.length > outputs.length) {
      throw this.document.error(
        `'as' gives ${names.length} names to ${outputs.length} outputs`,
        undefined,
        list ?? node,
      );
    }
    for (const [i, name] of names.entries()) {
      this.named.set(this.document.name(name, 'as', this.parameters), outputs[i] as Value);
    }
  }
}

/** A name that depends on parameters, so on the index of a repetition. */
function isTemplate(node: Node | null): boolean {
  return isScalar(node) && typeof node.value === 'string' && node.value.includes('${');
}
