import type { OpName } from '../../../ops/op-attributes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';

const plain =
  (op: OpName): Lowering =>
  (n) =>
    n.add(op, [n.tensor('self')]);

/** Attributes that differ from torch's defaults, which are also those of the op. */
function changed<K extends string>(
  entries: Readonly<Record<K, readonly [value: number, standard: number]>>,
): Partial<Record<K, number>> {
  return Object.fromEntries(
    Object.entries<readonly [number, number]>(entries).flatMap(([name, [value, standard]]) =>
      value === standard ? [] : [[name, value]],
    ),
  ) as Partial<Record<K, number>>;
}

function hardTanh(n: NodeContext) {
  const min = n.number('min_val', -1);
  const max = n.number('max_val', 1);
  const x = n.tensor('self');
  return min === 0 && max === 6
    ? n.add('relu6', [x])
    : n.add('hardTanh', [x], changed({ min: [min, -1], max: [max, 1] }));
}

function leakyRelu(n: NodeContext, slope: number) {
  return n.add('leakyRelu', [n.tensor('self')], { alpha: slope });
}

/** aten operators by name, without overload. */
export const ACTIVATIONS: Readonly<Record<string, Lowering>> = {
  relu: plain('relu'),
  relu6: plain('relu6'),
  sigmoid: plain('sigmoid'),
  tanh: plain('tanh'),
  silu: plain('silu'),
  mish: plain('mish'),
  hardswish: plain('hardSwish'),
  log_sigmoid: plain('logSigmoid'),
  // (output, buffer): the buffer is for the backward pass.
  log_sigmoid_forward: (n) => [n.add('logSigmoid', [n.tensor('self')]), undefined],
  hardsigmoid: plain('hardSigmoid'),
  hardtanh: hardTanh,
  gelu: (n) =>
    n.add('gelu', [n.tensor('self')], n.word('approximate', 'none') === 'tanh' ? { approximate: 'tanh' } : {}),
  elu: (n) =>
    n.add('elu', [n.tensor('self')], {
      ...changed({
        alpha: [n.number('alpha', 1), 1],
        scale: [n.number('scale', 1), 1],
        inputScale: [n.number('input_scale', 1), 1],
      }),
    }),
  selu: plain('selu'),
  celu: (n) => n.add('celu', [n.tensor('self')], changed({ alpha: [n.number('alpha', 1), 1] })),
  leaky_relu: (n) => leakyRelu(n, n.number('negative_slope', 0.01)),
  // At inference the slope is the mean of the range.
  rrelu: (n) => leakyRelu(n, (n.number('lower', 1 / 8) + n.number('upper', 1 / 3)) / 2),
  rrelu_with_noise: (n) => leakyRelu(n, (n.number('lower', 1 / 8) + n.number('upper', 1 / 3)) / 2),
  rrelu_with_noise_functional: (n) => [
    leakyRelu(n, (n.number('lower', 1 / 8) + n.number('upper', 1 / 3)) / 2),
    undefined,
  ],
  prelu: (n) => n.add('prelu', [n.tensor('self'), n.tensor('weight')]),
  _prelu_kernel: (n) => n.add('prelu', [n.tensor('self'), n.tensor('weight')]),
  softplus: (n) =>
    n.add('softplus', [n.tensor('self')], {
      ...changed({ beta: [n.number('beta', 1), 1], threshold: [n.number('threshold', 20), 20] }),
    }),
  softshrink: (n) => n.add('softShrink', [n.tensor('self')], { lambda: n.number('lambd', 0.5) }),
  hardshrink: (n) => n.add('hardShrink', [n.tensor('self')], { lambda: n.number('lambd', 0.5) }),
  threshold: (n) =>
    n.add('thresholdedRelu', [n.tensor('self')], { alpha: n.number('threshold'), value: n.number('value') }),
  glu: (n) => n.add('glu', [n.tensor('self')], { axis: n.integer('dim', -1) }),
};
