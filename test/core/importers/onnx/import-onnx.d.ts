import type { ImportOptions } from '../../../../src/core/importers/define-importer.js';
import type { Graph, Node } from '../../../../src/core/ir/graph.js';
import { type Shape } from '../../../../src/core/ir/tensor.js';
import { type ModelSpec } from './write-onnx.js';
export declare function read(bytes: Uint8Array, options?: ImportOptions, siblings?: Record<string, Uint8Array>): Promise<Graph>;
export declare function importModel(model: ModelSpec, options?: ImportOptions, siblings?: Record<string, Uint8Array>): Promise<Graph>;
export declare function arithmeticOf(graph: Graph, node: Node): {
    madds: number;
    flops: number;
};
export declare function maddsOf(graph: Graph): number;
export declare function paramsOf(graph: Graph): number;
export declare function outputShapes(graph: Graph): Shape[];
export declare function opsOf(graph: Graph): string[];
