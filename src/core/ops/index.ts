import type { AnyOp, OpDefinition } from './define-op.js';
import { members } from './registry.js';

/** Every op by name. */
export const OPS: ReadonlyMap<string, AnyOp> = new Map(
  (members as readonly (AnyOp | readonly AnyOp[])[]).flat().map((op) => [op.name, op] as const),
);

/** The op of a node; an unknown name is a bug in the caller: readers of files map what they do not know to `opaque`. */
export function opOf(name: string): OpDefinition {
  const op = OPS.get(name);
  if (op === undefined) throw new Error(`no op is named '${name}'`);
  return op;
}
