import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/builder.js';
import { DataDependent, type FunctionRunner, type GraphNode, type Lowering, NodeCall } from './call.js';
import { fold } from './fold.js';
import { arrangementOps } from './ops/arrangement.js';
import { controlOps } from './ops/control.js';
import { convolutionOps } from './ops/convolution.js';
import { creationOps } from './ops/creation.js';
import { elementwiseOps } from './ops/elementwise.js';
import { imageOps } from './ops/image.js';
import { lookupOps } from './ops/lookup.js';
import { matmulOps } from './ops/matmul.js';
import { normalizationOps } from './ops/normalization.js';
import { poolingOps } from './ops/pooling.js';
import { reductionOps } from './ops/reduction.js';
import { tensorArrayOps } from './ops/tensor-array.js';
import { tensorListOps } from './ops/tensor-list.js';
import type { Tensor } from './tensor.js';

/** Every TensorFlow op that is known, by name. */
const TENSORFLOW_OPS: ReadonlyMap<string, Lowering> = new Map(
  [
    arrangementOps,
    controlOps,
    convolutionOps,
    creationOps,
    elementwiseOps,
    imageOps,
    lookupOps,
    matmulOps,
    normalizationOps,
    poolingOps,
    reductionOps,
    tensorArrayOps,
    tensorListOps,
  ].flatMap(Object.entries<Lowering>),
);

/** The outputs of one node: worked out ahead, as layers, or as a layer without a count. */
export function lowerNode(
  builder: GraphBuilder,
  node: GraphNode,
  functions: FunctionRunner,
  further?: ReadonlyMap<string, Lowering>,
): readonly Tensor[] {
  const call = new NodeCall(builder, node, functions);
  const blocking = call.inputs.find(({ unknown }) => unknown !== undefined)?.unknown;
  if (blocking !== undefined && !Object.hasOwn(controlOps, node.op)) return call.opaque(blocking);
  try {
    const known = fold(call);
    if (known !== undefined) return known;
    const lowering = further?.get(node.op) ?? TENSORFLOW_OPS.get(node.op);
    const result = lowering === undefined ? call.opaque('archmeter does not know this op') : lowering(call);
    return Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor];
  } catch (error) {
    if (error instanceof DataDependent) return call.opaque('the size of its output depends on the data');
    throw error instanceof ArchmeterError ? error.at({ layer: node.name }) : error;
  }
}
