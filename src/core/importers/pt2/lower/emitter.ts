import { ArchmeterError } from '../../../errors.js';
import type { GraphBuilder } from '../../../graph/builder.js';
import type { Value } from '../../../ir/graph.js';
import type { DType, TensorType } from '../../../ir/tensor.js';
import type { OpAttributes, OpName } from '../../../ops/op-attributes.js';
import type { ProgramNode } from '../program.js';
import type { LayerNames } from './layer-names.js';
import { isTransposed, type Scope } from './scope.js';

/** Adds ops to the graph under the names of the modules that they come from. */
export class Emitter {
  private readonly constants = new Map<string, Value>();

  constructor(
    readonly builder: GraphBuilder,
    readonly names: LayerNames,
    /** Unknown ops cannot be followed to sizes other than the file's. */
    private readonly otherSizes: boolean,
  ) {}

  add<N extends OpName>(
    node: ProgramNode,
    op: N,
    inputs: readonly (Value | undefined)[],
    attributes: OpAttributes[N],
  ): Value[] {
    const { scope, name } = this.names.of(node, op, inputs);
    return this.builder.at(scope, () => this.builder.addAll<OpName>(op, inputs, attributes, { name }));
  }

  opaque(node: ProgramNode, inputs: readonly Value[], outputs: readonly TensorType[], reason: string): Value[] {
    if (this.otherSizes) {
      throw new ArchmeterError(
        `${node.target} is not known to archmeter, so its output at another size is not known either`,
        'Use the sizes of the file, or export the model with dynamic_shapes.',
      );
    }
    const attributes = { type: node.target, reason, outputs: outputs.map(({ shape, dtype }) => ({ shape, dtype })) };
    return this.add(node, 'opaque', inputs, attributes);
  }

  /** An output for the backward pass that the program reads all the same. */
  byProduct(node: ProgramNode, inputs: readonly Value[], type: TensorType): Value {
    return this.opaque(node, inputs, [type], 'a by-product for the backward pass, not counted')[0] as Value;
  }

  constant(value: number, dtype: DType): Value {
    const key = `${dtype} ${value}`;
    const known = this.constants.get(key);
    if (known !== undefined) return known;
    // Graphs are JSON, which has no infinities.
    const data = Number.isFinite(value) ? [value] : undefined;
    const made = this.builder.stored(`constant ${value}`, 'constant', [], dtype, data);
    this.constants.set(key, made);
    return made;
  }

  /** The value of a name; a stored matrix that is seen transposed is turned now, once. */
  materialized(node: ProgramNode, scope: Scope, name: string): Value {
    const binding = scope.binding(name);
    if (!isTransposed(binding)) return binding;
    const [turned] = this.add(node, 'transpose', [binding.transposed], { permutation: [1, 0] });
    scope.bind(name, turned as Value);
    return turned as Value;
  }
}
