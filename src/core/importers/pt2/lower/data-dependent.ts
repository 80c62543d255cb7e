import { elementCount } from '../../../ir/tensor.js';
import { operatorOf } from '../ops/table.js';
import type { ProgramNode, TensorMeta } from '../program.js';
import type { Lowerer } from './lowerer.js';
import { isTransposed, type Scope } from './scope.js';

/**
 * Operators that give as many elements as the data has of a kind: the most that there can be is taken, and a note says so.
 */
export function boundDataDependent(node: ProgramNode, scope: Scope, { emitter, symbols }: Lowerer): void {
  const { name } = operatorOf(node.target);
  const most = mostElements(name, node, scope);
  const [output] = node.outputs;
  if (most === undefined || output?.kind !== 'tensor') return;
  for (const size of scope.graph.tensors.get(output.name)?.sizes ?? ([] as TensorMeta['sizes'])) {
    if (typeof size === 'number' || size.expression.kind !== 'symbol') continue;
    const symbol = size.expression.name;
    if (symbols.has(symbol)) continue;
    const bound = Math.min(most, symbols.upperBound(symbol) ?? most);
    symbols.set(symbol, bound);
    emitter.builder.note(
      `How many elements ${node.name} (${node.target}) gives depends on the data: the most there can be, ${bound}, is counted.`,
    );
  }
}

function mostElements(name: string, node: ProgramNode, scope: Scope): number | undefined {
  const shapeOf = (argument: string): readonly number[] | undefined => {
    const value = node.inputs.find((input) => input.name === argument)?.value;
    const tensor = value?.kind === 'tensors' ? value.names.find((item) => item !== undefined) : undefined;
    const binding = value?.kind === 'tensor' ? value.name : tensor;
    if (binding === undefined) return undefined;
    const found = scope.binding(binding);
    return isTransposed(found) ? found.transposed.shape : found.shape;
  };
  const shape =
    name === 'nonzero'
      ? shapeOf('self')
      : name === 'index'
        ? shapeOf('indices')
        : name === 'masked_select'
          ? shapeOf('mask')
          : name === 'nms'
            ? shapeOf('scores')
            : /^_?unique/.test(name)
              ? shapeOf('self')
              : undefined;
  return shape === undefined ? undefined : elementCount(shape);
}
