import { type ModelSpec } from './write-onnx.js';
/** An image network of opset 11 with batch and size left open, sizes computed in the graph, and a tied table. */
export declare const DYNAMIC: ModelSpec;
/** A transformer block of fused ops, a quantised layer, a function, a branch and a loop. */
export declare const MIXED: ModelSpec;
/** Weights in another file, of which only the shape is ever needed. */
export declare const EXTERNAL: ModelSpec;
