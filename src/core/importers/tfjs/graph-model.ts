import { ArchmeterError } from '../../errors.js';
import { FOLD_LIMIT } from '../../evaluate/evaluate.js';
import { GraphBuilder } from '../../graph/builder.js';
import type { Graph, GraphSource } from '../../ir/graph.js';
import { elementCount, formatShape, isFloat, type Shape } from '../../ir/tensor.js';
import type { ByteSource, ImportOptions } from '../define-importer.js';
import { isObject, type Json, type JsonObject } from '../keras/config.js';
import { bindInputs } from '../shared/bind-inputs.js';
import { inputDataOf } from '../shared/input-data.js';
import { knownValues } from '../tensorflow/call.js';
import { Tensor } from '../tensorflow/tensor.js';
import { functionsOf, type InputReference, type NodeDef, nodesOf, referenceOf } from './graph-def.js';
import { type ManifestWeight, WeightReader } from './manifest.js';
import { field, shapeOf } from './proto-json.js';
import { GraphRun, neededNodes } from './run.js';

/** Floating-point weights whose contents may enter a shape: scalars, and factors for each axis. */
const MAX_KNOWN_FLOATS = 4;

export interface GraphModel {
  readonly topology: JsonObject;
  /** Named inputs and outputs; absent in old files. */
  readonly signature: Json | undefined;
}

export interface BuiltGraphModel {
  readonly graph: Graph;
  /** Every Const of the file, by name. */
  readonly stored: ReadonlyMap<string, Tensor>;
}

/** Builds the graph of a graph-model: a frozen GraphDef whose weights are in the manifest. */
export async function buildGraphModel(
  model: GraphModel,
  weights: readonly ManifestWeight[],
  source: ByteSource,
  options: ImportOptions,
  graphSource: GraphSource,
): Promise<BuiltGraphModel> {
  const nodes = nodesOf(model.topology.node, source.name);
  const builder = new GraphBuilder(modelName(source.name));
  const stored = await storedTensors(builder, nodes, weights, source);
  const functions = functionsOf(model.topology.library, source.name);
  const run = new GraphRun(builder, functions, stored, options.inputs === undefined && options.batch === undefined);
  const outputReferences = outputsOf(nodes, model.signature);
  const needed = new Set(neededNodes(nodes, outputReferences, stored));
  const placeholders = placeholdersOf(
    nodes.filter(({ name }) => needed.has(name)),
    model.signature,
    options,
  );
  const shapes = bindInputs(placeholders, options);
  const data = inputDataOf(
    placeholders.map(({ name }, i) => ({ name, shape: shapes[i] as Shape })),
    options,
  );
  const feeds = new Map(
    placeholders.map(({ name, dtype }, index) => [
      name,
      Tensor.computed(builder, builder.input(name, shapes[index] ?? [], dtype), data[index]),
    ]),
  );
  const outputs = run.graph(nodes, feeds, outputReferences);
  checkBatch(placeholders, feeds, outputs);
  const quantized = weights.find((weight) => weight.stored !== undefined);
  if (quantized !== undefined) {
    builder.note(`Weights are stored as ${quantized.stored} and widened to ${quantized.dtype} when they are loaded.`);
  }
  const results = knownValues(builder, outputs);
  return { graph: builder.finish(results, graphSource), stored };
}

/** A graph whose file fixes the batch may have it written into its nodes: they would go on with that batch. */
function checkBatch(
  placeholders: readonly { readonly name: string; readonly shape: readonly (number | null)[] }[],
  feeds: ReadonlyMap<string, Tensor>,
  outputs: readonly Tensor[],
): void {
  const changed = placeholders.find(
    ({ name, shape }) => typeof shape[0] === 'number' && feeds.get(name)?.shape[0] !== shape[0],
  );
  const batch = changed && feeds.get(changed.name)?.shape[0];
  const fixed =
    batch &&
    outputs.find(({ shape, unknown }) => unknown === undefined && shape[0] !== undefined && shape[0] !== batch);
  if (!fixed) return;
  throw new ArchmeterError(
    `its nodes are fixed to a batch of ${changed?.shape[0]}: the output '${fixed.name}' has shape ${formatShape(fixed.shape)}`,
    'Leave out the batch, or export the model with the batch that you want.',
  );
}

