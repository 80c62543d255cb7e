import { ArchmeterError } from '../../core/errors.js';
import {
  inputOf,
  type Kernel,
  type KernelCall,
  type Kernels,
  outputShape,
  permuted,
  type Tensor,
  tensor,
} from '../../core/evaluate/tensor.js';
import { multiply } from './product.js';

type CellName = 'lstm' | 'gru' | 'rnn';

const GATES: Readonly<Record<CellName, number>> = { lstm: 4, gru: 3, rnn: 1 };

/** Weights of one layer and direction, in torch's order. */
interface CellWeights {
  readonly input: Tensor;
  readonly recurrent: Tensor;
  readonly inputBias: Tensor | undefined;
  readonly recurrentBias: Tensor | undefined;
  readonly projection: Tensor | undefined;
}

interface States {
  readonly hidden: Float64Array;
  readonly cell: Float64Array;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** rows [batch, k] · weightᵀ [gates, k] + bias. */
function affine(rows: Float64Array, weight: Tensor, bias: Tensor | undefined): Float64Array {
  const [n = 1, k = 1] = weight.shape;
  const m = rows.length / k;
  const result = new Float64Array(m * n);
  multiply(rows, weight.data, result, { m, n, k });
  return bias === undefined ? result : result.map((x, i) => x + (bias.data[i % n] as number));
}

/** One step of torch.nn.LSTM, GRU or RNN (tanh) for a batch: the new hidden and cell state. */
function step(name: CellName, x: Float64Array, state: States, w: CellWeights, size: number): States {
  const gates = GATES[name];
  const fromInput = affine(x, w.input, w.inputBias);
  const fromState = affine(state.hidden, w.recurrent, w.recurrentBias);
  const count = fromInput.length / gates;
  const hidden = new Float64Array(count);
  const cell = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const row = Math.floor(i / size) * gates * size + (i % size);
    const a = (gate: number) => fromInput[row + gate * size] as number;
    const b = (gate: number) => fromState[row + gate * size] as number;
    if (name === 'rnn') hidden[i] = Math.tanh(a(0) + b(0));
    else if (name === 'gru') {
      const reset = sigmoid(a(0) + b(0));
      const update = sigmoid(a(1) + b(1));
      const candidate = Math.tanh(a(2) + reset * b(2));
      hidden[i] = (1 - update) * candidate + update * (state.hidden[i] as number);
    } else {
      const [input, forget, output] = [0, 1, 3].map((gate) => sigmoid(a(gate) + b(gate))) as [number, number, number];
      cell[i] = forget * (state.cell[i] as number) + input * Math.tanh(a(2) + b(2));
      hidden[i] = output * Math.tanh(cell[i] as number);
    }
  }
  return { hidden: w.projection === undefined ? hidden : affine(hidden, w.projection, undefined), cell };
}

function weightsOf(call: KernelCall<CellName>, name: CellName): CellWeights[] {
  const a = call.attributes;
  const passes = a.layers * (a.bidirectional ? 2 : 1);
  const all = call.inputs.slice(name === 'lstm' ? 3 : 2) as readonly Tensor[];
  const each = all.length / passes;
  const biases = each - 2 - (a.projectionSize === undefined ? 0 : 1);
  const torchOrder = Number.isInteger(each) && biases >= 0 && biases <= 2 && all.every(({ shape }) => shape.length < 3);
  if (!torchOrder) throw new ArchmeterError(`${name} has weights in another order than PyTorch's`);
  return Array.from({ length: passes }, (_, pass) => {
    const own = all.slice(pass * each, (pass + 1) * each);
    return {
      input: own[0] as Tensor,
      recurrent: own[1] as Tensor,
      inputBias: biases > 0 ? own[2] : undefined,
      recurrentBias: biases > 1 ? own[3] : undefined,
      projection: a.projectionSize === undefined ? undefined : own.at(-1),
    };
  });
}

function recurrentKernel(name: CellName): Kernel<CellName> {
  return (call) => {
    const a = call.attributes;
    const given = inputOf(call, 0);
    const batched = given.shape.length === 3;
    const swap = batched && a.batchFirst;
    const sequence = swap ? permuted(given, [1, 0, 2]) : given;
    const steps = sequence.shape[0] as number;
    const batch = batched ? (sequence.shape[1] as number) : 1;
    const directions = a.bidirectional ? 2 : 1;
    const weights = weightsOf(call, name);
    let rows = Array.from({ length: steps }, (_, t) => {
      const run = sequence.data.length / steps;
      return sequence.data.subarray(t * run, (t + 1) * run);
    });
    const last: States[] = [];
    for (let layer = 0; layer < weights.length / directions; layer++) {
      const outputs = Array.from({ length: directions }, (_, direction) => {
        const pass = layer * directions + direction;
        const w = weights[pass] as CellWeights;
        const stateSize = w.recurrent.shape[1] as number;
        const initial = (slot: number, size: number) => {
          const state = call.inputs[slot];
          return state
            ? state.data.slice(pass * batch * size, (pass + 1) * batch * size)
            : new Float64Array(batch * size);
        };
        let state: States = {
          hidden: initial(1, stateSize),
          cell: name === 'lstm' ? initial(2, a.hiddenSize) : new Float64Array(0),
        };
        const order = direction === 0 ? rows : rows.toReversed();
        const results = order.map((x) => {
          state = step(name, x, state, w, a.hiddenSize);
          return state.hidden;
        });
        last.push(state);
        return direction === 0 ? results : results.reverse();
      });
      rows = rows.map((_, t) =>
        joinRows(
          outputs.map((results) => results[t] as Float64Array),
          batch,
        ),
      );
    }
    const shape = outputShape(call);
    const joined = tensor([steps, batch, (rows[0]?.length ?? 0) / batch], concatenate(rows));
    const y = swap ? permuted(joined, [1, 0, 2]) : joined;
    const finals = [last.map(({ hidden }) => hidden), last.map(({ cell }) => cell)].slice(0, name === 'lstm' ? 2 : 1);
    return [tensor(shape, y.data), ...finals.map((states, i) => tensor(outputShape(call, i + 1), concatenate(states)))];
  };
}

/** [batch, n] of each direction side by side. */
function joinRows(parts: readonly Float64Array[], batch: number): Float64Array {
  if (parts.length === 1) return parts[0] as Float64Array;
  return concatenate(
    Array.from({ length: batch }, (_, b) =>
      concatenate(parts.map((part) => part.subarray((b * part.length) / batch, ((b + 1) * part.length) / batch))),
    ),
  );
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const result = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

export const recurrent: Kernels = {
  lstm: recurrentKernel('lstm'),
  gru: recurrentKernel('gru'),
  rnn: recurrentKernel('rnn'),
};
