import { ArchmeterError } from '../../errors.js';
import { GraphBuilder } from '../../graph/builder.js';
import type { Graph } from '../../ir/graph.js';
import type { TensorType } from '../../ir/tensor.js';
import type { ByteSource, ImportOptions, ImportWithContents } from '../define-importer.js';
import { pathInsideFolder } from '../shared/bytes.js';
import { inputDataOf } from '../shared/input-data.js';
import { dtypeOf, FLOAT32, isKnownType } from './dtype.js';
import { Emitter, type Origin } from './emitter.js';
import { type BoundInput, bindInputs, isTensorInput, tensorType } from './inputs.js';
import { Lowering, opsetsOf, unknown } from './lowering.js';
import { ModuleNames } from './names.js';
import { exporterNotes, listed, withParameterNotes } from './notes.js';
import { ProtobufReader } from './protobuf/decode.js';
import { type GraphProto, MODEL, type ModelProto, type ValueInfoProto } from './protobuf/messages.js';
import { ParameterRoles } from './roles.js';
import { Scope } from './scope.js';
import type { Entry, Tensor } from './tensor.js';

/** What an import yields beside the graph: for tests of conformance. */
export interface OnnxImport {
  readonly graph: Graph;
  /** What each output of the model stands for, by name. */
  readonly outputs: ReadonlyMap<string, Entry>;
  /** Nodes whose output size depends on data and is counted at its largest. */
  readonly bounded: ReadonlySet<string>;
  /** Where the contents of the graph's stored values lie, by value id. */
  readonly origins: ReadonlyMap<number, Origin>;
}

export interface OnnxImportOptions extends ImportOptions {
  /** Lists of tensors, or nothing, for inputs of those types, by name. */
  readonly lists?: ReadonlyMap<string, Entry | undefined>;
}

/**
 * Reads a model: its graph alone, unless the contents of a small tensor decide a shape.
 *
 * @throws ArchmeterError naming the byte or the node, and the reason
 */
export async function importOnnx(source: ByteSource, options: OnnxImportOptions): Promise<OnnxImport> {
  const model = await new ProtobufReader(source).file(MODEL);
  const { graph } = model;
  if (graph === undefined || graph.nodes.length + graph.outputs.length === 0) {
    throw new ArchmeterError('the file holds no graph', 'Give an ONNX model (.onnx), not a tensor or a data set.');
  }
  checkExternalPaths(graph, source);
  const stored = new Set([
    ...graph.initializers.map(({ name }) => name),
    ...graph.sparseInitializers.map(({ values }) => values?.name),
  ]);
  const fed = graph.inputs.filter(({ name }) => !stored.has(name));
  const isBound = (input: ValueInfoProto) =>
    isTensorInput(input) && isKnownType(tensorType(input)?.elementType || FLOAT32) && !options.lists?.has(input.name);
  const inputs = bindInputs(fed.filter(isBound), options);
  const contents = inputDataOf(inputs, options);
  const builder = new GraphBuilder(graph.name || 'onnx', 'float32');
  const roles = new ParameterRoles(graph.nodes);
  const emitter = new Emitter(builder, roles);
  const rebatched = inputs.find((input) => input.rebatched !== undefined)?.rebatched;
  if (rebatched !== undefined) emitter.rebatched = rebatched;
  const scope = new Scope();
  inputs.forEach((input, i) => {
    scope.set(input.name, inputTensor(builder, input, contents[i]));
  });
  for (const { name } of fed.filter((input) => !isBound(input))) {
    const given = options.lists?.has(name)
      ? options.lists.get(name)
      : unknown(name, `input '${name}' is a list of tensors, or has an element type that archmeter does not know`);
    scope.set(name, given);
  }
  const lowering = new Lowering(emitter, source, model.functions, statedShapes(graph, inputs));
  const frame = {
    scope,
    opsets: opsetsOf(model.opsets),
    path: '',
    names: new ModuleNames(graph.nodes),
    attributes: undefined,
    depth: 0,
  };
  const entries = await withBatch(rebatched, async () => {
    const results = await lowering.graph(graph, frame);
    if (rebatched !== undefined) checkOutputBatch(graph, results, rebatched);
    return results;
  });
  const outputs = new Map(graph.outputs.map(({ name }, i) => [name, entries[i] ?? unknown(name, 'nothing gives it')]));
  const values = [...outputs.values()].flatMap((entry) => {
    if (entry.kind === 'unknown') {
      builder.note(`The shape of output '${entry.name}' is not known: ${entry.reason}.`);
      return [];
    }
    const tensors = entry.kind === 'list' ? entry.items : [entry];
    return tensors.map((tensor) => emitter.valueOf(tensor, 'constant'));
  });
  if (emitter.bounded.size > 0) {
    builder.note(
      `The output size of ${listed([...emitter.bounded])} depends on the data: it and what follows are counted at the largest.`,
    );
  }
  for (const note of [...lowering.unknownAttributes.notes(), ...exporterNotes(graph)]) builder.note(note);
  const finished = emitter.settle(builder.finish(values, { format: 'onnx', file: source.name, ...producer(model) }));
  return { graph: withParameterNotes(finished, roles), outputs, bounded: emitter.bounded, origins: emitter.origins };
}

