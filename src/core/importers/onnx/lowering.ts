import { ArchmeterError } from '../../errors.js';
import { FOLD_LIMIT } from '../../evaluate/evaluate.js';
import type { TensorType } from '../../ir/tensor.js';
import { elementCount, isFloat } from '../../ir/tensor.js';
import type { ByteSource } from '../define-importer.js';
import { WorkLimit } from '../shared/work-limit.js';
import { Call } from './call.js';
import { UnknownAttributes } from './check-attributes.js';
import { readContents } from './contents.js';
import { controlFlowOf } from './control-flow.js';
import { UnknownElementType } from './dtype.js';
import type { Emitter } from './emitter.js';
import { ModuleNames } from './names.js';
import { opOfOnnx } from './ops/index.js';
import { capturedBy, labelOf, orderNodes } from './order.js';
import type { AttributeProto, FunctionProto, GraphProto, NodeProto, OperatorSetIdProto } from './protobuf/messages.js';
import { type Frame, joinPath, Scope } from './scope.js';
import { shapeFeeding } from './shape-feeding.js';
import { externalFile, isExternal, type StoredTensor, sparseTensor, storedTensor } from './stored-tensor.js';
import { type Entry, RuntimeContents, type Tensor, type UnknownTensor } from './tensor.js';

const DEEPEST = 100;
/** Elements of constants read and computed: a small file can ask for very many. */
const MOST_CONSTANTS = 2 ** 24;

/** Walks the nodes of a model and adds their layers to a graph. */
export class Lowering {
  private readonly functions = new Map<string, FunctionProto>();
  readonly unknownAttributes = new UnknownAttributes();
  private readonly limit = new WorkLimit();
  private constants = 0;

  constructor(
    readonly emitter: Emitter,
    private readonly source: ByteSource,
    functions: readonly FunctionProto[],
    /** Shapes that the file states for its tensors; empty where the caller changed the inputs' sizes. */
    private readonly stated: ReadonlyMap<string, TensorType>,
  ) {
    for (const f of functions) this.functions.set(functionKey(f.domain, f.name, f.overload), f);
  }

  /** Lowers a graph whose inputs are in the frame's scope, and gives what its outputs stand for. */
  async graph(graph: GraphProto, frame: Frame): Promise<Entry[]> {
    for (const proto of graph.initializers) {
      frame.scope.set(
        proto.name,
        storedEntry(proto.name, () => storedTensor(proto, proto.name)),
      );
    }
    for (const proto of graph.sparseInitializers) {
      const name = proto.values?.name ?? '';
      frame.scope.set(
        name,
        storedEntry(name, () => sparseTensor(proto)),
      );
    }
    return this.body(
      graph.nodes,
      graph.outputs.map(({ name }) => name),
      frame,
    );
  }

  /** Lowers the nodes that lead to the named outputs. */
  async body(nodes: readonly NodeProto[], outputs: readonly string[], frame: Frame): Promise<Entry[]> {
    if (frame.depth > DEEPEST) {
      throw new ArchmeterError(`functions and branches are nested more than ${DEEPEST} deep`, 'One may call itself.');
    }
    const order = orderNodes(nodes, outputs, (name) => frame.scope.has(name));
    this.limit.add(order.length);
    const feeding = shapeFeeding(order);
    let readers: ReadonlyMap<string, NodeProto> | undefined;
    const readerOf = (name: string) => {
      readers ??= soleReaders(order, outputs);
      return readers.get(name);
    };
    const done = new Set<NodeProto>();
    for (const node of order) {
      if (done.has(node)) continue;
      try {
        await this.node(node, frame, readerOf, done, feeding);
      } catch (error) {
        throw locate(error, node);
      }
    }
    return outputs.map((name) => frame.scope.get(name) ?? unknown(name, 'it is left out'));
  }

  /** A frame for a graph inside a node: a branch or a loop's body. */
  inner(graph: GraphProto, frame: Frame, path = ''): Frame {
    return {
      ...frame,
      scope: new Scope(frame.scope),
      path: joinPath(frame.path, path),
      names: new ModuleNames(graph.nodes),
      depth: frame.depth + 1,
    };
  }

  /** Reads the contents of a stored tensor where they are small. */
  async load(tensor: Tensor): Promise<void> {
    if (tensor.data !== undefined || tensor.stored === undefined || tensor.stored.permutation !== undefined) return;
    if (elementCount(tensor.shape) > FOLD_LIMIT) return;
    const data = await readContents(tensor.stored.tensor, this.source);
    if (data === undefined) return;
    tensor.data = data;
    this.countConstants(data.length);
  }

