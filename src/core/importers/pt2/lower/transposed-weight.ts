import { operatorOf } from '../ops/table.js';
import type { ProgramNode } from '../program.js';
import { isStored } from './node-context.js';
import { isTransposed, type Scope } from './scope.js';

const TURNS = new Set([
  't',
  'numpy_T',
  'mT',
  'transpose',
  'swapaxes',
  'swapdims',
  'permute',
  'transpose_copy',
  'permute_copy',
  't_copy',
]);

/**
 * Decomposed programs turn a layer's weight before they multiply with it: the name is bound to the weight as it is
 * stored, and no op is added. Turning it back gives the weight itself.
 */
export function bindsTransposedWeight(node: ProgramNode, scope: Scope): boolean {
  const { namespace, name, inPlace } = operatorOf(node.target);
  const [first, ...rest] = node.inputs;
  const [output] = node.outputs;
  if (namespace !== 'aten' || inPlace || !TURNS.has(name)) return false;
  if (first?.value.kind !== 'tensor' || output?.kind !== 'tensor') return false;
  const binding = scope.binding(first.value.name);
  const stored = isTransposed(binding) ? binding.transposed : binding;
  if (!isStored(stored) || stored.shape.length !== 2) return false;
  const axes = rest.flatMap(({ value }) =>
    value.kind === 'numbers' ? value.values : value.kind === 'number' ? [value.value] : [],
  );
  const swaps = axes.length === 0 || axes.every((axis) => typeof axis === 'number');
  const places = axes.map((axis) => (Number(axis) + 2) % 2);
  if (!swaps || (places.length > 0 && places[0] === places[1])) return false;
  // permute([0, 1]) turns nothing; transpose(0, 1) turns.
  if (name.startsWith('permute') && places[0] === 0) return false;
  scope.bind(output.name, isTransposed(binding) ? stored : { transposed: stored });
  return true;
}
