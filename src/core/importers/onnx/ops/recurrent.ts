import { ArchmeterError } from '../../../errors.js';
import { formatShape } from '../../../ir/tensor.js';
import type { Call } from '../call.js';
import type { Tensor } from '../tensor.js';
import type { OnnxOps } from './define-onnx-op.js';

/** X [L, N, I] (or [N, L, I] with layout 1), W [D, G·H, I], R [D, G·H, H], B [D, 2·G·H], lengths, states, peepholes. */
export function recurrent(call: Call, op: 'lstm' | 'gru' | 'rnn'): Tensor[] {
  const [x, w, r, b] = [call.input(0), call.input(1), call.input(2), call.optional(3)];
  const hidden = call.optional(5);
  const cell = op === 'lstm' ? call.optional(6) : undefined;
  const peepholes = op === 'lstm' ? call.optional(7) : undefined;
  const hiddenSize = r.shape[2] ?? call.int('hidden_size', 0);
  const gates = { lstm: 4, gru: 3, rnn: 1 }[op];
  const directions = call.text('direction', 'forward') === 'bidirectional' ? 2 : 1;
  const batchFirst = call.flag('layout');
  const fits =
    x.shape.length === 3 &&
    w.shape.join() === [directions, gates * hiddenSize, x.shape[2]].join() &&
    r.shape.join() === [directions, gates * hiddenSize, hiddenSize].join();
  if (!fits) {
    throw new ArchmeterError(
      `${call.type}: weights ${formatShape(w.shape)} and ${formatShape(r.shape)} do not fit an input ${formatShape(x.shape)} in ${directions} directions`,
    );
  }
  return cells(call, op, { x, w, r, b, peepholes, hidden, cell, hiddenSize, directions, batchFirst });
}

interface Parts {
  readonly x: Tensor;
  readonly w: Tensor;
  readonly r: Tensor;
  readonly b: Tensor | undefined;
  readonly peepholes: Tensor | undefined;
  readonly hidden: Tensor | undefined;
  readonly cell: Tensor | undefined;
  readonly hiddenSize: number;
  readonly directions: number;
  readonly batchFirst: boolean;
}

function cells(call: Call, op: 'lstm' | 'gru' | 'rnn', parts: Parts): Tensor[] {
  const { x, w, r, b, peepholes, hiddenSize, directions, batchFirst } = parts;
  const weights = [w, r, b, peepholes].filter((tensor) => tensor !== undefined);
  // With layout 1 the states are [batch, directions, hidden].
  const state = (tensor: Tensor | undefined) =>
    tensor !== undefined && batchFirst ? call.emit('transpose', [tensor], { permutation: [1, 0, 2] }) : tensor;
  const states = op === 'lstm' ? [state(parts.hidden), state(parts.cell)] : [state(parts.hidden)];
  const [y, ...last] = call.emitAll(op, [x, ...states, ...weights], {
    hiddenSize,
    bidirectional: directions === 2,
    bias: b !== undefined,
    batchFirst,
  }) as [Tensor, ...Tensor[]];
  const [first, second] = x.shape as readonly [number, number];
  // The kernel writes directions apart: [L, D, N, H], with layout 1 [N, L, D, H].
  const shape = batchFirst ? [first, second, directions, hiddenSize] : [first, directions, second, hiddenSize];
  const outputs = [call.gives(0) ? call.emit('reshape', [y], { shape }) : y];
  last.forEach((tensor, i) => {
    const [layers, batch, size] = tensor.shape as readonly [number, number, number];
    const moved = batchFirst && call.gives(i + 1);
    outputs.push(moved ? call.emit('reshape', [tensor], { shape: [batch, layers, size] }) : tensor);
  });
  return outputs;
}

export const RECURRENT: OnnxOps = {
  GRU: { lower: (call) => recurrent(call, 'gru') },
  LSTM: { lower: (call) => recurrent(call, 'lstm') },
  RNN: { lower: (call) => recurrent(call, 'rnn') },
};