  private countConstants(elements: number): void {
    this.constants += elements;
    if (this.constants <= MOST_CONSTANTS) return;
    throw new ArchmeterError(
      `the model computes more than ${MOST_CONSTANTS} elements of constants`,
      'It may be damaged.',
    );
  }

  private async node(
    node: NodeProto,
    frame: Frame,
    readerOf: (name: string) => NodeProto | undefined,
    done: Set<NodeProto>,
    feeding: ReadonlySet<string>,
  ): Promise<void> {
    const domain = node.domain === 'ai.onnx' ? '' : node.domain;
    const inputs = node.inputs.map((name) => (name === '' ? undefined : frame.scope.get(name)));
    const attributes = resolve(node.attributes, frame.attributes);
    const called = this.functions.get(functionKey(node.domain, node.type, node.overload));
    if (called !== undefined) {
      define(node, frame, await this.call(called, node, inputs, attributes, frame));
      return;
    }
    this.unknownAttributes.check(domain, node);
    const next = () => {
      const reader = readerOf(node.outputs[0] ?? '');
      return reader && { node: reader, input: (name: string) => frame.scope.get(name) };
    };
    const opset = frame.opsets.get(domain) ?? 1;
    const call = new Call({ node, inputs, attributes, opset, emitter: this.emitter, frame, next });
    const control = controlFlowOf(domain, node.type);
    call.folds = control !== undefined;
    const blocking = inputs.find((entry): entry is UnknownTensor => entry?.kind === 'unknown');
    if (blocking !== undefined) define(node, frame, this.unknownOutputs(call, blocking.reason));
    else if (control !== undefined) define(node, frame, await control(call, this));
    else
      define(
        node,
        frame,
        await this.op(
          call,
          domain,
          node.outputs.some((name) => feeding.has(name)),
        ),
      );
    if (call.absorbed) {
      done.add(call.absorbed);
      this.emitter.absorbed.set(node, call.absorbed);
      define(call.absorbed, frame, [frame.scope.get(node.outputs[0] as string) as Entry]);
    }
  }

  private async op(call: Call, domain: string, feedsShape: boolean): Promise<readonly Entry[]> {
    const op = opOfOnnx(domain, call.type);
    if (op === undefined) return this.unknownOutputs(call, undefined);
    for (const slot of op.contents ?? []) await this.require(call.inputs[slot]);
    for (const slot of op.hints ?? []) await this.loadEntry(call.inputs[slot]);
    if (op.folds && call.inputs.every((entry) => isFoldable(entry, feedsShape))) {
      for (const entry of call.inputs) await this.loadEntry(entry, feedsShape);
    }
    const proto = op.attribute === undefined ? undefined : call.tensorAttribute(op.attribute);
    if (proto !== undefined) call.attributeContents = await readContents(storedTensor(proto, call.type), this.source);
    call.folds = op.folds === true;
    try {
      const result = op.lower(call);
      const entries = Array.isArray(result) ? (result as readonly Entry[]) : [result as Entry];
      for (const entry of entries) if (entry?.kind === 'tensor') this.countConstants(entry.data?.length ?? 0);
      return entries;
    } catch (error) {
      if (error instanceof UnknownElementType) return this.unknownOutputs(call, error.problem);
      if (!(error instanceof RuntimeContents)) throw error;
      return this.unknownOutputs(call, `its size depends on '${error.input}', which is computed at run time`);
    }
  }

  /** Reads contents that the output's shape depends on; a file of them that is missing is an error. */
  private async require(entry: Entry | undefined): Promise<void> {
    if (entry?.kind !== 'tensor') return;
    await this.load(entry);
    const stored = entry.stored?.tensor;
    if (entry.data !== undefined || stored === undefined || !isExternal(stored)) return;
    throw new ArchmeterError(
      `a shape depends on the contents of '${stored.name}', which lie in another file ('${externalFile(stored)}')`,
      'Put that file beside the model.',
    );
  }

  private async loadEntry(entry: Entry | undefined, feedsShape = false): Promise<void> {
    if (entry?.kind === 'tensor') {
      const stored = entry.stored?.tensor;
      // Another file is opened for what shapes and indices are made of alone.
      if (feedsShape || stored === undefined || !isExternal(stored) || !isFloat(stored.dtype)) await this.load(entry);
    } else if (entry?.kind === 'list') for (const item of entry.items) await this.load(item);
  }

