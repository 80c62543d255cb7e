import { ArchmeterError } from '../../../errors.js';
import type { Value } from '../../../ir/graph.js';
import type { TensorType } from '../../../ir/tensor.js';
import { isIgnored, loweringOf, operatorOf } from '../ops/table.js';
import type { ProgramNode } from '../program.js';
import type { ChangedInput } from '../size-literals.js';
import type { SymbolTable } from '../symbols.js';
import { boundDataDependent } from './data-dependent.js';
import { lowerHigherOrder } from './higher-order.js';
import type { Lowerer } from './lowerer.js';
import { type Lowered, NodeContext } from './node-context.js';
import { isTransposed, type Scope } from './scope.js';
import { numberOf } from './symbolic.js';
import { bindsTransposedWeight } from './transposed-weight.js';

/** Lowers the nodes of a graph in order, binding their outputs in its scope. */
export function lowerGraph(scope: Scope, lowerer: Lowerer): void {
  lowerer.limit.add(scope.graph.nodes.length);
  for (const given of scope.graph.nodes) {
    const node = withoutEffects(given);
    try {
      lowerNode(node, scope, lowerer);
    } catch (error) {
      throw error instanceof ArchmeterError ? lowerer.policy.explain(node, error) : error;
    }
  }
}

/** `with_effects(token, operator, …)` keeps calls in order: the operator itself, without the tokens. */
function withoutEffects(node: ProgramNode): ProgramNode {
  const [, operator, ...inputs] = node.inputs;
  if (node.target !== 'higher_order.with_effects' || operator?.value.kind !== 'text') return node;
  const target = operator.value.value.replace(/^torch\.ops\./, '');
  return { ...node, target, inputs, outputs: node.outputs.slice(1) };
}

function lowerNode(node: ProgramNode, scope: Scope, lowerer: Lowerer): void {
  const { emitter, symbols, policy } = lowerer;
  const operator = operatorOf(node.target);
  if (isIgnored(operator) && outputNames(node).length === 0) return;
  if (givesNumber(node, scope, symbols)) return;
  if (bindsTransposedWeight(node, scope)) return;
  boundDataDependent(node, scope, lowerer);
  policy.admit(node, changedInputs(node, scope, lowerer));
  const names = outputNames(node);
  const n = new NodeContext(node, scope, emitter, statedTypes(names, scope, symbols));
  const lowering = loweringOf(operator);
  const lowered: Lowered =
    lowering !== undefined
      ? lowering(n)
      : operator.namespace === 'higher_order'
        ? lowerHigherOrder(n, lowerer)
        : n.opaque('archmeter does not know this operator');
  const outputs = Array.isArray(lowered) ? (lowered as readonly (Value | undefined)[]) : [lowered as Value];
  names.forEach((name, i) => {
    const output = outputs[i];
    const stated = n.stated[i] as TensorType;
    if (output === undefined) {
      scope.bind(name, { make: () => emitter.byProduct(node, [...n.read], stated) });
      return;
    }
    policy.check(node, output, stated.shape, n.read);
    const computed = output.kind === 'activation' && !n.read.has(output);
    const typed = computed && output.dtype !== stated.dtype ? emitter.builder.retype(output, stated.dtype) : output;
    scope.bind(name, typed);
  });
  // Later readers of the tensor that was written to see the result.
  const [self] = node.inputs;
  const [result] = names;
  if (operator.inPlace && self?.value.kind === 'tensor' && result !== undefined) scope.alias(self.value.name, result);
}

/** Nodes on numbers: their value is computed, or follows from the expression that the file states. */
function givesNumber(node: ProgramNode, scope: Scope, symbols: SymbolTable): boolean {
  const [output] = node.outputs;
  if (output?.kind !== 'number' || typeof output.value !== 'string') return false;
  const stated = scope.graph.symbols.get(output.value);
  const value = numberOf(node, scope) ?? (stated === undefined ? undefined : symbols.tryEvaluate(stated));
  if (value !== undefined) scope.bindNumber(output.value, value);
  return true;
}

function outputNames(node: ProgramNode): string[] {
  return node.outputs.flatMap((output) => {
    if (output.kind === 'tensor') return [output.name];
    return output.kind === 'tensors' ? output.names.filter((name) => name !== undefined) : [];
  });
}

function statedTypes(names: readonly string[], scope: Scope, symbols: SymbolTable): TensorType[] {
  return names.map((name) => {
    const meta = scope.graph.tensors.get(name);
    if (meta === undefined) throw new ArchmeterError(`the file does not state the shape of '${name}'`);
    return { shape: symbols.shapeOf(meta), dtype: meta.dtype };
  });
}

function changedInputs(node: ProgramNode, scope: Scope, { policy, symbols }: Lowerer): ChangedInput[] {
  if (!policy.otherSizes) return [];
  return node.inputs.flatMap(({ value }) => {
    const names = value.kind === 'tensor' ? [value.name] : value.kind === 'tensors' ? value.names : [];
    return names.flatMap((name) => {
      const meta = name === undefined ? undefined : scope.graph.tensors.get(name);
      if (name === undefined || meta === undefined) return [];
      const binding = scope.binding(name);
      if (isTransposed(binding)) return [];
      const stated = symbols.shapeOf(meta);
      const changed = binding.shape.some((size, axis) => size !== stated[axis]);
      return changed ? [{ current: binding.shape, stated }] : [];
    });
  });
}
