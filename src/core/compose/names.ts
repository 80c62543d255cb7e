import type { Graph } from '../ir/graph.js';

/** A model's own name, or what was typed where two models have the same. */
export function uniqueName(typed: readonly string[], names: readonly string[], index: number): string {
  const name = names[index] as string;
  if (names.filter((other) => other === name).length === 1) return name;
  const same = typed.slice(0, index).filter((other) => other === typed[index]).length;
  return same === 0 ? (typed[index] as string) : `${typed[index]} (${same + 1})`;
}

/** Images in one run of a graph: the first axis of its first input. */
export function batchOf(graph: Graph): number {
  return graph.values[graph.inputs[0] as number]?.shape[0] ?? 1;
}
