import { ArchmeterError } from '../errors.js';
import type { Graph, Node, Value } from '../ir/graph.js';
import type { AnyOp } from '../ops/define-op.js';
import { opOf } from '../ops/index.js';
import { resolveAttributes } from '../ops/resolve.js';
import { SPEC_SCHEMA } from './read-spec.js';

/**
 * A graph as the contents of a layer-spec file, every layer written out, and of each what differs from the defaults: the
 * way back from a model of the zoo.
 *
 * @throws ArchmeterError where a layer takes a stored tensor that its op does not make, or is unknown, where weights are
 * shared or belong to no layer
 */
export function graphToSpec(graph: Graph): Record<string, unknown> {
  checkWeights(graph);
  const inputs = graph.inputs.map((id) => tensorOf(graph, id));
  const [only] = inputs.length === 1 ? inputs : [];
  const outputs = graph.outputs.map((id) => tensorOf(graph, id).name);
  const last = graph.nodes.at(-1)?.outputs[0] ?? graph.inputs[0];
  return {
    schema: SPEC_SCHEMA,
    name: graph.name,
    ...(only?.name === 'input'
      ? { input: inputOf(only) }
      : { inputs: Object.fromEntries(inputs.map((input) => [input.name, inputOf(input)])) }),
    layers: graph.nodes.map((node, i) =>
      layerOf(graph, node, i === 0 ? graph.inputs[0] : graph.nodes[i - 1]?.outputs[0]),
    ),
    ...(graph.outputs.length === 1 && graph.outputs[0] === last ? {} : { outputs }),
  };
}

/** In a spec file each layer has weights of its own, and there are no others. */
function checkWeights(graph: Graph): void {
  const read = new Set<number>();
  for (const { inputs, name } of graph.nodes) {
    for (const id of inputs) {
      if (id < 0 || tensorOf(graph, id).kind !== 'parameter') continue;
      if (read.has(id))
        throw new ArchmeterError('shared weights have no place in a spec file', undefined, { layer: name });
      read.add(id);
    }
  }
  const unread = graph.values.find(({ kind }, id) => kind === 'parameter' && !read.has(id));
  if (unread !== undefined) {
    throw new ArchmeterError(`weights that no layer reads have no place in a spec file: '${unread.name}'`);
  }
}

function inputOf({ shape, dtype }: Value): unknown {
  return dtype === 'float32' ? shape : { shape, dtype };
}

function layerOf(graph: Graph, node: Node, previous: number | undefined): Record<string, unknown> {
  const op = opOf(node.op);
  const slots = op.inputs;
  const data = node.inputs.filter((id, i) => {
    if (id < 0) return false;
    const { kind } = tensorOf(graph, id);
    const made = slots[Math.min(i, slots.length - 1)]?.weight !== undefined;
    if (kind === 'input' || kind === 'activation') return true;
    if (made) return false;
    throw new ArchmeterError('a layer takes a tensor that spec files cannot name', undefined, { layer: node.name });
  });
  if (op.kind === 'opaque')
    throw new ArchmeterError('an unknown op has no place in a spec file', undefined, { layer: node.name });
  // What joins one value alone copies it; spec files take that for a forgotten name.
  const { op: name, attributes } =
    data.length === 1 && (slots.at(-1)?.least ?? 1) > 1
      ? { op: 'tile', attributes: { repeats: tensorOf(graph, data[0] as number).shape.map(() => 1) } }
      : node;
  return {
    op: name,
    name: node.name,
    ...(data.length === 1 && data[0] === previous ? {} : { inputs: data.map((id) => tensorOf(graph, id).name) }),
    ...(node.outputs.length > 1 ? { as: node.outputs.map((id) => tensorOf(graph, id).name) } : {}),
    ...beyondDefaults(opOf(name), attributes),
  };
}

/** The attributes without those that the op's defaults would give again. */
function beyondDefaults(op: AnyOp, attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = { ...attributes };
  for (const [key, value] of Object.entries(attributes)) {
    delete kept[key];
    if (JSON.stringify(resolveAttributes(op, kept)[key]) !== JSON.stringify(value)) kept[key] = value;
  }
  return kept;
}

function tensorOf(graph: Graph, id: number): Value {
  return graph.values[id] as Value;
}
