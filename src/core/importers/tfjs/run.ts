import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/builder.js';
import { WorkLimit } from '../shared/work-limit.js';
import { compareWithStated, type FunctionRunner, type GraphNode } from '../tensorflow/call.js';
import { lowerNode } from '../tensorflow/lower.js';
import { Tensor } from '../tensorflow/tensor.js';
import { branchOf, type Frame, Frames } from './frames.js';
import type { FunctionDef, InputReference, NodeDef } from './graph-def.js';

/** A loop is unrolled while its condition is known; longer ones, and others, are counted once. */
const MAX_TURNS = 1024;

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
  private readonly limit = new WorkLimit();
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
    return this.ordered({ nodes: byName, frames: new Frames(byName), stored: this.stored }, feeds, outputs);
  }

  private ordered(
    graph: LinkedGraph,
    feeds: ReadonlyMap<string, Tensor>,
    outputs: readonly InputReference[],
  ): Tensor[] {
    this.limit.add(1);
    const results = new Map<string, readonly Tensor[]>([...feeds].map(([name, tensor]) => [name, [tensor]]));
    for (const name of orderOf(graph, results, outputs)) {
      const node = graph.nodes.get(name) as NodeDef;
      const exit = graph.frames.exit(name);
      if (exit === undefined) results.set(name, this.node(node, graph, results));
      else if (!results.has(name)) this.loop(exit.frame, graph, results);
    }
    return outputs.map((reference) => this.lookup(reference, graph.nodes, results, reference.node));
  }

  /** Runs a loop of the old kind turn by turn and stores the results of all of its Exits. */
  private loop(frame: Frame, graph: LinkedGraph, results: Map<string, readonly Tensor[]>): void {
    const entering = new Map(frame.enters.map((name) => [name, (results.get(name) as readonly Tensor[])[0] as Tensor]));
    const state = new Map(frame.variables.map(({ enter, merge }) => [merge, entering.get(enter) as Tensor]));
    const once = (reason: string) => {
      this.builder.note(
        `How often '${frame.name}' loops ${reason}: as many turns are counted as are known, at least one.`,
      );
    };
    for (let turn = 0; ; turn++) {
      const feeds = new Map([...entering, ...state]);
      const [goesOn] = frame.condition === undefined ? [] : this.ordered(graph, feeds, [frame.condition]);
      const known = goesOn?.data?.[0];
      if (known === 0) break;
      const changing = frame.variables.filter(({ next }) => next !== undefined);
      const after = this.ordered(
        graph,
        feeds,
        changing.map(({ next }) => next as InputReference),
      );
      changing.forEach(({ merge }, i) => {
        state.set(merge, after[i] as Tensor);
      });
      if (known === undefined) once('depends on the data');
      else if (turn + 1 === MAX_TURNS) once(`is more than ${MAX_TURNS}`);
      else continue;
      break;
    }
    for (const { name } of graph.nodes.values()) {
      const exit = graph.frames.exit(name);
      if (exit?.frame === frame) results.set(name, [state.get(exit.merge) as Tensor]);
    }
  }

  private node(node: NodeDef, graph: LinkedGraph, results: ReadonlyMap<string, readonly Tensor[]>): readonly Tensor[] {
    this.limit.add(1);
    if (node.op === 'Const') {
      const stored = this.stored.get(node.name) ?? inlineConstant(this.builder, node);
      return [stored];
    }
    const references = neededInputs(graph, node);
    if (node.op === 'Merge' && node.inputs.length > 1 && takenBranch(graph, node) === undefined) {
      this.builder.note(
        `'${node.name}' joins branches of a condition that depends on the data: one of them is counted.`,
      );
    }
    const call: GraphNode = {
      name: node.name,
      op: node.op,
      attributes: node.attributes,
      inputs: references.map((reference) => this.lookup(reference, graph.nodes, results, node.name)),
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
    const [first] = outputs;
    const tensor = first?.unknown === undefined ? outputs[start + reference.index] : first;
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
  return node.attributes.shapes('_output_shapes').map((shape) => shape && { shape, dtype });
}

function inlineConstant(builder: GraphBuilder, node: NodeDef): Tensor {
  if (node.value === undefined) throw new ArchmeterError('its contents are missing', undefined, { layer: node.name });
  return Tensor.stored(builder, node.name, node.value.shape, node.value.dtype, node.value.data);
}

/** The nodes of a graph by name, and its loops of the old kind. */
interface LinkedGraph {
  readonly nodes: ReadonlyMap<string, NodeDef>;
  readonly frames: Frames;
  readonly stored: ReadonlyMap<string, Tensor>;
}

/**
 * What has to run before a node: its inputs. A loop needs what enters it, and its inside runs by itself; where branches
 * join, one is enough: the one that a constant condition takes, else the last, which TensorFlow writes for `true`.
 */
function neededInputs(graph: LinkedGraph, node: NodeDef): readonly InputReference[] {
  const exit = graph.frames.exit(node.name);
  if (exit !== undefined) return exit.frame.enters.map((enter) => ({ node: enter, index: 0, argument: undefined }));
  if (node.op !== 'Merge' || node.inputs.length < 2) return node.inputs;
  return [takenBranch(graph, node) ?? (node.inputs.at(-1) as InputReference)];
}

/** The input of a Merge that is taken where the condition before it is a constant. */
function takenBranch(graph: LinkedGraph, node: NodeDef): InputReference | undefined {
  return node.inputs.find((input) => {
    const branch = branchOf(graph.nodes, input);
    const condition = branch?.condition && constantOf(graph, branch.condition);
    return condition !== undefined && (condition !== 0) === branch?.taken;
  });
}

function constantOf({ nodes, stored }: LinkedGraph, reference: InputReference): number | undefined {
  let node = nodes.get(reference.node);
  for (let step = 0; node?.op === 'Identity' && step < nodes.size; step++) node = nodes.get(node.inputs[0]?.node ?? '');
  return node && (stored.get(node.name)?.data ?? node.value?.data)?.[0];
}

/** Names of the nodes that the outputs need, inputs before their readers. */
export function neededNodes(
  nodes: readonly NodeDef[],
  outputs: readonly InputReference[],
  stored: ReadonlyMap<string, Tensor>,
): string[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return orderOf({ nodes: byName, frames: new Frames(byName), stored }, new Map(), outputs);
}

function orderOf(graph: LinkedGraph, done: ReadonlyMap<string, unknown>, outputs: readonly InputReference[]): string[] {
  const { nodes } = graph;
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const stack: { readonly name: string; readonly inputs: readonly InputReference[]; next: number }[] = [];
  const visit = (name: string, reader: string) => {
    if (done.has(name) || state.get(name) === 'done') return;
    if (state.get(name) === 'open') {
      throw new ArchmeterError('its input depends on its own output', 'The graph is damaged.', { layer: reader });
    }
    const node = nodes.get(name);
    if (node === undefined) {
      throw new ArchmeterError(`it reads '${name}', which is not in the graph`, undefined, { layer: reader });
    }
    state.set(name, 'open');
    stack.push({ name, inputs: neededInputs(graph, node), next: 0 });
  };
  for (const { node: output } of outputs) {
    visit(output, output);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const input = top.inputs[top.next++];
      if (input === undefined) {
        state.set(top.name, 'done');
        order.push(top.name);
        stack.pop();
      } else visit(input.node, top.name);
    }
  }
  return order;
}
