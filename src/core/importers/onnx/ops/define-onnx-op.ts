import type { Call } from '../call.js';
import type { Entry } from '../tensor.js';

/** How one ONNX op becomes layers. */
export interface OnnxOp {
  /** Input slots whose contents the output's shape depends on: read from the file, also from another file beside it. */
  readonly contents?: readonly number[];
  /** Input slots whose contents are good to know where the model's own file holds them. */
  readonly hints?: readonly number[];
  /** Name of a tensor attribute whose contents are needed. */
  readonly attribute?: string;
  /** Gives contents where those of all inputs are known: small integer tensors are followed through it. */
  readonly folds?: boolean;
  /** Adds layers, if any, and gives the node's outputs. */
  lower(call: Call): Entry | readonly Entry[];
}

export type OnnxOps = Readonly<Record<string, OnnxOp>>;
