import type { Value } from '../../../ir/graph.js';
import { isObject } from '../config.js';
import { type Argument, type Layer, type LayerCall, type LayerLowering, tensorsIn } from '../layer.js';
import { opaque } from './activation.js';
import { wrapped } from './wrapper.js';

type Cell = 'lstm' | 'gru' | 'rnn';

const GATES: Readonly<Record<Cell, number>> = { lstm: 4, gru: 3, rnn: 1 };

/** Cells by class name; the layers that run one are named without `Cell`. */
const CELLS: Readonly<Record<string, Cell>> = {
  LSTMCell: 'lstm',
  GRUCell: 'gru',
  SimpleRNNCell: 'rnn',
  LSTM: 'lstm',
  GRU: 'gru',
  SimpleRNN: 'rnn',
  CuDNNLSTM: 'lstm',
  CuDNNGRU: 'gru',
};

/** Every step's output, then the last states: [N, L, H], [N, H] … */
interface Sequence {
  readonly all: Value;
  readonly states: readonly Value[];
}

/** One pass over the sequence with the weights of `cell` (the layer itself, or the cell that it holds). */
function pass(call: LayerCall, cell: Layer, kind: Cell, x: Value, initial: readonly Value[]): Sequence {
  const { config } = cell;
  const hiddenSize = config.size('units');
  const features = x.shape.at(-1) as number;
  const rows = GATES[kind] * hiddenSize;
  const bias = config.boolean('use_bias', true);
  const twoBiases = cell.className.startsWith('CuDNN') || (kind === 'gru' && config.boolean('reset_after', false));
  const own = (name: string, shape: readonly number[]) => weightOf(call, cell, name, shape);
  const weights = [own('kernel', [rows, features]), own('recurrent_kernel', [rows, hiddenSize])];
  if (bias) weights.push(own('bias', twoBiases ? [2, rows] : [rows]));
  const states = Array.from({ length: kind === 'lstm' ? 2 : 1 }, (_, i) => {
    const state = initial[i];
    return state && call.part('initial_state', 'unsqueeze', [state], { axes: [0] });
  });
  const attributes = {
    hiddenSize,
    batchFirst: !call.config.boolean('time_major', false),
    bias,
    ...(bias ? { biasVectors: twoBiases ? 2 : 1 } : {}),
  };
  const inputs = [x, ...states, ...weights];
  const [all, ...last] =
    cell === call.layer ? call.addAll(kind, inputs, attributes) : call.partAll(cell.name, kind, inputs, attributes);
  const flat = last.map((state) => call.part('state', 'squeeze', [state], { axes: [0] }));
  return { all: all as Value, states: flat };
}

/** A weight that belongs to a cell inside the layer being called. */
function weightOf(call: LayerCall, cell: Layer, name: string, shape: readonly number[]): Value {
  if (cell === call.layer) return call.weight(name, shape);
  const known = cell.weights.get(name);
  if (known !== undefined && known.shape.join() === shape.join()) return known;
  const { variables } = call.dtypePolicy();
  const value = call.builder.stored(`${cell.fullName}.${name}`, 'parameter', shape, variables);
  cell.weights.set(name, value);
  return value;
}

function initialStates(call: LayerCall): readonly Value[] {
  const named = tensorsIn(call.options.kwargs.initial_state);
  return named.length > 0 ? named : call.inputs.slice(1);
}

function resultOf(call: LayerCall, { all, states }: Sequence): Value | Value[] {
  const main = call.config.boolean('return_sequences', false) ? all : (states[0] as Value);
  return call.config.boolean('return_state', false) ? [main, ...states] : main;
}

function sequenceInput(call: LayerCall): Value {
  return call.x.shape.length === 3
    ? call.x
    : call.fail(`it takes [batch, steps, features], its input has shape [${call.x.shape.join(', ')}]`);
}

