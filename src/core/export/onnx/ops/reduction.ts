import type { OpName } from '../../../ops/op-attributes.js';
import type { ExportCall, Exporter, Exporters, Name } from '../call.js';

const REDUCTIONS = {
  reduceSum: 'ReduceSum',
  reduceMean: 'ReduceMean',
  reduceMax: 'ReduceMax',
  reduceMin: 'ReduceMin',
  reduceProd: 'ReduceProd',
  reduceL1: 'ReduceL1',
  reduceL2: 'ReduceL2',
  reduceSumSquare: 'ReduceSumSquare',
  reduceLogSum: 'ReduceLogSum',
  reduceLogSumExp: 'ReduceLogSumExp',
} satisfies { readonly [N in OpName]?: string };

type Plain = keyof typeof REDUCTIONS;

type ReduceName = Plain | 'reduceAny' | 'reduceAll' | 'reduceVariance' | 'reduceStd';

type ReduceCall = ExportCall<ReduceName>;

/** The axes as an input; left out they mean all. */
function axesOf(call: ReduceCall): Name {
  const { axes } = call.attributes;
  return axes === undefined || axes.length === 0 ? '' : call.integers(axes);
}

const keepDims = (call: ReduceCall) => ({ keepdims: call.attributes.keepDims ? 1 : 0 });

const reduce = (type: string): Exporter<ReduceName> => {
  return (call) => call.emit(type, [call.input(0), axesOf(call)], keepDims(call));
};

/** Booleans as 0 and 1: any is their maximum, all their minimum. */
const truth = (type: string): Exporter<ReduceName> => {
  return (call) => {
    const zeroOne = call.cast(call.cast(call.input(0), call.type(0).dtype, 'bool'), 'bool', 'int32');
    call.emit('Identity', [call.cast(call.op(type, [zeroOne, axesOf(call)], keepDims(call)), 'int32', 'bool')]);
  };
};

/** Mean of squared differences from the mean, over all elements. */
function variance(call: ReduceCall): [Name, Name] {
  const mean = call.op('ReduceMean', [call.input(0), axesOf(call)], { keepdims: 1 });
  const difference = call.op('Sub', [call.input(0), mean]);
  return [call.op('Mul', [difference, difference]), axesOf(call)];
}

const reduceVariance: Exporter<ReduceName> = (call) => call.emit('ReduceMean', variance(call), keepDims(call));

const reduceStd: Exporter<ReduceName> = (call) =>
  call.emit('Sqrt', [call.op('ReduceMean', variance(call), keepDims(call))]);

const argument = (type: string): Exporter<'argMax' | 'argMin'> => {
  return (call) => {
    const { axis, keepDims: keep } = call.attributes;
    if (axis !== undefined) return call.emit(type, [call.input(0)], { axis, keepdims: keep ? 1 : 0 });
    const flat = call.op('Reshape', [call.input(0), call.integers([-1])]);
    const found = call.op(type, [flat], { axis: 0, keepdims: 0 });
    call.emit('Reshape', [found, call.integers(call.outputType().shape)]);
  };
};

const cumSum: Exporter<'cumSum'> = (call) => {
  const { axis, exclusive, reverse } = call.attributes;
  const along = call.scalar(axis, 'int64');
  call.emit('CumSum', [call.input(0), along], { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 });
};

const topK: Exporter<'topK'> = (call) => {
  const { k, axis, largest, sorted } = call.attributes;
  call.emit('TopK', [call.input(0), call.integers([k])], {
    axis,
    largest: largest ? 1 : 0,
    sorted: sorted ? 1 : 0,
  });
};

const sort: Exporter<'sort'> = (call) => {
  const { axis } = call.attributes;
  const size = call.type(0).shape.at(axis) ?? 1;
  const largest = call.attributes.descending ? 1 : 0;
  call.emit('TopK', [call.input(0), call.integers([size])], { axis, largest, sorted: 1 });
};

const nonZero: Exporter = (call) => call.emit('NonZero', [call.input(0)]);

export const reduction: Exporters = {
  ...(Object.fromEntries(Object.entries(REDUCTIONS).map(([name, type]) => [name, reduce(type)])) as Record<
    Plain,
    Exporter<Plain>
  >),
  reduceAny: truth('ReduceMax'),
  reduceAll: truth('ReduceMin'),
  reduceVariance,
  reduceStd,
  argMax: argument('ArgMax'),
  argMin: argument('ArgMin'),
  cumSum,
  topK,
  sort,
  nonZero,
};
