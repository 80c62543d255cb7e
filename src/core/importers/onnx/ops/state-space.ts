import { ArchmeterError } from '../../../errors.js';
import { formatShape } from '../../../ir/tensor.js';
import type { Call } from '../call.js';
import type { Tensor } from '../tensor.js';
import type { OnnxOps } from './define-onnx-op.js';

/** Depthwise convolution over the present and past positions, with the last k - 1 of them carried on (opset 27). */
function causalConvWithState(call: Call): Tensor[] {
  const [x, weight, bias, past] = [call.input(0), call.input(1), call.optional(2), call.optional(3)];
  const [, channels, length] = x.shape as readonly [number, number, number];
  const size = weight.shape.at(-1) as number;
  if (x.shape.length !== 3 || weight.shape.length !== 3 || weight.shape[0] !== channels) {
    throw new ArchmeterError(
      `an input of shape ${formatShape(x.shape)} does not fit a weight of shape ${formatShape(weight.shape)}`,
    );
  }
  const extended =
    past === undefined
      ? call.emit('pad', [x], {
          pads: [
            [0, 0],
            [0, 0],
            [size - 1, 0],
          ],
        })
      : call.emit('concat', [past, x], { axis: 2 });
  const y = call.emit('conv', bias === undefined ? [extended, weight] : [extended, weight, bias], {
    outChannels: channels,
    kernel: [size],
    groups: channels,
    bias: bias !== undefined,
  });
  const result = ['silu', 'swish'].includes(call.text('activation', 'none')) ? call.emit('silu', [y]) : y;
  if (!call.gives(1)) return [result];
  return [
    result,
    call.emit('slice', [extended], { starts: [length], ends: [length + size - 1], axes: [2], steps: [1] }),
  ];
}

const RULES: Readonly<Record<string, 'linear' | 'gated' | 'delta' | 'gatedDelta'>> = {
  linear: 'linear',
  gated: 'gated',
  delta: 'delta',
  gated_delta: 'gatedDelta',
};

/** A recurrence over states of keys and values (opset 27). */
function linearAttention(call: Call): Tensor[] {
  const [q, k, v] = [call.input(0), call.input(1), call.input(2)];
  const written = call.text('update_rule', 'gated_delta');
  const rule = RULES[written];
  if (rule === undefined)
    throw new ArchmeterError(`update_rule is '${written}', not one of ${Object.keys(RULES).join(', ')}`);
  return call.emitAll('linearAttention', [q, k, v, call.optional(3), call.optional(4), call.optional(5)], {
    queryHeads: call.int('q_num_heads', 0),
    keyHeads: call.int('kv_num_heads', 0),
    rule,
  });
}

export const STATE_SPACE: OnnxOps = {
  CausalConvWithState: { lower: causalConvWithState },
  LinearAttention: { lower: linearAttention },
};
