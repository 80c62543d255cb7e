import { type ExportCall, type Exporter, type Name, number } from '../call.js';

const REDUCTIONS: Readonly<Record<string, string>> = {
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
};

/** The axes as an input; left out they mean all. */
function axesOf(call: ExportCall): Name {
  const { axes } = call.attributes as { axes?: readonly number[] };
  return axes === undefined || axes.length === 0 ? '' : call.integers(axes);
}

const keepDims = (call: ExportCall) => ({ keepdims: call.attributes.keepDims === true ? 1 : 0 });

const reduce = (type: string): Exporter => {
  return (call) => call.emit(type, [call.input(0), axesOf(call)], keepDims(call));
};

/** Booleans as 0 and 1: any is their maximum, all their minimum. */
const truth = (type: string): Exporter => {
  return (call) => {
    const zeroOne = call.cast(call.cast(call.input(0), call.type(0).dtype, 'bool'), 'bool', 'int32');
    call.emit('Identity', [call.cast(call.op(type, [zeroOne, axesOf(call)], keepDims(call)), 'int32', 'bool')]);
  };
};

/** Mean of squared differences from the mean, over all elements. */
function variance(call: ExportCall): [Name, Name] {
  const mean = call.op('ReduceMean', [call.input(0), axesOf(call)], { keepdims: 1 });
  const difference = call.op('Sub', [call.input(0), mean]);
  return [call.op('Mul', [difference, difference]), axesOf(call)];
}

const reduceVariance: Exporter = (call) => call.emit('ReduceMean', variance(call), keepDims(call));

const reduceStd: Exporter = (call) => call.emit('Sqrt', [call.op('ReduceMean', variance(call), keepDims(call))]);

const argument = (type: string): Exporter => {
  return (call) => {
    const { axis, keepDims: keep } = call.attributes as { axis?: number; keepDims?: boolean };
    if (axis !== undefined) return call.emit(type, [call.input(0)], { axis, keepdims: keep ? 1 : 0 });
    const flat = call.op('Reshape', [call.input(0), call.integers([-1])]);
    const found = call.op(type, [flat], { axis: 0, keepdims: 0 });
    call.emit('Reshape', [found, call.integers(call.outputType().shape)]);
  };
};

const cumSum: Exporter = (call) => {
  const { axis, exclusive, reverse } = call.attributes;
  const along = call.scalar(Number(axis), 'int64');
  call.emit('CumSum', [call.input(0), along], { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 });
};

const topK: Exporter = (call) => {
  const { k, largest, sorted } = call.attributes;
  call.emit('TopK', [call.input(0), call.integers([Number(k)])], {
    axis: number(call.attributes.axis, -1),
    largest: largest === false ? 0 : 1,
    sorted: sorted === false ? 0 : 1,
  });
};

const sort: Exporter = (call) => {
  const axis = number(call.attributes.axis, -1);
  const size = call.type(0).shape.at(axis) ?? 1;
  const largest = call.attributes.descending ? 1 : 0;
  call.emit('TopK', [call.input(0), call.integers([size])], { axis, largest, sorted: 1 });
};

const nonZero: Exporter = (call) => call.emit('NonZero', [call.input(0)]);

export const reduction: Readonly<Record<string, Exporter>> = {
  ...Object.fromEntries(Object.entries(REDUCTIONS).map(([name, type]) => [name, reduce(type)])),
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
