import type { Lowering, NodeCall } from '../../tensorflow/call.js';
import type { Tensor } from '../../tensorflow/tensor.js';

/** Inputs of an LSTM kernel: 1 to 4 input weights, 5 to 8 recurrent weights, peepholes, biases, projection. */
const FORGET_GATE = 1;
const PROJECTION = 15;
const WEIGHTS = 17;

/** @param first index of the weights of the input gate */
function lstm(call: NodeCall, x: Tensor, first: number, timeMajor: boolean, part?: string): Tensor {
  // Coupled input and forget gates (CIFG) have three gates in place of four.
  if (!call.has(first)) return call.fail('its input and forget gates are coupled, which is not counted yet');
  const weights = Array.from({ length: WEIGHTS }, (_, i) => first + i).filter((index) => call.has(index));
  const hiddenSize = call.input(first + FORGET_GATE).shape[0] as number;
  const projection = call.has(first + PROJECTION) ? call.input(first + PROJECTION).shape[0] : undefined;
  const values = weights.map((index) => call.input(index).value('parameter'));
  return call.add(
    'lstm',
    [x, undefined, undefined, ...values],
    {
      hiddenSize,
      batchFirst: !timeMajor,
      biasVectors: 1,
      ...(projection === undefined ? {} : { projectionSize: projection }),
    },
    part,
  );
}

function rnn(call: NodeCall, x: Tensor, first: number, timeMajor: boolean, part?: string): Tensor {
  const weights = [0, 1, 2].filter((i) => call.has(first + i)).map((i) => call.input(first + i).value('parameter'));
  const hiddenSize = call.input(first).shape[0] as number;
  return call.add('rnn', [x, undefined, ...weights], { hiddenSize, batchFirst: !timeMajor, biasVectors: 1 }, part);
}

/** One step: a sequence of one. */
function single(call: NodeCall, run: (x: Tensor) => Tensor): Tensor {
  const [batch = 1, features = 1] = call.x.shape;
  const y = run(call.add('reshape', [call.x], { shape: [batch, 1, features] }, 'step'));
  return call.add('reshape', [y], { shape: [batch, y.shape.at(-1) as number] }, 'output');
}

const BACKWARD_LSTM = 18;
const BACKWARD_RNN = 5;

function bothWays(call: NodeCall, run: (first: number, part: string) => Tensor, backward: number): readonly Tensor[] {
  const [forward, reverse] = [run(1, 'forward'), run(backward, 'backward')];
  if (!call.attributes.flag('merge_outputs')) return [forward, reverse];
  return [call.add('concat', [forward, reverse], { axis: -1 })];
}

/** Input, feature weights [units·rank, in], time weights [units·rank, memory], bias, state (Nakkiran et al., 2015). */
const svdf: Lowering = (call) => {
  const [x, features, time, state] = [call.x, call.input(1), call.input(2), call.input(4)];
  const batch = x.shape[0] as number;
  const [filters, memory] = time.shape as [number, number];
  const rank = Math.max(call.attributes.integer('rank', 1), 1);
  const activity = call.add(
    'linear',
    [x, features.value('parameter')],
    { outFeatures: filters, bias: false },
    'features',
  );
  const newest = call.add('unsqueeze', [activity], { axes: [2] }, 'newest');
  const kept = call.add(
    'slice',
    [call.add('reshape', [state.value('buffer')], { shape: [batch, filters, memory] }, 'state')],
    { starts: [1], ends: [memory], axes: [2] },
    'kept',
  );
  const history = call.add('concat', [kept, newest], { axis: 2 }, 'memory');
  const filtered = call.add('einsum', [history, time.value('parameter')], { equation: 'bfm,fm->bf' }, 'time');
  const units = filters / rank;
  const grouped = call.add('reshape', [filtered], { shape: [batch, units, rank] }, 'ranks');
  const sum = call.add('reduceSum', [grouped], { axes: [-1] });
  return call.has(3) ? call.add('add', [sum, call.input(3).value('parameter')], {}, 'bias') : sum;
};

const timeMajor = (call: NodeCall) => call.attributes.flag('time_major');

export const recurrentOps: Readonly<Record<string, Lowering>> = {
  LSTM: (call) => single(call, (x) => lstm(call, x, 1, false)),
  UNIDIRECTIONAL_SEQUENCE_LSTM: (call) => lstm(call, call.x, 1, timeMajor(call)),
  BIDIRECTIONAL_SEQUENCE_LSTM: (call) =>
    bothWays(call, (first, part) => lstm(call, call.x, first, timeMajor(call), part), BACKWARD_LSTM),
  RNN: (call) => single(call, (x) => rnn(call, x, 1, false)),
  UNIDIRECTIONAL_SEQUENCE_RNN: (call) => rnn(call, call.x, 1, timeMajor(call)),
  BIDIRECTIONAL_SEQUENCE_RNN: (call) =>
    bothWays(call, (first, part) => rnn(call, call.x, first, timeMajor(call), part), BACKWARD_RNN),
  SVDF: svdf,
};
