import type { ImportOptions } from '../../../../src/core/importers/define-importer.js';
import type { Graph } from '../../../../src/core/ir/graph.js';
/** Small torch.export programs written out in tests, in the form that torch serializes them. */
export type Dimension = number | string;
/** Shape, `x2x3` or with symbols `['s0', 3]`, and the code of the element type (7 float32, 5 int64, 12 bool). */
export interface TensorSpec {
    readonly shape: readonly Dimension[];
    readonly dtype?: number;
}
export interface NodeSpec {
    readonly target: string;
    /** By argument name: `'%x'` is a tensor, `['%x', null]` tensors, numbers and lists of numbers, texts, booleans. */
    readonly inputs: Readonly<Record<string, unknown>>;
    /** Shape of each output, by name; `number:n` outputs are symbolic numbers. */
    readonly outputs: Readonly<Record<string, TensorSpec | readonly Dimension[] | 'number'>>;
    /** The outputs are one list. */
    readonly list?: boolean;
    readonly modules?: string;
}
export interface ProgramSpec {
    readonly inputs?: Readonly<Record<string, TensorSpec | readonly Dimension[]>>;
    readonly parameters?: Readonly<Record<string, TensorSpec | readonly Dimension[]>>;
    readonly buffers?: Readonly<Record<string, TensorSpec | readonly Dimension[]>>;
    readonly nodes: readonly NodeSpec[];
    readonly outputs?: readonly string[];
    /** Values of the symbols at the export. */
    readonly hints?: Readonly<Record<string, number>>;
    readonly ranges?: Readonly<Record<string, {
        min_val: number | null;
        max_val: number | null;
    }>>;
}
/** A number that a program makes is written `$name`. */
export declare function argument(value: unknown): unknown;
/** A graph argument of a higher-order operator. */
export declare function subgraph(spec: ProgramSpec): unknown;
export declare function programJson(spec: ProgramSpec): Record<string, unknown>;
export declare function archive(json: unknown, entries?: Readonly<Record<string, Uint8Array>>): Uint8Array;
export declare function readBytes(bytes: Uint8Array, options?: ImportOptions, name?: string): Promise<Graph>;
export declare function readProgram(spec: ProgramSpec, options?: ImportOptions): Promise<Graph>;
/** One operator on inputs `x`, `y` …, its outputs checked against the shapes given; the program gives the first. */
export declare function readOperator(target: string, tensors: Readonly<Record<string, TensorSpec | readonly Dimension[]>>, inputs: Readonly<Record<string, unknown>>, ...outputs: readonly (TensorSpec | readonly Dimension[])[]): Promise<Graph>;
