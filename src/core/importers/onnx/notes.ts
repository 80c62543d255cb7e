import type { Graph, Node, Value } from '../../ir/graph.js';
import { elementCount } from '../../ir/tensor.js';
import type { OpKind } from '../../ops/define-op.js';
import { opOf } from '../../ops/index.js';
import type { GraphProto, NodeProto } from './protobuf/messages.js';
import type { ParameterRoles } from './roles.js';

const BATCH_NORM_FOLDED = 'FuseBatchNormIntoConv';
const WITH_BIAS: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm']);

const count = (n: number) => n.toLocaleString('en-US');

/** Why the file's parameters differ from the source model's, from what torch's exporter writes beside its nodes. */
export function exporterNotes(graph: GraphProto): string[] {
  const shapes = new Map(graph.initializers.map(({ name, dims }) => [name, dims]));
  // A quantised weight reaches its layer through DequantizeLinear.
  for (const { type, inputs, outputs } of graph.nodes) {
    const stored = type === 'DequantizeLinear' ? shapes.get(inputs[0] ?? '') : undefined;
    if (stored !== undefined) shapes.set(outputs[0] ?? '', stored);
  }
  const channels = (node: NodeProto) => {
    const weight = shapes.get(node.inputs[1] ?? '') ?? [];
    const isColumns = node.type === 'Gemm' && !node.attributes.some(({ name, int }) => name === 'transB' && int === 1);
    return weight[isColumns ? 1 : 0] ?? 0;
  };
  const folded: NodeProto[] = [];
  let normParameters = 0;
  let madeBiases = 0;
  let zeroBiases = 0;
  for (const node of graph.nodes) {
    const traced = metadata(node, 'pkg.torch.onnx.fx_node').match(/%p_\w+/g) ?? [];
    const bias = shapes.get(node.inputs[2] ?? '');
    if (metadata(node, 'pkg.onnxscript.rewriter.rule_name').includes(BATCH_NORM_FOLDED)) {
      folded.push(node);
      normParameters += traced.length * channels(node);
      if (bias !== undefined) madeBiases += elementCount(bias);
    } else if (
      WITH_BIAS.has(node.type) &&
      (node.inputs[2] ?? '') === '' &&
      traced.some((name) => name.endsWith('_bias'))
    ) {
      zeroBiases += channels(node);
    }
  }
  const notes: string[] = [];
  if (folded.length > 0) {
    const made = madeBiases === 0 ? '' : `, where the file has ${count(madeBiases)} biases of these convolutions`;
    const more = normParameters === 0 ? '' : `${count(normParameters)} `;
    notes.push(
      `The exporter folded batch norm into ${folded.length} convolutions: the source model has ${more}more parameters for its scales and shifts${made}.`,
    );
  }
  if (zeroBiases > 0) {
    notes.push(
      `The exporter left out biases that are all zero: the source model has ${count(zeroBiases)} more parameters.`,
    );
  }
  const merged = mergedParameters(graph, shapes);
  if (merged.tensors > 0) {
    notes.push(
      `The exporter stored ${merged.tensors} tensors of the source model once with others that are equal: the source model has ${count(merged.elements)} more parameters.`,
    );
  }
  return notes;
}

/**
 * Parameters that torch traced as different, but of which the file stores one tensor. A node's traced parameters and its
 * stored inputs come in the same order; where a linear layer was written as product and sum, the product has the first.
 */
function mergedParameters(
  graph: GraphProto,
  shapes: ReadonlyMap<string, readonly number[]>,
): { tensors: number; elements: number } {
  const names = new Map<string, Set<string>>();
  for (const node of graph.nodes) {
    const traced = [...new Set(metadata(node, 'pkg.torch.onnx.fx_node').match(/%p_\w+/g))];
    const slots = node.type === 'BatchNormalization' ? node.inputs.slice(1, 3) : node.inputs;
    const stored = slots.filter((name) => shapes.has(name) && elementCount(shapes.get(name) as readonly number[]) > 1);
    const first = node.type === 'MatMul' ? 0 : traced.length - stored.length;
    stored.forEach((name, i) => {
      const source = traced[first + i];
      if (source !== undefined) names.set(name, (names.get(name) ?? new Set()).add(source));
    });
  }
  let tensors = 0;
  let elements = 0;
  for (const [name, sources] of names) {
    tensors += sources.size - 1;
    elements += (sources.size - 1) * elementCount(shapes.get(name) as readonly number[]);
  }
  return { tensors, elements };
}

/** Says which parameters several layers share, and which the exporter computed ahead of time. */
export function withParameterNotes(graph: Graph, roles: ParameterRoles): Graph {
  const users = usersOf(graph);
  const workers = (id: number) => users.get(id)?.filter(({ op }) => !MOVES.has(opOf(op).kind)) ?? [];
  const parameters = graph.values.filter(({ kind }) => kind === 'parameter');
  const notes = [...graph.notes];
  const shared = parameters.filter(({ id }) => workers(id).length > 1);
  const [first] = shared;
  if (first !== undefined) {
    const layers = workers(first.id);
    const subject = shared.length === 1 ? 'One parameter is' : `${shared.length} parameters are`;
    notes.push(
      `${subject} used by more than one layer, tied by the author or stored once by the exporter because equal, and counted once: '${first.name}' by ${listed(layers.map(({ name }) => name))}.`,
    );
  }
  // A linear layer's weight is only transposed.
  const isMatrix = ({ id }: Value) => users.get(id)?.every(({ op }) => op === 'linear');
  const computed = parameters.filter((value) => roles.isAuthors(value.name) === false && !isMatrix(value));
  const made = computed.filter(({ id }) => users.has(id));
  if (made.length > 0) {
    const elements = made.reduce((sum, { shape }) => sum + elementCount(shape), 0);
    notes.push(
      `The exporter computed ${made.length === 1 ? 'a stored tensor' : `${made.length} stored tensors`} of the source's parameters ahead of time (${count(elements)} elements, counted as parameters): ${listed(made.map(({ name }) => name))}.`,
    );
  }
  return { ...graph, notes };
}

function usersOf(graph: Graph): Map<number, Node[]> {
  const users = new Map<number, Node[]>();
  for (const node of graph.nodes) {
    for (const id of new Set(node.inputs)) {
      const known = users.get(id);
      if (known === undefined) users.set(id, [node]);
      else known.push(node);
    }
  }
  return users;
}

/** Taking a part of a weight is not using it. */
const MOVES: ReadonlySet<OpKind> = new Set<OpKind>(['movement', 'view']);

export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `'${name}'`);
  return names.length > 3 ? `${shown.join(', ')} and ${names.length - 3} more` : shown.join(' and ');
}

function metadata(node: NodeProto, name: string): string {
  return node.metadata.find(({ key }) => key === name)?.value ?? '';
}
