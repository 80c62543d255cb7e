import type { Value } from '../../../ir/graph.js';
import { CONTRACTION_KINDS } from '../../../ops/define-op.js';
import { opOf } from '../../../ops/index.js';
import type { OpName } from '../../../ops/op-attributes.js';
import type { ModuleCall, ProgramGraph, ProgramNode } from '../program.js';
import { isStored } from './node-context.js';

export interface LayerName {
  readonly scope: string;
  readonly name: string;
}

/**
 * Names of layers after the modules that they come from: a module of torch.nn with one op, called once or more, gives the op its name (`layer1.0.conv1`),
 * and so does the module that holds an op's weights; other ops are named after what they do, inside their module.
 */
export class LayerNames {
  /** The operators called directly in a module, by path. */
  private readonly operators = new Map<string, Set<string>>();
  /** Paths of modules that hold other modules. */
  private readonly parents = new Set<string>();

  constructor(graph: ProgramGraph) {
    this.survey(graph);
  }

  of(node: ProgramNode, op: OpName, inputs: readonly (Value | undefined)[]): LayerName {
    const module = node.modules.at(-1);
    const owner = ownerOfWeights(op, inputs);
    if (module === undefined) return owner === undefined ? { scope: '', name: op } : split(owner);
    if (this.isSingle(module)) return split(module.path);
    if (owner !== undefined) {
      const within = owner === module.path || owner.startsWith(`${module.path}.`);
      if (within || !this.isLeaf(module)) return split(owner);
      return split(module.path);
    }
    return { scope: module.path, name: op };
  }

  private survey(graph: ProgramGraph): void {
    for (const node of graph.nodes) {
      const module = node.modules.at(-1);
      if (module !== undefined) {
        const known = this.operators.get(module.path) ?? new Set();
        this.operators.set(module.path, known.add(node.target));
      }
      for (const outer of node.modules.slice(0, -1)) this.parents.add(outer.path);
      for (const { value } of node.inputs) if (value.kind === 'graph') this.survey(value.graph);
    }
  }

  private isLeaf(module: ModuleCall): boolean {
    return !this.parents.has(module.path) && module.type.startsWith('torch.nn.');
  }

  private isSingle(module: ModuleCall): boolean {
    return this.isLeaf(module) && this.operators.get(module.path)?.size === 1;
  }
}

/** `blocks.0.attn.qkv` for a layer whose weights are `blocks.0.attn.qkv.weight` and `….bias`. */
function ownerOfWeights(op: OpName, inputs: readonly (Value | undefined)[]): string | undefined {
  const { kind } = opOf(op);
  if (!CONTRACTION_KINDS.has(kind) && kind !== 'normalization' && kind !== 'embedding') return undefined;
  for (const input of inputs.slice(1)) {
    if (input === undefined || !isStored(input)) continue;
    const owner = /^(.+)[._](weight|bias|running_mean)(_[a-z0-9]+)*$/.exec(input.name)?.[1];
    if (owner !== undefined) return owner;
  }
  return undefined;
}

function split(path: string): LayerName {
  const dot = path.lastIndexOf('.');
  return { scope: dot < 0 ? '' : path.slice(0, dot), name: path.slice(dot + 1) };
}
