import { ArchmeterError } from '../../../errors.js';
import { GraphBuilder } from '../../../graph/builder.js';
import type { Value } from '../../../ir/graph.js';
import { opOf } from '../../../ops/index.js';
import type { Argument, ProgramGraph } from '../program.js';
import { Emitter } from './emitter.js';
import type { Lowerer } from './lowerer.js';
import { isStored, type Lowered, type NodeContext } from './node-context.js';
import { type Binding, isTransposed, Scope } from './scope.js';

/** Iterations that are written out one after the other. */
const MAX_ITERATIONS = 4096;

type Operand = Binding | number;

/** Operators that take graphs: what is in them is lowered in their place. */
export function lowerHigherOrder(n: NodeContext, lowerer: Lowerer): Lowered {
  const name = n.node.target.split('.')[1] ?? '';
  if (name === 'cond') return conditional(n, lowerer);
  if (name === 'while_loop') return loop(n, lowerer);
  if (name === 'map_impl' || name === 'map') return mapped(n, lowerer);
  if (name === 'scan') return scanned(n, lowerer);
  if (name === 'flex_attention') return flexAttention(n);
  return wrapped(n, lowerer);
}

/** Wrappers (no_grad, autocast, checkpoint, strict mode …): one graph, and its operands after it. */
function wrapped(n: NodeContext, lowerer: Lowerer): Lowered {
  const graphs = n.positional.flatMap((argument, index) => (argument.kind === 'graph' ? [index] : []));
  const [only, ...more] = graphs;
  if (only === undefined || more.length > 0) return n.opaque('archmeter does not know this higher-order operator');
  return inline(n.graphAt(only), operandsOf(n, n.positional.slice(only + 1)), lowerer);
}

function operandsOf(n: NodeContext, given: readonly Argument[]): Operand[] {
  return given.flatMap((argument): Operand[] => {
    if (argument.kind === 'tensor') return [operand(n, argument.name)];
    if (argument.kind === 'tensors')
      return argument.names.flatMap((name) => (name === undefined ? [] : [operand(n, name)]));
    if (argument.kind === 'number') return [n.scope.number(argument.value)];
    if (argument.kind === 'numbers') return argument.values.map((value) => n.scope.number(value));
    return [];
  });
}

function operand(n: NodeContext, name: string): Binding {
  const binding = n.scope.binding(name);
  n.read.add(isTransposed(binding) ? binding.transposed : binding);
  return binding;
}

/** Lowers a graph with its inputs bound to operands; gives its outputs. */
function inline(graph: ProgramGraph, operands: readonly Operand[], lowerer: Lowerer): (Value | undefined)[] {
  const scope = new Scope(graph);
  graph.inputs.forEach((input, i) => {
    const given = operands[i];
    if (given === undefined)
      throw new ArchmeterError(`a graph has ${graph.inputs.length} inputs for ${operands.length} operands`);
    if (input.kind === 'tensor' && typeof given !== 'number') scope.bind(input.name, given);
    if (input.kind === 'number' && typeof input.value === 'string' && typeof given === 'number') {
      scope.bindNumber(input.value, given);
    }
  });
  lowerer.lowerGraph(scope, lowerer);
  return graph.outputs.flatMap((output) => {
    if (output.kind === 'tensor') return [outputOf(scope, output.name, lowerer)];
    if (output.kind === 'tensors') {
      return output.names.map((name) => (name === undefined ? undefined : outputOf(scope, name, lowerer)));
    }
    return [];
  });
}

function outputOf(scope: Scope, name: string, { emitter }: Lowerer): Value {
  const binding = scope.binding(name);
  if (!isTransposed(binding)) return binding;
  return emitter.builder.add('transpose', [binding.transposed], { permutation: [1, 0] });
}

interface Cost {
  readonly madds: number;
  readonly flops: number;
}

/** What a graph costs, found by lowering it aside. */
function costOf(graph: ProgramGraph, operands: readonly Operand[], lowerer: Lowerer): Cost {
  const aside = new GraphBuilder('branch');
  const copy = (value: Value) =>
    isStored(value)
      ? aside.stored(value.name, value.kind as 'parameter', value.shape, value.dtype)
      : aside.input(value.name, value.shape, value.dtype);
  const copies = operands.map((given): Operand => {
    if (typeof given === 'number' || 'make' in given) return given;
    return isTransposed(given) ? { transposed: copy(given.transposed) } : copy(given);
  });
  const emitter = new Emitter(aside, lowerer.emitter.names, lowerer.policy.otherSizes);
  inline(graph, copies, { ...lowerer, emitter });
  const built = aside.finish([]);
  return built.nodes.reduce(
    (total, node) => {
      const cost = opOf(node.op).arithmetic({
        inputs: node.inputs.map((id) => (id < 0 ? undefined : built.values[id])),
        outputs: node.outputs.map((id) => built.values[id] as Value),
        attributes: node.attributes,
      });
      return { madds: total.madds + cost.madds, flops: total.flops + cost.flops };
    },
    { madds: 0, flops: 0 },
  );
}

