import { elementCount } from '../../../ir/tensor.js';
import { normalizeAxes, normalizeAxis } from '../../../ops/axis.js';
import type { OpName } from '../../../ops/op-attributes.js';
import type { Call } from '../call.js';
import { type Tensor, unread } from '../tensor.js';
import type { OnnxOp, OnnxOps } from './define-onnx-op.js';

/** Axes from the attribute, or from an input since opset 18 (13 for ReduceSum). */
function reductionAxes(call: Call, rank: number): readonly number[] | undefined {
  const given = call.has('axes') ? call.ints('axes') : call.optionalContents(1);
  if (given !== undefined && given.length > 0) return normalizeAxes(given, rank);
  return call.flag('noop_with_empty_axes') ? [] : undefined;
}

/** What a reduction over no axes does with each element; nothing where it is not listed. */
const OVER_NO_AXES: Readonly<Record<string, OpName>> = {
  reduceL1: 'abs',
  reduceL2: 'abs',
  reduceLogSum: 'log',
  reduceSumSquare: 'square',
};

const OF_BOOLEANS: Readonly<Record<string, OpName>> = { reduceMax: 'reduceAny', reduceMin: 'reduceAll' };

function reduction(op: OpName): OnnxOp {
  return {
    contents: [1],
    folds: true,
    lower(call) {
      const x = call.input(0);
      const axes = reductionAxes(call, x.shape.length);
      if (axes?.length === 0) return call.emit(OVER_NO_AXES[op] ?? 'identity', [x]);
      const reduce = x.dtype === 'bool' ? (OF_BOOLEANS[op] ?? op) : op;
      const keepDims = call.int('keepdims', 1) !== 0;
      return call.emit(reduce, [x], { ...(axes === undefined ? {} : { axes }), keepDims });
    },
  };
}

function argument(op: OpName): OnnxOp {
  return {
    folds: true,
    lower(call) {
      const x = call.input(0);
      const axis = normalizeAxis(call.int('axis', 0), x.shape.length);
      // Layers find the first of equal elements.
      const given = call.flag('select_last_index') ? unread(x) : x;
      return call.emit(op, [given], { axis, keepDims: call.int('keepdims', 1) !== 0 });
    },
  };
}

/** Before opset 13 the axes from `axis` on were one row together. */
export function softmax(op: OpName): OnnxOp {
  return {
    lower(call) {
      const x = call.input(0);
      const rank = x.shape.length;
      if (call.opset >= 13 || rank === 0) return call.emit(op, [x], { axis: call.int('axis', -1) });
      const axis = normalizeAxis(call.int('axis', 1), Math.max(rank, 1));
      if (axis === rank - 1 || x.shape.slice(axis + 1).every((size) => size === 1)) return call.emit(op, [x], { axis });
      const rows = call.emit('reshape', [x], {
        shape: [elementCount(x.shape.slice(0, axis)), elementCount(x.shape.slice(axis))],
        allowZero: true,
      });
      return call.emit('reshape', [call.emit(op, [rows], { axis: 1 })], { shape: x.shape, allowZero: true });
    },
  };
}

/** (x - mean) / √(variance) over axes. */
function meanVarianceNormalization(call: Call): Tensor {
  const x = call.input(0);
  const axes = normalizeAxes(call.ints('axes') ?? [0, 2, 3], x.shape.length);
  const centered = call.emit('sub', [x, call.emit('reduceMean', [x], { axes, keepDims: true })]);
  const deviation = call.emit('reduceStd', [x], { axes, keepDims: true });
  return call.emit('div', [centered, deviation]);
}

function det(call: Call): Tensor {
  const { shape, dtype } = call.input(0);
  return call.opaque([{ shape: shape.slice(0, -2), dtype }], 'determinants are not counted')[0] as Tensor;
}

/** Mean, sum or no reduction of a loss over its elements; the weights of classes are buffers. */
function loss(call: Call): Tensor[] {
  const [scores, labels] = [call.input(0), call.input(1)];
  const isCrossEntropy = call.type === 'SoftmaxCrossEntropyLoss';
  const logits = isCrossEntropy ? call.emit('logSoftmax', [scores], { axis: 1 }) : scores;
  const index = call.emit('unsqueeze', [labels], { axes: [1] });
  const picked = call.emit('gatherElements', [logits, index], { axis: 1 });
  const losses = call.emit('squeeze', [call.emit('neg', [picked])], { axes: [1] });
  const weight = call.optional(2);
  const weighted = weight === undefined ? losses : call.emit('mul', [losses, call.emit('gather', [weight, labels])]);
  const how = call.text('reduction', 'mean');
  const result = how === 'none' ? weighted : call.emit(how === 'sum' ? 'reduceSum' : 'reduceMean', [weighted]);
  return isCrossEntropy ? [result, logits] : [result];
}

export const REDUCTION: OnnxOps = {
  ArgMax: argument('argMax'),
  ArgMin: argument('argMin'),
  Det: { lower: det },
  Hardmax: softmax('hardmax'),
  LogSoftmax: softmax('logSoftmax'),
  MeanVarianceNormalization: { lower: meanVarianceNormalization },
  NegativeLogLikelihoodLoss: { lower: loss },
  ReduceL1: reduction('reduceL1'),
  ReduceL2: reduction('reduceL2'),
  ReduceLogSum: reduction('reduceLogSum'),
  ReduceLogSumExp: reduction('reduceLogSumExp'),
  ReduceMax: reduction('reduceMax'),
  ReduceMean: reduction('reduceMean'),
  ReduceMin: reduction('reduceMin'),
  ReduceProd: reduction('reduceProd'),
  ReduceSum: reduction('reduceSum'),
  ReduceSumSquare: reduction('reduceSumSquare'),
  Softmax: softmax('softmax'),
  SoftmaxCrossEntropyLoss: { lower: loss },
};
