import { cleanTexts } from '../clean-text.js';
import type { Graph } from '../ir/graph.js';

/**
 * A graph whose names and remarks, which came from a file, are safe to show. Nodes that are called the same afterwards
 * are told apart by a number.
 */
export function cleanNames(graph: Graph): Graph {
  const clean = cleanTexts(graph);
  if (clean === graph) return graph;
  const taken = new Set(graph.nodes.map(({ name }) => name));
  const nodes = clean.nodes.map((node, i) => {
    if (node.name === graph.nodes[i]?.name) return node;
    let name = node.name;
    for (let number = 2; taken.has(name); number++) name = `${node.name}~${number}`;
    taken.add(name);
    return { ...node, name };
  });
  return { ...clean, nodes };
}
