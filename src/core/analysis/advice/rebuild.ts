import { ArchmeterError } from '../../errors.js';
import { GraphBuilder } from '../../graph/builder.js';
import type { Graph, Node, Value } from '../../ir/graph.js';
import { opOf } from '../../ops/index.js';
import type { OpAttributes } from '../../ops/op-attributes.js';
import type { Convolution } from './graph-facts.js';

/** What becomes of a node: other attributes, other inputs, or nothing (it hands on one of its inputs). */
export type Edit = { readonly attributes: Node['attributes'] | OpAttributes['conv'] } | { readonly replaceBy: number };

/**
 * The graph with some nodes changed: every layer is added again in order, shapes are inferred and weights are made anew
 * where their shapes follow from the op. `replaceBy` is a value id of the old graph that stands for the node's output.
 *
 * @returns undefined where the changed graph does not fit together (a reshape with literal sizes, a stored table)
 */
export function rebuild(graph: Graph, edits: ReadonlyMap<number, Edit>): Graph | undefined {
  const builder = new GraphBuilder(graph.name);
  const map = new Map<number, Value>();
  for (const id of graph.inputs) {
    const { name, shape, dtype } = graph.values[id] as Value;
    map.set(id, builder.input(name, shape, dtype));
  }
  const mapped = (id: number): Value => {
    const known = map.get(id);
    if (known !== undefined) return known;
    const { name, kind, shape, dtype, data } = graph.values[id] as Value;
    if (kind === 'input' || kind === 'activation')
      throw new ArchmeterError(`value '${name}' is used before it is made`);
    const made = builder.stored(name, kind, shape, dtype, data);
    map.set(id, made);
    return made;
  };
  try {
    graph.nodes.forEach((node, at) => {
      const edit = edits.get(at);
      if (edit !== undefined && 'replaceBy' in edit) {
        for (const output of node.outputs) map.set(output, mapped(edit.replaceBy));
        return;
      }
      const attributes = edit === undefined ? node.attributes : edit.attributes;
      const inputs = inputsOf(graph, node, mapped);
      const outputs = builder.at(node.scope, () =>
        builder.addUntyped(node.op, inputs, attributes, { name: localName(node) }),
      );
      node.outputs.forEach((id, i) => {
        map.set(id, outputs[i] as Value);
      });
    });
    keepIdle(graph, mapped);
    return builder.finish(graph.outputs.map(mapped), graph.source);
  } catch (error) {
    if (error instanceof ArchmeterError) return undefined;
    throw error;
  }
}

/** Stored values that no layer reads, as those of auxiliary classifiers, stay. */
function keepIdle(graph: Graph, mapped: (id: number) => Value): void {
  const read = new Set([...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs]);
  graph.values.forEach(({ kind }, id) => {
    if (!read.has(id) && kind !== 'input' && kind !== 'activation') mapped(id);
  });
}

/** Inputs of a node; weights that its op can make are left for the builder, so that they fit the new shapes. */
function inputsOf(graph: Graph, node: Node, mapped: (id: number) => Value): (Value | undefined)[] {
  const { inputs: slots, weights, kind } = opOf(node.op);
  const remade = weights !== undefined && kind !== 'embedding';
  const inputs = node.inputs.map((id, i) => {
    if (id < 0) return undefined;
    const slot = slots[Math.min(i, slots.length - 1)];
    const stored = (graph.values[id] as Value).kind !== 'activation' && (graph.values[id] as Value).kind !== 'input';
    return remade && slot?.weight !== undefined && stored ? undefined : mapped(id);
  });
  while (inputs.length > 0 && inputs.at(-1) === undefined) inputs.pop();
  return inputs;
}

function localName({ name, scope }: Node): string {
  return scope !== '' && name.startsWith(`${scope}.`) ? name.slice(scope.length + 1) : name;
}

/** A graph of one convolution on an input of a given shape. */
export function oneConvolution(input: readonly number[], attributes: OpAttributes['conv']): Graph | undefined {
  try {
    const builder = new GraphBuilder('conv');
    return builder.finish([builder.add('conv', [builder.input('input', input)], attributes)]);
  } catch (error) {
    if (error instanceof ArchmeterError) return undefined;
    throw error;
  }
}

/** Attributes that a rebuilt convolution keeps: its weights carry no bias where it had none. */
export function convolutionAttributes(node: Convolution, changes: Partial<OpAttributes['conv']>): OpAttributes['conv'] {
  return { ...node.attributes, bias: (node.inputs[2] ?? -1) >= 0, ...changes };
}
