import { elementCount } from '../../../ir/tensor.js';
import type { ExportCall, Exporter, Exporters, Name } from '../call.js';

/** A per-channel input, or a vector of `value` where it is left out. */
const vector = (call: ExportCall, slot: number, count: number, value: number): Name =>
  call.has(slot) ? call.input(slot) : call.constant(new Float32Array(count).fill(value), [count]);

const batchNorm: Exporter<'batchNorm'> = (call) => {
  const channels = call.imageShape(0)[1] as number;
  const parts = [1, 0, 0, 1].map((value, i) => vector(call, i + 1, channels, value));
  call.emitImage('BatchNormalization', [call.image(0), ...parts], {
    epsilon: { float: call.attributes.epsilon },
  });
};

const layerNorm: Exporter<'layerNorm'> = (call) => {
  const { axes } = call.attributes;
  const shape = call.type(0).shape.slice(-axes);
  const scale = call.has(1) ? call.input(1) : call.constant(new Float32Array(elementCount(shape)).fill(1), shape);
  call.emit('LayerNormalization', [call.input(0), scale, call.has(2) ? call.input(2) : ''], {
    axis: -axes,
    epsilon: { float: call.attributes.epsilon },
  });
};

const rmsNorm: Exporter<'rmsNorm'> = (call) => {
  const axes = Array.from({ length: call.attributes.axes }, (_, i) => -1 - i);
  const x = call.input(0);
  const mean = call.op('ReduceMean', [call.op('Mul', [x, x]), call.integers(axes)], { keepdims: 1 });
  const epsilon = call.scalar(call.attributes.epsilon);
  const root = call.op('Sqrt', [call.op('Add', [mean, epsilon])]);
  if (!call.has(1)) return call.emit('Div', [x, root]);
  call.emit('Mul', [call.op('Div', [x, root]), call.input(1)]);
};

/** A vector over the channels as [C, 1, …], to broadcast against [N, C, …]. */
function perChannel(call: ExportCall, slot: number, rank: number): Name {
  const shape = [call.type(slot).shape[0] as number, ...new Array<number>(rank - 2).fill(1)];
  if (call.isStored(slot)) return call.constant(call.contents(slot), shape, call.type(slot).dtype);
  return call.op('Reshape', [call.input(slot), call.integers(shape)]);
}

/** Instance normalisation of [N, groups, rest], then scale and shift by channel. */
const groupNorm: Exporter<'groupNorm'> = (call) => {
  const shape = call.imageShape(0);
  const { groups } = call.attributes;
  const flat = call.op('Reshape', [call.image(0), call.integers([shape[0] as number, groups, -1])]);
  const ones = call.constant(new Float32Array(groups).fill(1), [groups]);
  const zeros = call.constant(new Float32Array(groups), [groups]);
  const epsilon = { float: call.attributes.epsilon };
  const normal = call.op('InstanceNormalization', [flat, ones, zeros], { epsilon });
  const back = [normal, call.integers(shape)];
  if (!call.has(1)) return call.emitImage('Reshape', back);
  const scaled = [call.op('Reshape', back), perChannel(call, 1, shape.length)];
  if (!call.has(2)) return call.emitImage('Mul', scaled);
  call.emitImage('Add', [call.op('Mul', scaled), perChannel(call, 2, shape.length)]);
};

const instanceNorm: Exporter<'instanceNorm'> = (call) => {
  const channels = call.imageShape(0)[1] as number;
  call.emitImage('InstanceNormalization', [call.image(0), vector(call, 1, channels, 1), vector(call, 2, channels, 0)], {
    epsilon: { float: call.attributes.epsilon },
  });
};

const localResponseNorm: Exporter<'localResponseNorm'> = (call) => {
  const { size, alpha, beta, k } = call.attributes;
  call.emitImage('LRN', [call.image(0)], {
    size,
    alpha: { float: alpha },
    beta: { float: beta },
    bias: { float: k },
  });
};

const normalize: Exporter<'normalize'> = (call) => {
  const { p, axis, epsilon } = call.attributes;
  if (p !== 1 && p !== 2) call.refuse(`there are norms with p 1 and 2, not ${p}`);
  const axes = call.integers([axis]);
  const norm = call.op(p === 1 ? 'ReduceL1' : 'ReduceL2', [call.input(0), axes], { keepdims: 1 });
  const least = call.scalar(epsilon);
  call.emit('Div', [call.input(0), call.op('Max', [norm, least])]);
};

const alongAxis = (type: string): Exporter<'softmax' | 'logSoftmax' | 'hardmax'> => {
  return (call) => call.emit(type, [call.input(0)], { axis: call.attributes.axis });
};

export const normalization: Exporters = {
  batchNorm,
  layerNorm,
  rmsNorm,
  groupNorm,
  instanceNorm,
  localResponseNorm,
  normalize,
  softmax: alongAxis('Softmax'),
  logSoftmax: alongAxis('LogSoftmax'),
  hardmax: alongAxis('Hardmax'),
};
