import { elementCount } from '../../../ir/tensor.js';
import { normalizeAxes, normalizeAxis } from '../../../ops/axis.js';
import type { Call } from '../call.js';
import { forEachIndex, rounded } from '../fold.js';
import type { Tensor } from '../tensor.js';
import type { OnnxOp, OnnxOps } from './define-onnx-op.js';

/** How known contents are reduced: integers alone, as sizes are. */
const FOLDED: Readonly<Record<string, (values: readonly number[]) => number>> = {
  reduceSum: (values) => values.reduce((sum, x) => sum + x, 0),
  reduceMean: (values) => values.reduce((sum, x) => sum + x, 0) / values.length,
  reduceProd: (values) => values.reduce((product, x) => product * x, 1),
  reduceMax: (values) => values.reduce((most, x) => Math.max(most, x), -Infinity),
  reduceMin: (values) => values.reduce((least, x) => Math.min(least, x), Infinity),
  reduceL1: (values) => values.reduce((sum, x) => sum + Math.abs(x), 0),
  reduceSumSquare: (values) => values.reduce((sum, x) => sum + x * x, 0),
};

/** Axes from the attribute, or from an input since opset 18 (13 for ReduceSum). */
function reductionAxes(call: Call, rank: number): readonly number[] | undefined {
  const given = call.has('axes') ? call.ints('axes') : call.optionalContents(1);
  if (given !== undefined && given.length > 0) return normalizeAxes(given, rank);
  return call.flag('noop_with_empty_axes') ? [] : undefined;
}

function reduction(op: string): OnnxOp {
  return {
    contents: [1],
    folds: true,
    lower(call) {
      const x = call.input(0);
      const axes = reductionAxes(call, x.shape.length);
      const keepDims = call.int('keepdims', 1) !== 0;
      const known = reduced(call, x, op, axes ?? x.shape.map((_, axis) => axis), keepDims);
      if (known !== undefined) return known;
      // Over no axes: each element is reduced alone.
      return call.emit(op, [x], { ...(axes === undefined ? {} : { axes }), keepDims });
    },
  };
}

function reduced(call: Call, x: Tensor, op: string, axes: readonly number[], keepDims: boolean): Tensor | undefined {
  const fold = FOLDED[op];
  if (x.data === undefined || fold === undefined) return undefined;
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const groups = Array.from({ length: elementCount(kept) }, () => [] as number[]);
  forEachIndex(x.shape, (index, flat) => {
    let at = 0;
    for (let axis = 0; axis < kept.length; axis++) {
      at = at * (kept[axis] as number) + (kept[axis] === 1 ? 0 : (index[axis] as number));
    }
    groups[at]?.push(x.data?.[flat] as number);
  });
  if (groups.some((group) => group.length === 0) && op !== 'reduceSum' && op !== 'reduceProd') return undefined;
  const shape = keepDims ? kept : kept.filter((_, axis) => !axes.includes(axis));
  return call.constant(
    groups.map((group) => rounded(fold(group), x.dtype)),
    shape,
    x.dtype,
  );
}

function argument(op: string): OnnxOp {
  return {
    folds: true,
    lower(call) {
      const x = call.input(0);
      const axis = normalizeAxis(call.int('axis', 0), x.shape.length);
      if (x.data !== undefined && x.shape.length === 1 && x.data.length > 0) {
        const best = op === 'argMax' ? Math.max(...x.data) : Math.min(...x.data);
        const at = call.flag('select_last_index') ? x.data.lastIndexOf(best) : x.data.indexOf(best);
        return call.constant([at], call.int('keepdims', 1) !== 0 ? [1] : [], 'int64');
      }
      return call.emit(op, [x], { axis, keepDims: call.int('keepdims', 1) !== 0 });
    },
  };
}

/** Before opset 13 the axes from `axis` on were one row together. */
export function softmax(op: string): OnnxOp {
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