  /** An op without a count: its outputs have the shapes that the file states, if any. */
  private unknownOutputs(call: Call, reason: string | undefined): readonly Entry[] {
    const names = call.node.outputs;
    const types = names.map((name) => this.stated.get(name));
    const why = reason ?? 'archmeter does not know this op';
    if (names.length > 0 && types.every((type) => type !== undefined)) return call.opaque(types as TensorType[], why);
    call.opaque([], why);
    return names.map((name) => unknown(name, reason ?? `it comes from ${call.type}, which archmeter does not know`));
  }

  private async call(
    called: FunctionProto,
    node: NodeProto,
    inputs: readonly (Entry | undefined)[],
    attributes: readonly AttributeProto[],
    frame: Frame,
  ): Promise<Entry[]> {
    const scope = new Scope();
    called.inputs.forEach((name, i) => {
      scope.set(name, inputs[i]);
    });
    const values = new Map<string, AttributeProto>();
    for (const attribute of [...called.attributeDefaults, ...attributes]) values.set(attribute.name, attribute);
    const place = frame.names.place(node, 'opaque');
    return this.body(called.nodes, called.outputs, {
      scope,
      opsets: called.opsets.length > 0 ? opsetsOf(called.opsets) : frame.opsets,
      path: joinPath(frame.path, place.scope, place.name),
      names: new ModuleNames(called.nodes),
      attributes: values,
      depth: frame.depth + 1,
    });
  }
}

export function opsetsOf(list: readonly OperatorSetIdProto[]): Map<string, number> {
  return new Map(list.map(({ domain, version }) => [domain === 'ai.onnx' ? '' : domain, version]));
}

export function unknown(name: string, reason: string): UnknownTensor {
  return { kind: 'unknown', name, reason };
}

/** A stored tensor, or the reason why it is not known: what reads it is listed as not counted. */
function storedEntry(name: string, read: () => StoredTensor): Entry {
  try {
    const tensor = read();
    return { kind: 'tensor', name: tensor.name, shape: tensor.shape, dtype: tensor.dtype, stored: { tensor } };
  } catch (error) {
    if (error instanceof UnknownElementType) return unknown(name, error.problem);
    throw error;
  }
}

function functionKey(domain: string, name: string, overload: string): string {
  return `${domain}\n${name}\n${overload}`;
}

function define(node: NodeProto, frame: Frame, results: readonly Entry[]): void {
  node.outputs.forEach((name, i) => {
    frame.scope.set(
      name,
      results[i] ?? unknown(name, `archmeter does not compute output ${i + 1} of ${labelOf(node)}`),
    );
  });
}

/** Attributes with references to the enclosing function's replaced; those that it was not given are left out. */
function resolve(
  attributes: readonly AttributeProto[],
  bound: ReadonlyMap<string, AttributeProto> | undefined,
): readonly AttributeProto[] {
  if (bound === undefined) return attributes;
  return attributes.flatMap((attribute) => {
    if (attribute.reference === '') return [attribute];
    const value = bound.get(attribute.reference);
    return value === undefined ? [] : [{ ...value, name: attribute.name }];
  });
}

/** Outputs that exactly one node reads, once, and that are not outputs of the graph. */
function soleReaders(nodes: readonly NodeProto[], outputs: readonly string[]): Map<string, NodeProto> {
  const readers = new Map<string, NodeProto>();
  const several = new Set(outputs);
  const read = (name: string, node: NodeProto | undefined) => {
    if (readers.has(name) || node === undefined) several.add(name);
    else readers.set(name, node);
  };
  for (const node of nodes) {
    for (const name of node.inputs) read(name, node);
    for (const { graph } of node.attributes) if (graph) for (const name of capturedBy(graph)) read(name, undefined);
  }
  for (const name of several) readers.delete(name);
  return readers;
}

/** Contents that are folded: all that is known, integers of the file, the exporter's float scalars, and what feeds shapes. */
function isFoldable(entry: Entry | undefined, feedsShape: boolean): boolean {
  if (entry === undefined) return true;
  if (entry.kind === 'list') return entry.items.every((item) => isFoldable(item, feedsShape));
  if (entry.kind !== 'tensor') return false;
  if (entry.data !== undefined) return true;
  if (entry.stored === undefined || elementCount(entry.shape) > FOLD_LIMIT) return false;
  return (
    feedsShape ||
    !isFloat(entry.dtype) ||
    (elementCount(entry.shape) === 1 && !/^[A-Za-z_]\w*(\.\w+)+$/.test(entry.name))
  );
}

function locate(error: unknown, node: NodeProto): unknown {
  if (error instanceof ArchmeterError) return error.at({ layer: node.name || (node.outputs[0] ?? node.type) });
  return error;
}
