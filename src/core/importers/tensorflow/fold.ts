import { isSmall } from '../../evaluate/evaluate.js';
import { elementCount, isFloat } from '../../ir/tensor.js';
import type { NodeCall } from './call.js';
import type { Tensor } from './tensor.js';

/** Ops whose layers give the values of the op, not the work alone. */
const FOLDED: ReadonlySet<string> = new Set(
  `Abs Add AddN AddV2 All Any ArgMax ArgMin BitwiseAnd BitwiseOr BitwiseXor BroadcastArgs BroadcastTo Cast Ceil Concat
  ConcatV2 Cumprod Cumsum Div Equal Exp ExpandDims Fill Floor FloorDiv FloorMod Gather GatherNd GatherV2 Greater
  GreaterEqual Inv LeftShift Less LessEqual Log LogicalAnd LogicalNot LogicalOr LogicalXor Max Maximum Mean Min Minimum
  Mod Mul Neg NotEqual OnesLike Pack Pow Prod Range RealDiv Reciprocal Reshape Reverse ReverseV2 RightShift Rint Round
  Rsqrt ScatterNd Select SelectV2 Sign Slice SparseToDense Split SplitV Sqrt Square SquaredDifference Squeeze
  StridedSlice Sub Sum TensorScatterUpdate Tile TopKV2 Transpose TruncateDiv TruncateMod Unpack ZerosLike`.split(/\s+/),
);

/**
 * Whether layers of known contents are worked out at once: not those of weights alone, which are work of the model.
 */
export function mayFold(op: string, inputs: readonly Tensor[]): boolean {
  if (!FOLDED.has(op) || !inputs.every(({ data }) => data !== undefined)) return false;
  const weights = inputs.some(({ dtype, elements }) => isFloat(dtype) && elements > 1);
  return !weights || inputs.some(({ isDerived }) => isDerived);
}

/** What is known of a node from the shapes of its inputs, or made of sizes that are known: no layer of the model. */
export function fold(call: NodeCall): Tensor[] | undefined {
  const { inputs } = call;
  const dtype = call.attributes.dtype('out_type') ?? 'int32';
  switch (call.op) {
    case 'Shape':
    case 'ShapeN':
      return inputs.map(({ shape }) => call.constant([shape.length], dtype, shape));
    case 'Size':
      return [call.constant([], dtype, [call.x.elements])];
    case 'Rank':
      return [call.constant([], dtype, [call.x.rank])];
    case 'BroadcastArgs':
      return call.folds ? [broadcastArgs(call)] : undefined;
    case 'Fill':
      return call.folds ? filled(call, call.known(0), call.known(1)[0] ?? 0, call.input(1).dtype) : undefined;
    case 'ZerosLike':
      return call.folds ? filled(call, call.x.shape, 0, call.x.dtype) : undefined;
    case 'OnesLike':
      return call.folds ? filled(call, call.x.shape, 1, call.x.dtype) : undefined;
    case 'Range':
      return call.folds ? range(call) : undefined;
    default:
      return undefined;
  }
}

export function filled(call: NodeCall, shape: readonly number[], value: number, dtype: Tensor['dtype']) {
  return isSmall(shape) ? [call.constant(shape, dtype, new Array<number>(elementCount(shape)).fill(value))] : undefined;
}

function range(call: NodeCall): Tensor[] | undefined {
  const [start, limit, step] = [call.known(0)[0], call.known(1)[0], call.known(2)[0]] as [number, number, number];
  const count = Math.max(Math.ceil((limit - start) / step), 0);
  if (!isSmall([count])) return undefined;
  const data = Array.from({ length: count }, (_, i) => start + i * step);
  return [call.constant([count], call.x.dtype, data)];
}

/** The shape that two shapes broadcast to. */
function broadcastArgs(call: NodeCall): Tensor {
  const [x, y] = [call.known(0), call.known(1)];
  const rank = Math.max(x.length, y.length);
  const data = Array.from({ length: rank }, (_, i) => {
    const [left, right] = [x[x.length - rank + i] ?? 1, y[y.length - rank + i] ?? 1];
    return left === 1 ? right : left;
  });
  return call.constant([rank], call.x.dtype, data);
}
