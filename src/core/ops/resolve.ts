import type { AnyOp } from './define-op.js';

/** What is worked out of an op's schema once. */
interface Plan {
  readonly fixed: Readonly<Record<string, unknown>>;
  /** Attributes that take the value of another one. */
  readonly copied: readonly (readonly [key: string, from: string])[];
}

const plans = new WeakMap<AnyOp, Plan>();

function planOf(op: AnyOp): Plan {
  const known = plans.get(op);
  if (known !== undefined) return known;
  const fixed: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(op.attributes.properties)) {
    const { default: standard } = schema as { readonly default?: unknown };
    if (standard !== undefined) fixed[key] = standard;
  }
  const plan = { fixed, copied: Object.entries(op.defaultsFrom ?? {}) };
  plans.set(op, plan);
  return plan;
}

/** The attributes of a layer with the op's defaults; what is undefined counts as left out. */
export function resolveAttributes(op: AnyOp, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { fixed, copied } = planOf(op);
  const all: Record<string, unknown> = { ...fixed };
  for (const key in given) if (given[key] !== undefined) all[key] = given[key];
  for (const [key, from] of copied) all[key] ??= all[from];
  return all;
}