/** The folder names the model: `model.json` is the same for all. */
function modelName(path: string): string {
  const parts = path.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  return parts.at(-2) ?? 'model';
}

/** Every Const: its type from the manifest or the graph, its contents where they are few and may enter a shape. */
async function storedTensors(
  builder: GraphBuilder,
  nodes: readonly NodeDef[],
  weights: readonly ManifestWeight[],
  source: ByteSource,
): Promise<Map<string, Tensor>> {
  const reader = new WeightReader(source);
  const listed = new Map(weights.map((weight) => [weight.name, weight]));
  const tensors = new Map<string, Tensor>();
  for (const { name, op, value } of nodes) {
    if (op !== 'Const') continue;
    const weight = listed.get(name);
    if (weight !== undefined) {
      const most = isFloat(weight.dtype) ? MAX_KNOWN_FLOATS : FOLD_LIMIT;
      const data = elementCount(weight.shape) <= most ? await reader.read(weight) : undefined;
      tensors.set(name, Tensor.stored(builder, name, weight.shape, weight.dtype, data ? [...data] : value?.data));
    } else if (value !== undefined) {
      tensors.set(name, Tensor.stored(builder, name, value.shape, value.dtype, value.data));
    } else
      throw new ArchmeterError('its contents are neither in the graph nor in the weights manifest', undefined, {
        layer: name,
      });
  }
  return tensors;
}

function placeholdersOf(nodes: readonly NodeDef[], signature: Json | undefined, options: ImportOptions) {
  const described = new Map(
    entriesOf(signature, 'inputs').map(([, entry]) => [
      referenceOf(entry.name ?? null)[0]?.node,
      field(entry, 'tensorShape'),
    ]),
  );
  return nodes
    .filter(({ op, inputs }) => op === 'Placeholder' || (op === 'PlaceholderWithDefault' && inputs.length === 0))
    .map(({ name, attributes }, index) => {
      const stated = described.get(name);
      const shape =
        attributes.shape('shape') ??
        attributes.shapes('_output_shapes')[0] ??
        (isObject(stated) ? shapeOf(stated) : undefined) ??
        options.inputs?.[name] ??
        (index === 0 ? options.inputs?.[''] : undefined);
      if (shape === undefined) {
        throw new ArchmeterError(
          `the file does not tell the shape of its input '${name}'`,
          `Give it: --input ${name}=1x224x224x3.`,
        );
      }
      return { name, shape, dtype: attributes.dtype('dtype') ?? 'float32' };
    });
}

function entriesOf(signature: Json | undefined, side: 'inputs' | 'outputs'): [string, JsonObject][] {
  const holder = isObject(signature) ? (isObject(signature.signature) ? signature.signature : signature) : undefined;
  const entries = holder?.[side];
  if (!isObject(entries)) return [];
  return Object.entries(entries).flatMap(([name, entry]) =>
    isObject(entry) ? [[name, entry] as [string, JsonObject]] : [],
  );
}

/** Those of the signature, else every node that nothing reads. */
function outputsOf(nodes: readonly NodeDef[], signature: Json | undefined): InputReference[] {
  const known = new Set(nodes.map(({ name }) => name));
  const named = entriesOf(signature, 'outputs').flatMap(([, entry]) => referenceOf(entry.name ?? null));
  if (named.length > 0 && named.every(({ node }) => known.has(node))) return named;
  const read = new Set(nodes.flatMap(({ inputs }) => inputs.map(({ node }) => node)));
  return nodes
    .filter(({ name, op }) => !read.has(name) && op !== 'Const' && op !== 'NoOp' && op !== 'Placeholder')
    .map(({ name }) => ({ node: name, index: 0, argument: undefined }));
}