function inputTensor(
  builder: GraphBuilder,
  { name, shape, dtype }: BoundInput,
  data: readonly number[] | undefined,
): Tensor {
  const value = builder.input(name, shape, dtype);
  return { kind: 'tensor', name, shape, dtype, value, ...(data === undefined ? {} : { data }) };
}

/** Shapes that the file states, where the inputs have the sizes that it states too. */
function statedShapes(graph: GraphProto, inputs: readonly BoundInput[]): Map<string, TensorType> {
  const stated = new Map<string, TensorType>();
  const shapeOf = (info: GraphProto['inputs'][number]) => tensorType(info)?.shape?.dims.map(({ value }) => value);
  for (const { name, shape } of inputs) {
    const own = graph.inputs.find((info) => info.name === name);
    if (own === undefined || shapeOf(own)?.join() !== shape.join()) return stated;
  }
  for (const info of [...graph.valueInfos, ...graph.outputs]) {
    const shape = shapeOf(info);
    if (shape === undefined || !shape.every((size) => size !== undefined && size >= 0)) continue;
    const elementType = tensorType(info)?.elementType ?? 0;
    if (!isKnownType(elementType)) continue;
    stated.set(info.name, { shape: shape as number[], dtype: dtypeOf(elementType, `tensor '${info.name}'`) });
  }
  return stated;
}

function checkExternalPaths(graph: GraphProto, source: ByteSource): void {
  for (const { externalData } of graph.initializers) {
    for (const { key, value } of externalData ?? []) if (key === 'location') pathInsideFolder(value, source.name);
  }
}

/** Outputs that have the batch in the file have the caller's too. */
function checkOutputBatch(graph: GraphProto, results: readonly Entry[], batch: { from: number; to: number }): void {
  graph.outputs.forEach((info, i) => {
    const stated = tensorType(info)?.shape?.dims[0]?.value;
    const entry = results[i];
    if (stated !== batch.from || entry?.kind !== 'tensor' || entry.shape[0] === batch.to) return;
    throw new ArchmeterError(`output '${info.name}' does not follow the batch`);
  });
}

/** Errors after the caller's batch has replaced the file's are most likely about that. */
async function withBatch<T>(rebatched: BoundInput['rebatched'], body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (rebatched === undefined || !(error instanceof ArchmeterError)) throw error;
    throw new ArchmeterError(
      `the file fixes its batch at ${rebatched.from} and cannot run with ${rebatched.to}: ${error.problem}`,
      'Leave the batch as it is, or export the model with a dynamic batch axis.',
      error.location,
    );
  }
}

function producer({ producerName, producerVersion }: ModelProto): { producer?: string } {
  return producerName === '' ? {} : { producer: `${producerName} ${producerVersion}`.trim() };
}

/** The graph with the way to the weights that the file holds. */
export async function importOnnxWithContents(source: ByteSource, options: ImportOptions): Promise<ImportWithContents> {
  const { graph, origins } = await importOnnx(source, options);
  const { withContents } = await import('./weights.js');
  return withContents(graph, origins, source);
}
