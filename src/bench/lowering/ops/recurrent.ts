import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Call, Lowering, Lowerings } from '../call.js';
import type { Register, Tfjs } from '../program.js';

type CellName = 'lstm' | 'gru' | 'rnn';

/** Weights of one layer and direction: matrices transposed for tfjs's product, as torch orders them. */
interface CellWeights {
  readonly input: Tensor2D;
  readonly recurrent: Tensor2D;
  readonly inputBias: Tensor | undefined;
  readonly recurrentBias: Tensor | undefined;
  readonly projection: Tensor2D | undefined;
}

interface States {
  readonly hidden: Tensor2D;
  readonly cell: Tensor2D | undefined;
}

const product = (tf: Tfjs, a: Tensor2D, b: Tensor2D, bias: Tensor | undefined) =>
  tf.fused.matMul({ a, b, ...(bias && { bias }) }) as Tensor2D;

/** One step; `fromInput` is the input's product with its weights. */
function step(tf: Tfjs, name: CellName, fromInput: Tensor, state: States, w: CellWeights): States {
  const fromState = product(tf, state.hidden, w.recurrent, w.recurrentBias);
  if (name === 'rnn') return { hidden: tf.tanh(tf.add(fromInput, fromState)) as Tensor2D, cell: undefined };
  if (name === 'gru') {
    const [ra, za, na] = tf.split(fromInput, 3, 1) as [Tensor, Tensor, Tensor];
    const [rb, zb, nb] = tf.split(fromState, 3, 1) as [Tensor, Tensor, Tensor];
    const update = tf.sigmoid(tf.add(za, zb));
    const candidate = tf.tanh(tf.add(na, tf.mul(tf.sigmoid(tf.add(ra, rb)), nb)));
    const hidden = tf.add(candidate, tf.mul(update, tf.sub(state.hidden, candidate))) as Tensor2D;
    return { hidden, cell: undefined };
  }
  const [i, f, g, o] = tf.split(tf.add(fromInput, fromState), 4, 1) as [Tensor, Tensor, Tensor, Tensor];
  const kept = tf.mul(tf.sigmoid(f), state.cell as Tensor);
  const cell = tf.add(kept, tf.mul(tf.sigmoid(i), tf.tanh(g))) as Tensor2D;
  const hidden = tf.mul(tf.sigmoid(o), tf.tanh(cell)) as Tensor2D;
  return { hidden: w.projection === undefined ? hidden : product(tf, hidden, w.projection, undefined), cell };
}

/** Registers of the weights of every pass, and how to find them among a step's inputs. */
function weightsOf(call: Call<CellName>, name: CellName) {
  const { tf } = call;
  const a = call.attributes;
  const first = name === 'lstm' ? 3 : 2;
  const passes = a.layers * (a.bidirectional ? 2 : 1);
  const slots = call.node.inputs.map((_, slot) => slot).slice(first);
  const each = slots.length / passes;
  const biases = each - 2 - (a.projectionSize === undefined ? 0 : 1);
  const torchOrder =
    Number.isInteger(each) && biases >= 0 && biases <= 2 && slots.every((slot) => call.type(slot).shape.length < 3);
  if (!torchOrder) call.refuse("its weights are not in PyTorch's order");
  const registers = slots.map((slot) => call.prepared(slot, (w) => (w.rank === 2 ? tf.transpose(w) : w)));
  const of = (tensors: readonly Tensor[], pass: number): CellWeights => {
    const own = tensors.slice(pass * each, (pass + 1) * each);
    return {
      input: own[0] as Tensor2D,
      recurrent: own[1] as Tensor2D,
      inputBias: biases > 0 ? own[2] : undefined,
      recurrentBias: biases > 1 ? own[3] : undefined,
      projection: a.projectionSize === undefined ? undefined : (own.at(-1) as Tensor2D),
    };
  };
  return { registers, of, passes };
}

/** Unrolled over the steps: all steps' products with the input weights are one matrix product. */
function recurrent(name: CellName): Lowering<CellName> {
  return (call) => {
    const { tf } = call;
    const a = call.attributes;
    const { shape } = call.type(0);
    const batched = shape.length === 3;
    const swap = batched && a.batchFirst;
    const [first = 1, second = 1] = shape;
    const [steps, batch] = !batched ? [first, 1] : swap ? [second, first] : [first, second];
    const directions = a.bidirectional ? 2 : 1;
    const weights = weightsOf(call, name);
    const states = [1, ...(name === 'lstm' ? [2] : [])];
    const given = states.filter((slot) => call.has(slot));
    const initial: Register[] = given.map((slot) => call.input(slot, 'logical'));
    const shapes = [0, ...states].map((index) => [...call.outputType(index).shape]);
    call.emit([call.input(0, 'logical'), ...weights.registers, ...initial], ([input, ...rest]) => {
      const tensors = rest.slice(0, weights.registers.length);
      const stateOf = (slot: number, pass: number, size: number) => {
        const tensor = rest[weights.registers.length + given.indexOf(slot)];
        if (!given.includes(slot) || tensor === undefined) return tf.zeros([batch, size]) as Tensor2D;
        return tf.reshape(tf.slice(tf.reshape(tensor, [weights.passes, batch, size]), [pass, 0, 0], [1, batch, size]), [
          batch,
          size,
        ]) as Tensor2D;
      };
      let x = tf.reshape(swap ? tf.transpose(input as Tensor, [1, 0, 2]) : (input as Tensor), [steps, batch, -1]);
      const last: States[] = [];
      for (let layer = 0; layer < weights.passes / directions; layer++) {
        const outputs = Array.from({ length: directions }, (_, direction) => {
          const pass = layer * directions + direction;
          const w = weights.of(tensors, pass);
          const flat = tf.reshape(x, [steps * batch, -1]) as Tensor2D;
          const projected = tf.split(product(tf, flat, w.input, w.inputBias), steps, 0);
          const order = direction === 0 ? projected : projected.reverse();
          let state: States = {
            hidden: stateOf(1, pass, w.recurrent.shape[0]),
            cell: name === 'lstm' ? stateOf(2, pass, a.hiddenSize) : undefined,
          };
          const results = order.map((row) => {
            state = step(tf, name, row, state, w);
            return state.hidden;
          });
          last.push(state);
          return tf.stack(direction === 0 ? results : results.reverse());
        });
        x = outputs.length === 1 ? (outputs[0] as Tensor) : tf.concat(outputs, 2);
      }
      const finals = [
        tf.stack(last.map(({ hidden }) => hidden)),
        ...(name === 'lstm' ? [tf.stack(last.map(({ cell }) => cell as Tensor2D))] : []),
      ];
      return [swap ? tf.transpose(x, [1, 0, 2]) : x, ...finals].map((y, i) => tf.reshape(y, shapes[i] as number[]));
    });
  };
}

export const recurrence: Lowerings = {
  lstm: recurrent('lstm'),
  gru: recurrent('gru'),
  rnn: recurrent('rnn'),
};
