import { isMap, isScalar, type Node } from 'yaml';
import { nearest } from '../nearest.js';
import type { AttributesSchema } from '../ops/define-op.js';
import { OPS } from '../ops/index.js';
import type { SpecBlock } from './blocks.js';
import type { SpecDocument } from './document.js';
import { attributeProblem } from './validate.js';

/**
 * Schema of the attributes of an op or a block.
 *
 * @throws ArchmeterError where there is none of that name
 */
export function schemaOf(
  document: SpecDocument,
  blocks: ReadonlyMap<string, SpecBlock>,
  kind: 'op' | 'block',
  type: string,
  node: Node,
): AttributesSchema {
  const op = kind === 'op' ? OPS.get(type) : undefined;
  if (op !== undefined && op.kind !== 'opaque') return op.attributes;
  const block = kind === 'block' ? blocks.get(type) : undefined;
  if (block !== undefined) return block.options;
  const names =
    kind === 'op' ? [...OPS.values()].flatMap((op) => (op.kind === 'opaque' ? [] : [op.name])) : [...blocks.keys()];
  const near = nearest(type, names);
  const other = kind === 'op' ? blocks.has(type) : OPS.has(type);
  const fix = other
    ? `It is ${kind === 'op' ? 'a block: write block' : 'an op: write op'}: ${type}.`
    : near
      ? `Did you mean '${near}'?`
      : `'archmeter zoo --${kind}s' lists them.`;
  throw document.error(`unknown ${kind} '${type}'`, fix, node);
}

/** Throws ArchmeterError at the first attribute that does not fit, naming its line and column. */
export function checkAttributes(
  document: SpecDocument,
  schema: AttributesSchema,
  attributes: unknown,
  node: Node,
  layer: string,
): void {
  const problem = attributeProblem(schema, attributes);
  if (problem === undefined) return;
  const holder = document.find(node, problem.path);
  const keyNode = isMap(holder)
    ? holder.items.find((pair) => isScalar(pair.key) && pair.key.value === problem.key)?.key
    : null;
  throw document.error(problem.problem, problem.fix, (keyNode as Node | null | undefined) ?? holder, layer);
}