/** torch.cond(predicate, true_graph, false_graph, operands): which branch runs depends on the data; the dearer counts. */
function conditional(n: NodeContext, lowerer: Lowerer): Lowered {
  const [predicate, , , ...given] = n.positional;
  const operands = operandsOf(n, given);
  if (predicate?.kind === 'boolean' || predicate?.kind === 'number') {
    const taken = predicate.kind === 'boolean' ? predicate.value : n.scope.number(predicate.value) !== 0;
    return inline(n.graphAt(taken ? 1 : 2), operands, lowerer);
  }
  const costs = [1, 2].map((index) => costOf(n.graphAt(index), operands, lowerer)) as [Cost, Cost];
  const [yes, no] = costs;
  const dearer = yes.madds === no.madds ? yes.flops >= no.flops : yes.madds > no.madds;
  const [counted, left] = dearer ? [yes, no] : [no, yes];
  lowerer.emitter.builder.note(
    `torch.cond '${n.node.name}' runs one of two branches: counted is the dearer, its ${dearer ? 'true' : 'false'} branch ` +
      `(${counted.madds} multiply-adds, ${counted.flops} flops); the other has ${left.madds} and ${left.flops}.`,
  );
  return inline(n.graphAt(dearer ? 1 : 2), operands, lowerer);
}

/** while_loop(condition, body, carried, more): how often it runs depends on the data. */
function loop(n: NodeContext, lowerer: Lowerer): Lowered {
  const operands = operandsOf(n, n.positional.slice(2));
  inline(n.graphAt(0), operands, lowerer);
  lowerer.emitter.builder.note(`while_loop '${n.node.name}' runs as often as its data says: one pass is counted.`);
  return inline(n.graphAt(1), operands, lowerer);
}

function iterations(n: NodeContext, sequence: Value | undefined): number {
  const count = sequence?.shape[0];
  if (count === undefined) throw new ArchmeterError(`${n.node.target} has no sequence to run over`);
  if (count > MAX_ITERATIONS) {
    throw new ArchmeterError(
      `${n.node.target} runs ${count} times, more than the ${MAX_ITERATIONS} that are written out`,
    );
  }
  return count;
}

function at(n: NodeContext, sequence: Value, step: number): Value {
  const part = n.add('slice', [sequence], { starts: [step], ends: [step + 1], axes: [0] });
  return n.add('squeeze', [part], { axes: [0] });
}

function listAt(n: NodeContext, index: number): Operand[] {
  const argument = n.positional[index];
  return argument === undefined ? [] : operandsOf(n, [argument]);
}

function stacked(n: NodeContext, steps: readonly (readonly (Value | undefined)[])[], from: number): Value[] {
  const [first = []] = steps;
  return first.slice(from).map((_, i) =>
    n.add(
      'stack',
      steps.map((outputs) => outputs[from + i]),
      { axis: 0 },
    ),
  );
}

/** map(body, sequences, more): the body for each element of the first axis. */
function mapped(n: NodeContext, lowerer: Lowerer): Lowered {
  const sequences = valuesOf(listAt(n, 1));
  const more = operandsOf(n, n.positional.slice(2));
  const count = iterations(n, sequences[0]);
  const steps = Array.from({ length: count }, (_, step) =>
    inline(n.graphAt(0), [...sequences.map((sequence) => at(n, sequence, step)), ...more], lowerer),
  );
  return stacked(n, steps, 0);
}

/** scan(combine, initial, sequences, more): outputs are the last carried values, then those of all steps. */
function scanned(n: NodeContext, lowerer: Lowerer): Lowered {
  const sequences = valuesOf(listAt(n, 2));
  const more = operandsOf(
    n,
    n.positional.slice(3).filter(({ kind }) => kind === 'tensor' || kind === 'tensors'),
  );
  const count = iterations(n, sequences[0]);
  let carried: (Value | undefined)[] = valuesOf(listAt(n, 1));
  const width = carried.length;
  const steps = Array.from({ length: count }, (_, step) => {
    const operands = [
      ...carried.filter((value) => value !== undefined),
      ...sequences.map((s) => at(n, s, step)),
      ...more,
    ];
    const outputs = inline(n.graphAt(0), operands, lowerer);
    carried = outputs.slice(0, width);
    return outputs;
  });
  return [...carried, ...stacked(n, steps, width)];
}

function valuesOf(operands: readonly Operand[]): Value[] {
  return operands.filter((given): given is Value => typeof given !== 'number' && 'shape' in given);
}

/** Attention with a function on its scores, which is not counted. */
function flexAttention(n: NodeContext): Lowered {
  const [query, key, value] = valuesOf(operandsOf(n, n.positional.slice(0, 3)));
  n.emitter.builder.note(`flex_attention '${n.node.name}': the function on its scores is not counted.`);
  return [n.add('attention', [query, key, value]), ...n.stated.slice(1).map(() => undefined)];
}
