import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Shape } from '../../ir/tensor.js';
import type { Scope } from './lower/scope.js';
import { operatorOf } from './ops/table.js';
import type { Program, ProgramGraph, TensorMeta } from './program.js';
import { tiedWeights } from './tied-weights.js';
import type { StoredWeight } from './weights-config.js';

/** One stored tensor, with all the names that the program has for it. */
interface Stored {
  readonly kind: 'parameter' | 'buffer' | 'constant';
  /** Fully qualified, e.g. `layer1.0.conv1.weight`. */
  readonly target: string;
  readonly shape: Shape;
  readonly meta: TensorMeta;
  readonly names: string[];
}

/**
 * Makes the stored tensors, each once however many names it has: parameters, buffers and constants of the signature,
 * read or not, and those that only the archive's list of weights has.
 */
export function bindStored(
  program: Program,
  weights: ReadonlyMap<string, StoredWeight>,
  builder: GraphBuilder,
  scope: Scope,
): void {
  const tied = tiedWeights(program, weights);
  const keyOf = (kind: Stored['kind'], target: string) =>
    (kind === 'constant' ? undefined : weights.get(target)?.storage) ?? `${kind} ${tied.get(target) ?? target}`;
  const stored = collect(program, keyOf, builder);
  const rightOperands = matricesFromTheRight(program.graph);
  for (const { kind, target, shape, meta, names } of stored.values()) {
    // A matrix that is always multiplied from the right, [in, out], is kept as a linear layer has it, [out, in].
    const turned = shape.length === 2 && names.every((name) => rightOperands.has(name));
    const value = builder.stored(target, kind, turned ? shape.toReversed() : shape, meta.dtype);
    for (const name of names) scope.bind(name, turned ? { transposed: value } : value);
  }
  const targets = new Set([...stored.values()].map(({ target }) => target));
  for (const [target, { isParameter, meta }] of weights) {
    const kind = isParameter ? 'parameter' : 'buffer';
    if (stored.has(keyOf(kind, target)) || targets.has(target)) continue;
    const shape = fixedShape(target, meta);
    stored.set(keyOf(kind, target), { kind, target, shape, meta, names: [] });
    builder.stored(target, kind, shape, meta.dtype);
  }
}

function collect(
  program: Program,
  keyOf: (kind: Stored['kind'], target: string) => string,
  builder: GraphBuilder,
): Map<string, Stored> {
  const stored = new Map<string, Stored>();
  const shared: string[] = [];
  for (const spec of program.inputs) {
    if (spec.kind !== 'parameter' && spec.kind !== 'buffer' && spec.kind !== 'constant') continue;
    const { kind, target, name } = spec;
    const meta = program.graph.tensors.get(name);
    if (meta === undefined) throw new ArchmeterError(`the file does not state the shape of '${name}'`);
    const key = keyOf(kind, target);
    const known = stored.get(key);
    if (known === undefined) {
      stored.set(key, { kind, target, shape: fixedShape(target, meta), meta, names: [name] });
      continue;
    }
    known.names.push(name);
    if (known.target !== target) shared.push(`'${target}' and '${known.target}'`);
  }
  if (shared.length > 0) builder.note(sharedNote(shared));
  return stored;
}

const SHOWN_PAIRS = 3;

function sharedNote(pairs: readonly string[]): string {
  const shown = pairs.slice(0, SHOWN_PAIRS).join(', ');
  if (pairs.length === 1) return `${shown} are one tensor, counted once.`;
  const more = pairs.length > SHOWN_PAIRS ? ` and ${pairs.length - SHOWN_PAIRS} more` : '';
  return `${pairs.length} pairs of names stand for one tensor each, counted once: ${shown}${more}.`;
}

function fixedShape(target: string, meta: TensorMeta): number[] {
  return meta.sizes.map((size) => {
    if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 0) return size;
    throw new ArchmeterError(`the stored tensor '${target}' has a size that is no fixed number`);
  });
}

const RIGHT_OPERANDS: Readonly<Record<string, string>> = { mm: 'mat2', addmm: 'mat2', matmul: 'other' };

/** Names of tensors that are read as the right operand of a matrix product and in no other way. */
function matricesFromTheRight(graph: ProgramGraph): Set<string> {
  const right = new Set<string>();
  const other = new Set<string>();
  for (const node of graph.nodes) {
    const { namespace, name } = operatorOf(node.target);
    const operand = namespace === 'aten' && Object.hasOwn(RIGHT_OPERANDS, name) ? RIGHT_OPERANDS[name] : undefined;
    for (const { name: argument, value } of node.inputs) {
      const names = value.kind === 'tensor' ? [value.name] : value.kind === 'tensors' ? value.names : [];
      for (const tensor of names) if (tensor !== undefined) (argument === operand ? right : other).add(tensor);
    }
  }
  for (const output of graph.outputs) if (output.kind === 'tensor') other.add(output.name);
  return new Set([...right].filter((name) => !other.has(name)));
}
