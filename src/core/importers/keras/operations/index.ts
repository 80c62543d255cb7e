import { isList, isObject } from '../config.js';
import { firstNodeOf } from '../inbound.js';
import type { Argument, Layer, LayerCall, Result } from '../layer.js';
import { opaque } from '../layers/activation.js';
import { LAYERS } from '../layers/index.js';
import { arrangementOperations } from './arrangement.js';
import { compositeOperations } from './composite.js';
import { contractionOperations } from './contraction.js';
import { elementwiseOperations } from './elementwise.js';
import { imageOperations } from './image.js';
import { Operation, type OperationLowering } from './operation.js';
import { reductionOperations } from './reduction.js';

/** Functions of keras.ops and tensorflow, by name in lower case without underscores. */
const OPERATIONS: ReadonlyMap<string, OperationLowering> = new Map(
  [
    elementwiseOperations,
    reductionOperations,
    arrangementOperations,
    contractionOperations,
    imageOperations,
    compositeOperations,
  ].flatMap(Object.entries<OperationLowering>),
);

/** Layers of Keras 2 that stand for one function of tensorflow. */
const FUNCTION_LAYERS: ReadonlySet<string> = new Set([
  'TFOpLambda',
  'SlicingOpLambda',
  'TensorFlowOpLayer',
  'ClassMethod',
]);

/** Whether a node of a functional model is a function rather than a layer. */
export function isOperation(layer: Layer): boolean {
  if (/^keras(\.src)?\.ops\b/.test(layer.module) || FUNCTION_LAYERS.has(layer.className)) return true;
  // Keras 3 leaves the module out of HDF5 files; every layer has `trainable`, no function has.
  if (layer.module !== '' || layer.config.has('trainable') || !OPERATIONS.has(functionName(layer))) return false;
  const node = firstNodeOf(layer.json.inbound_nodes);
  if (node === undefined) return false;
  // Layers of the same name take their tensors in a list.
  return !LAYERS.has(layer.className) || layer.config.has('newshape') || node.args.length > 1;
}

export function lowerOperation(call: LayerCall): Result {
  const name = functionName(call.layer);
  const lowering = OPERATIONS.get(name);
  if (lowering === undefined) return opaque(call, name, 'archmeter does not know this function');
  return lowering(new Operation(call.layer.className === 'TensorFlowOpLayer' ? withConstants(call) : call));
}

/** `Add`, `math.reduce_mean`, `__operators__.getitem`, `tf.nn.relu`, a node's op: all without path, case and underscores. */
function functionName(layer: Layer): string {
  const node = layer.config.get('node_def');
  const stated = isObject(node) ? node.op : layer.config.get('function');
  const name = FUNCTION_LAYERS.has(layer.className) && typeof stated === 'string' ? stated : layer.className;
  const plain = name
    .slice(name.lastIndexOf('.') + 1)
    .replaceAll('_', '')
    .toLowerCase();
  return layer.className === 'SlicingOpLambda' ? 'getitem' : plain;
}

/** TensorFlow 2.0 to 2.3: constant operands are stored by position, the node's attributes in its definition. */
function withConstants(call: LayerCall): LayerCall {
  const { layer, options } = call;
  const first = options.args[0];
  const args: Argument[] = isList(first) ? [...(first as readonly Argument[])] : [...options.args];
  const constants = layer.config.get('constants');
  if (isObject(constants)) {
    for (const [position, value] of Object.entries(constants)) args.splice(Number(position), 0, value);
  }
  return call.withOptions({ ...options, args });
}
