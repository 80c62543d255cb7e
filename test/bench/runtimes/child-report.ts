import type { RuntimeSession } from '../../../src/bench/define-runtime.js';
import type { Graph } from '../../../src/core/ir/graph.js';
import { disagreement } from '../agreement.js';
import { type OpCase, TFJS_LACKS } from '../op-cases.js';

/** Errors against the reference by graph name, for a test in another process. */
export type Disagreements = Readonly<Record<string, number>>;

export async function disagreements(session: RuntimeSession, graphs: readonly Graph[]): Promise<Disagreements> {
  const result: Record<string, number> = {};
  for (const graph of graphs) result[graph.name] = await disagreement(session, graph);
  return result;
}

export async function opDisagreements(session: RuntimeSession, cases: readonly OpCase[]): Promise<Disagreements> {
  const result: Record<string, number> = {};
  for (const { name, op, graph } of cases) {
    if (!TFJS_LACKS.has(op)) result[name] = await disagreement(session, graph);
  }
  return result;
}

/** Those beyond the tolerance: none, in a test that passes. */
export function beyond(errors: Disagreements, tolerance: number): [string, number][] {
  return Object.entries(errors).filter(([, error]) => !(error <= tolerance));
}
