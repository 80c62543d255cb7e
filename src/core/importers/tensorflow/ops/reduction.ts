import type { OpName } from '../../../ops/op-attributes.js';
import type { Lowering } from '../call.js';

export const REDUCTIONS: Readonly<Record<string, OpName>> = {
  Mean: 'reduceMean',
  Sum: 'reduceSum',
  Max: 'reduceMax',
  Min: 'reduceMin',
  Prod: 'reduceProd',
  Any: 'reduceAny',
  All: 'reduceAll',
  EuclideanNorm: 'reduceL2',
};

const reduction =
  (op: OpName): Lowering =>
  (call) => {
    const axes = call.knownAxes(1, call.x.rank);
    // No axes, not all of them: nothing is reduced.
    if (axes.length === 0) return call.add('identity', [call.x]);
    return call.add(op, [call.x], { axes, keepDims: call.attributes.flag('keep_dims') });
  };

const extreme =
  (op: OpName): Lowering =>
  (call) => {
    const axis = call.has(1) ? call.knownInteger(1) : 0;
    const result = call.add(op, [call.x], { axis, keepDims: false });
    const to = call.attributes.dtype('output_type');
    return to === undefined || to === result.dtype ? result : call.add('cast', [result], { to }, 'cast');
  };

const cumulative =
  (op: OpName): Lowering =>
  (call) =>
    call.add(op, [call.x], {
      axis: call.knownInteger(1),
      ...(call.attributes.flag('exclusive') ? { exclusive: true } : {}),
      ...(call.attributes.flag('reverse') ? { reverse: true } : {}),
    });

export const reductionOps: Readonly<Record<string, Lowering>> = {
  ...Object.fromEntries(Object.entries(REDUCTIONS).map(([name, op]) => [name, reduction(op)])),
  ArgMax: extreme('argMax'),
  ArgMin: extreme('argMin'),
  Cumsum: cumulative('cumSum'),
  Cumprod: cumulative('cumProd'),
  TopKV2: (call) => call.addAll('topK', [call.x], { k: call.knownInteger(1) }),
};