const recurrent: LayerLowering = (call) => {
  const kind = CELLS[call.layer.className] as Cell;
  return resultOf(call, pass(call, call.layer, kind, sequenceInput(call), initialStates(call)));
};

/** A cell, or several stacked, run over the sequence. */
const rnn: LayerLowering = (call) => {
  const cell = wrapped(call, 'cell');
  const stack = cell.className === 'StackedRNNCells' ? stackedCells(cell) : [cell];
  if (!stack.every(({ className }) => Object.hasOwn(CELLS, className))) {
    const unknown = stack.find(({ className }) => !Object.hasOwn(CELLS, className));
    return opaque(call, `RNN of ${unknown?.className}`, 'the file does not hold what the cell computes');
  }
  let x = sequenceInput(call);
  const given = [...initialStates(call)];
  const states: Value[] = [];
  let last: Sequence | undefined;
  for (const layer of stack) {
    const kind = CELLS[layer.className] as Cell;
    last = pass(call, layer, kind, x, given.splice(0, kind === 'lstm' ? 2 : 1));
    states.push(...last.states);
    x = last.all;
  }
  if (last === undefined) return call.config.wrong('cell', 'a cell');
  const main = call.config.boolean('return_sequences', false) ? last.all : (last.states[0] as Value);
  return call.config.boolean('return_state', false) ? [main, ...states] : main;
};

function stackedCells(stacked: Layer): Layer[] {
  return stacked.config.list('cells').map((json, i) => {
    if (!isObject(json)) return stacked.config.wrong('cells', 'a list of cells');
    return stacked.child(`${i}`, json);
  });
}

/** A second layer of the same kind reads the sequence from its end. */
const bidirectional: LayerLowering = (call) => {
  const forward = wrapped(call);
  const stated = call.config.get('backward_layer');
  const backward = call.layer.child('backward_layer', isObject(stated) ? stated : mirrored(forward));
  const given = initialStates(call);
  const half = given.length / 2;
  const run = (layer: Layer, states: readonly Value[]) => {
    const result = call.callChild(layer, {
      args: [call.x],
      kwargs: states.length > 0 ? { initial_state: states } : {},
    });
    return tensorsIn(result);
  };
  const [x, ...forwardStates] = run(forward, given.slice(0, half));
  const [y, ...backwardStates] = run(backward, given.slice(half));
  if (x === undefined || y === undefined) return call.config.wrong('layer', 'a recurrent layer');
  const mode =
    call.config.has('merge_mode') || call.config.get('merge_mode') === undefined
      ? call.config.text('merge_mode', 'concat')
      : null;
  const merged = mode === null ? [x, y] : [merge(call, mode, x, y)];
  const all: Argument[] = [...merged, ...forwardStates, ...backwardStates];
  return all.length === 1 ? all[0] : all;
};

function mirrored(forward: Layer) {
  const name = forward.name.replace(/^forward_/, '');
  return { ...forward.json, config: { ...forward.config.json, name: `backward_${name}` } };
}

function merge(call: LayerCall, mode: string, x: Value, y: Value): Value {
  switch (mode) {
    case 'concat':
      return call.part('merge', 'concat', [x, y], { axis: -1 });
    case 'sum':
      return call.part('merge', 'add', [x, y]);
    case 'mul':
      return call.part('merge', 'mul', [x, y]);
    case 'ave':
      return call.part('half', 'div', [
        call.part('merge', 'add', [x, y]),
        call.builder.stored(`${call.layer.fullName}.two`, 'constant', [], x.dtype, [2]),
      ]);
    default:
      return call.config.wrong('merge_mode', "'concat', 'sum', 'mul', 'ave' or null");
  }
}

export const recurrentLayers: Readonly<Record<string, LayerLowering>> = {
  LSTM: recurrent,
  GRU: recurrent,
  SimpleRNN: recurrent,
  CuDNNLSTM: recurrent,
  CuDNNGRU: recurrent,
  RNN: rnn,
  Bidirectional: bidirectional,
};
