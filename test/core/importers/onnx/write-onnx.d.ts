import { BinaryWriter } from '@bufbuild/protobuf/wire';
/** A small writer of ONNX files (onnx.proto3), for tests. */
export type AttributeValue = number | string | readonly number[] | TensorSpec | GraphSpec | {
    readonly float: number;
} | {
    readonly floats: readonly number[];
};
export interface TensorSpec {
    readonly name?: string;
    readonly dims: readonly number[];
    /** TensorProto.DataType; default 1, float32. */
    readonly type?: number;
    readonly raw?: Uint8Array;
    readonly ints?: readonly number[];
    readonly floats?: readonly number[];
    /** Written one by one, as proto2 did. */
    readonly unpacked?: boolean;
    readonly external?: Readonly<Record<string, string>>;
}
export interface NodeSpec {
    readonly op: string;
    readonly inputs?: readonly string[];
    readonly outputs?: readonly string[];
    readonly name?: string;
    readonly domain?: string;
    readonly attributes?: Readonly<Record<string, AttributeValue>>;
    /** Attributes that refer to those of the enclosing function. */
    readonly references?: Readonly<Record<string, string>>;
    readonly metadata?: Readonly<Record<string, string>>;
}
export interface InputSpec {
    readonly name: string;
    /** A text is a named size, null an unknown one. */
    readonly dims?: readonly (number | string | null)[];
    readonly type?: number;
}
export interface GraphSpec {
    readonly name?: string;
    readonly nodes: readonly NodeSpec[];
    readonly initializers?: readonly TensorSpec[];
    readonly inputs?: readonly InputSpec[];
    readonly outputs?: readonly (InputSpec | string)[];
    readonly values?: readonly InputSpec[];
}
export interface FunctionSpec {
    readonly name: string;
    readonly domain: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly attributes?: readonly string[];
    readonly defaults?: Readonly<Record<string, AttributeValue>>;
    readonly nodes: readonly NodeSpec[];
    readonly opset?: number;
}
export interface ModelSpec extends GraphSpec {
    readonly opset?: number;
    readonly functions?: readonly FunctionSpec[];
    readonly producer?: string;
}
export declare const FLOAT = 1;
export declare const UINT8 = 2;
export declare const INT8 = 3;
export declare const INT32 = 6;
export declare const INT64 = 7;
export declare const BOOL = 9;
/** An int64 tensor of one axis. */
export declare function ints(name: string, ...values: readonly number[]): TensorSpec;
/** A float32 tensor without contents: its weights are left out. */
export declare function weight(name: string, ...dims: readonly number[]): TensorSpec;
export declare function writeModel(model: ModelSpec): Uint8Array;
export declare function tensorProto(writer: BinaryWriter, tensor: TensorSpec): void;
