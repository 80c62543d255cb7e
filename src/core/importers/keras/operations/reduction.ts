import { elementCount } from '../../../ir/tensor.js';
import type { OpName } from '../../../ops/op-attributes.js';
import { isPlain, type OperationLowering } from './operation.js';

const REDUCTIONS: Readonly<Record<string, OpName>> = {
  mean: 'reduceMean',
  reducemean: 'reduceMean',
  sum: 'reduceSum',
  reducesum: 'reduceSum',
  max: 'reduceMax',
  amax: 'reduceMax',
  reducemax: 'reduceMax',
  min: 'reduceMin',
  amin: 'reduceMin',
  reducemin: 'reduceMin',
  prod: 'reduceProd',
  reduceprod: 'reduceProd',
  any: 'reduceAny',
  reduceany: 'reduceAny',
  all: 'reduceAll',
  reduceall: 'reduceAll',
  var: 'reduceVariance',
  reducevariance: 'reduceVariance',
  std: 'reduceStd',
  reducestd: 'reduceStd',
  logsumexp: 'reduceLogSumExp',
  reducelogsumexp: 'reduceLogSumExp',
  norm: 'reduceL2',
  euclideannorm: 'reduceL2',
};

const reduction =
  (op: OpName): OperationLowering =>
  (operation) => {
    const given = operation.argument(0, 'x', 'input_tensor', 'tensor');
    if (op === 'reduceProd' && isPlain(given) && Array.isArray(given)) return elementCount(given as number[]);
    const axes = operation.integers(1, 'axis', 'reduction_indices');
    const keepDims = operation.flag(false, 2, 'keepdims', 'keep_dims');
    return operation.add(op, [operation.x], { ...(axes === undefined ? {} : { axes }), keepDims });
  };

const extreme =
  (op: OpName): OperationLowering =>
  (operation) => {
    const axis = operation.integers(1, 'axis', 'dimension')?.[0];
    return operation.add(op, [operation.x], {
      ...(axis === undefined ? {} : { axis }),
      keepDims: operation.flag(false, 2, 'keepdims'),
    });
  };

/** Without an axis along all elements in their order, as numpy does. */
const cumulative =
  (op: OpName): OperationLowering =>
  (operation) => {
    const axis = operation.integers(1, 'axis')?.[0];
    if (axis !== undefined) return operation.add(op, [operation.x], { axis });
    const shape = [elementCount(operation.x.shape)];
    const flat = operation.call.after('flat', 'reshape', [operation.x], { shape, allowZero: true });
    return operation.add(op, [flat], { axis: 0 });
  };

const sort =
  (output: number): OperationLowering =>
  (operation) => {
    const axis = operation.integer(-1, 1, 'axis');
    return operation.call.addAll('sort', [operation.x], { axis })[output];
  };

/** Mean and variance together. */
const moments: OperationLowering = (operation) => {
  const axes = operation.integers(1, 'axes') ?? [];
  const keepDims = operation.flag(false, 2, 'keepdims');
  return [
    operation.call.after('mean', 'reduceMean', [operation.x], { axes, keepDims }),
    operation.call.after('variance', 'reduceVariance', [operation.x], { axes, keepDims }),
  ];
};

export const reductionOperations: Readonly<Record<string, OperationLowering>> = {
  ...Object.fromEntries(Object.entries(REDUCTIONS).map(([name, op]) => [name, reduction(op)])),
  argmax: extreme('argMax'),
  argmin: extreme('argMin'),
  cumsum: cumulative('cumSum'),
  cumprod: cumulative('cumProd'),
  sort: sort(0),
  argsort: sort(1),
  topk: (operation) => operation.call.addAll('topK', [operation.x], { k: operation.integer(1, 1, 'k') }),
  moments,
};
