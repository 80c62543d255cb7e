import type { Graph } from '../ir/graph.js';

/** Whether two graphs compute the same in the same order: they differ in names and places in files alone. */
export function sameComputation(a: Graph, b: Graph): boolean {
  return JSON.stringify(withoutNames(a)) === JSON.stringify(withoutNames(b));
}

function withoutNames({ values, nodes, inputs, outputs }: Graph) {
  return {
    values: values.map(({ kind, shape, dtype, data }) => [kind, shape, dtype, data]),
    nodes: nodes.map(({ op, attributes, inputs: read, outputs: written }) => [op, sorted(attributes), read, written]),
    inputs,
    outputs,
  };
}

function sorted(record: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(record).sort(([x], [y]) => (x < y ? -1 : 1));
}
