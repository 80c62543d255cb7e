import type { Graph, Node, Value } from '../../../../src/core/ir/graph.js';
import type { Arithmetic } from '../../../../src/core/ops/define-op.js';
export declare function arithmeticOf(graph: Graph, node: Node): Arithmetic;
/** Multiply-adds of the graph, or of the nodes of one op. */
export declare function maddsOf(graph: Graph, op?: string): number;
export declare function elementsOf(graph: Graph, kind: Value['kind']): number;
export declare function opsOf(graph: Graph): string[];
