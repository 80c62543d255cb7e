import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/builder.js';
import { compareWithStated, type FunctionRunner, type GraphNode } from '../tensorflow/call.js';
import { lowerNode } from '../tensorflow/lower.js';
import { Tensor } from '../tensorflow/tensor.js';
import type { FunctionDef, InputReference, NodeDef } from './graph-def.js';
import { closedShape } from './proto-json.js';

/** Nodes run in one model, those of functions and loops each time: past this a small file would grow without end. */
const MAX_NODES = 400_000;

/** Where the outputs of an op begin that has several named ones: functions refer to them by name. */
const OUTPUT_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  FusedBatchNorm: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2'],
  FusedBatchNormV2: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2'],
  FusedBatchNormV3: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2', 'reserve_space_3'],
  TopKV2: ['values', 'indices'],
  Switch: ['output_false', 'output_true'],
  Merge: ['output', 'value_index'],
  MaxPoolWithArgmax: ['output', 'argmax'],
  Unique: ['y', 'idx'],
  UniqueV2: ['y', 'idx'],
  NonMaxSuppressionV4: ['selected_indices', 'valid_outputs'],
  NonMaxSuppressionV5: ['selected_indices', 'selected_scores', 'valid_outputs'],
};

/** Runs the nodes of a GraphDef and of its functions, those alone that its outputs need. */
export class GraphRun implements FunctionRunner {
  private count = 0;
  private depth = 0;

  constructor(
    private readonly builder: GraphBuilder,
    private readonly functions: ReadonlyMap<string, FunctionDef>,
    private readonly stored: ReadonlyMap<string, Tensor>,
    /** Compare with the shapes that the file states. */
    private readonly compareShapes: boolean,
  ) {}

  run(name: string | number, inputs: readonly Tensor[]): Tensor[] {
    const definition = this.functions.get(String(name));
    if (definition === undefined) throw new ArchmeterError(`the file has no function '${name}'`);
    if (++this.depth > 64) throw new ArchmeterError(`function '${name}' calls itself`);
    const feeds = new Map<string, Tensor>();
    definition.arguments.forEach((argument, index) => {
      const input = inputs[index];
      if (input === undefined)
        throw new ArchmeterError(`function '${name}' is called without its argument '${argument}'`);
      feeds.set(argument, input);
    });
    try {
      return this.graph(definition.nodes, feeds, definition.results);
    } finally {
      this.depth--;
    }
  }

  /** The asked-for outputs of a list of nodes in any order. */
  graph(nodes: readonly NodeDef[], feeds: ReadonlyMap<string, Tensor>, outputs: readonly InputReference[]): Tensor[] {
    const byName = new Map(nodes.map((node) => [node.name, node]));
    const results = new Map<string, readonly Tensor[]>([...feeds].map(([name, tensor]) => [name, [tensor]]));
    for (const name of orderOf(byName, results, outputs)) {
      const node = byName.get(name) as NodeDef;
      results.set(name, this.node(node, byName, results));
    }
    return outputs.map((reference) => this.lookup(reference, byName, results, reference.node));
  }

  private node(
    node: NodeDef,
    byName: ReadonlyMap<string, NodeDef>,
    results: ReadonlyMap<string, readonly Tensor[]>,
  ): readonly Tensor[] {
    if (++this.count > MAX_NODES) throw new ArchmeterError(`the model runs more than ${MAX_NODES} nodes`);
    if (node.op === 'Const') {
      const stored = this.stored.get(node.name) ?? inlineConstant(this.builder, node);
      return [stored];
    }
    const references = node.inputs.filter((input) => !isBackEdge(node, byName.get(input.node)));
    const call: GraphNode = {
      name: node.name,
      op: node.op,
      attributes: node.attributes,
      inputs: references.map((reference) => this.lookup(reference, byName, results, node.name)),
      stated: this.compareShapes ? statedOutputs(node) : [],
    };
    const outputs = lowerNode(this.builder, call, this);
    compareWithStated(call, outputs);
    return outputs;
  }

  private lookup(
    reference: InputReference,
    byName: ReadonlyMap<string, NodeDef>,
    results: ReadonlyMap<string, readonly Tensor[]>,
    reader: string,
  ): Tensor {
    const op = byName.get(reference.node)?.op ?? '';
    const names = reference.argument === undefined ? undefined : OUTPUT_ARGUMENTS[op];
    const start = names === undefined ? 0 : Math.max(names.indexOf(reference.argument as string), 0);
    const outputs = results.get(reference.node) ?? [];
    const tensor = outputs[start + reference.index];
    if (tensor !== undefined) return tensor;
    const problem =
      outputs.length === 0
        ? `it reads '${reference.node}', which has no output`
        : `it reads output ${start + reference.index} of '${reference.node}', which has ${outputs.length}`;
    throw new ArchmeterError(problem, undefined, { layer: reader });
  }
}

function statedOutputs(node: NodeDef): GraphNode['stated'] {
  const dtype = node.attributes.dtype('T') ?? node.attributes.dtype('dtype') ?? 'float32';
  return node.attributes.shapes('_output_shapes').map((open) => {
    const shape = closedShape(open);
    return shape && { shape, dtype };
  });
}

function inlineConstant(builder: GraphBuilder, node: NodeDef): Tensor {
  if (node.value === undefined) throw new ArchmeterError('its contents are missing', undefined, { layer: node.name });
  return Tensor.stored(builder, node.name, node.value.shape, node.value.dtype, node.value.data);
}

/** What a loop hands to its next turn: Merge has its first value from outside. */
function isBackEdge(node: NodeDef, input: NodeDef | undefined): boolean {
  return node.op === 'Merge' && input?.op === 'NextIteration';
}

/** The nodes that the outputs need, inputs before their readers. */
function orderOf(
  nodes: ReadonlyMap<string, NodeDef>,
  done: ReadonlyMap<string, unknown>,
  outputs: readonly InputReference[],
): string[] {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const stack: { readonly name: string; next: number }[] = [];
  const visit = (name: string, reader: string) => {
    if (done.has(name) || state.get(name) === 'done') return;
    if (state.get(name) === 'open') {
      throw new ArchmeterError('its input depends on its own output', 'The graph is damaged.', { layer: reader });
    }
    if (!nodes.has(name)) {
      throw new ArchmeterError(`it reads '${name}', which is not in the graph`, undefined, { layer: reader });
    }
    state.set(name, 'open');
    stack.push({ name, next: 0 });
  };
  for (const { node: output } of outputs) {
    visit(output, output);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const node = nodes.get(top.name) as NodeDef;
      const input = node.inputs[top.next++];
      if (input === undefined) {
        state.set(top.name, 'done');
        order.push(top.name);
        stack.pop();
      } else if (!isBackEdge(node, nodes.get(input.node))) visit(input.node, node.name);
    }
  }
  return order;
}
