import { ArchmeterError } from '../../../errors.js';
import type { Value } from '../../../ir/graph.js';
import { elementCount } from '../../../ir/tensor.js';
import type { OpAttributes } from '../../../ops/op-attributes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';
import { reshaped } from './views.js';

const GATES = { lstm: 4, gru: 3, rnn: 1 } as const;
type Cell = keyof typeof GATES;

type Layout = OpAttributes['lstm'] & { readonly bias: boolean };

function attributesOf({ bias, layers, bidirectional, batchFirst, ...rest }: Layout): OpAttributes['lstm'] {
  return {
    ...rest,
    ...(bias ? {} : { bias: false }),
    ...(layers === undefined || layers === 1 ? {} : { layers }),
    ...(bidirectional ? { bidirectional: true } : {}),
    ...(batchFirst ? { batchFirst: true } : {}),
  };
}

/** Last states as the file shapes them: torch's meta kernels put an axis of 1 in between. */
function asStated(n: NodeContext, outputs: readonly Value[]): Value[] {
  return outputs.map((value, i) => {
    const stated = n.stated[i]?.shape;
    return i === 0 || stated === undefined || elementCount(stated) !== elementCount(value.shape)
      ? value
      : reshaped(n, value, stated);
  });
}

/** lstm.input, gru.input, rnn_tanh.input, rnn_relu.input: `params` of each layer and direction in turn. */
const layer =
  (cell: Cell): Lowering =>
  (n) => {
    if (n.has('batch_sizes')) return n.opaque('packed sequences: their lengths lie in a tensor');
    const params = n.tensors('params');
    const bias = n.flag('has_biases', true);
    const directions = n.flag('bidirectional') ? 2 : 1;
    const layers = n.integer('num_layers', 1);
    const [inputWeight, , ...others] = params;
    if (inputWeight === undefined) throw new ArchmeterError(`${n.node.target} has no weights`);
    const hiddenSize = (inputWeight.shape[0] as number) / GATES[cell];
    const perDirection = params.length / (layers * directions);
    const projection = perDirection === (bias ? 5 : 3) ? others[bias ? 2 : 0] : undefined;
    const outputs = n.addAll(cell, [n.tensor('input'), ...n.tensors('hx'), ...params], {
      ...attributesOf({
        hiddenSize,
        bias,
        layers,
        bidirectional: directions === 2,
        batchFirst: n.flag('batch_first'),
      }),
      ...(projection === undefined ? {} : { projectionSize: projection.shape[0] as number }),
    });
    return asStated(n, outputs);
  };

/** One step: a layer over a sequence of one. */
const cellStep =
  (cell: Cell): Lowering =>
  (n) => {
    const step = (value: Value) => n.add('unsqueeze', [value], { axes: [0] });
    const x = n.tensor('input');
    const weights = ['w_ih', 'w_hh', 'b_ih', 'b_hh'].flatMap((name) => n.optional(name) ?? []);
    const states = n.tensors('hx');
    const unbatched = x.shape.length === 1;
    const hiddenSize = (weights[0]?.shape[0] as number) / GATES[cell];
    const outputs = n.addAll(cell, [step(x), ...states.map(step), ...weights], {
      ...attributesOf({ hiddenSize, bias: n.has('b_ih') }),
    });
    const last = outputs.slice(1).map((value) => n.add('squeeze', [value], { axes: [0] }));
    return unbatched ? last : last.slice(0, cell === 'lstm' ? 2 : 1);
  };

/** oneDNN's kernel: one layer in one direction; only its LSTM mode is made by torch. */
function oneDnnLayer(n: NodeContext) {
  const weights = ['weight0', 'weight1', 'weight2', 'weight3'].map((name) => n.tensor(name));
  const bias = n.flag('has_biases', true);
  const outputs = n.addAll(
    'lstm',
    [n.tensor('input'), n.tensor('hx_'), n.tensor('cx_'), ...weights.slice(0, bias ? 4 : 2)],
    {
      ...attributesOf({ hiddenSize: n.integer('hidden_size'), bias, batchFirst: n.flag('batch_first') }),
    },
  );
  return [...asStated(n, outputs), undefined];
}

export const RECURRENT: Readonly<Record<string, Lowering>> = {
  lstm: layer('lstm'),
  gru: layer('gru'),
  rnn_tanh: layer('rnn'),
  rnn_relu: layer('rnn'),
  lstm_cell: cellStep('lstm'),
  gru_cell: cellStep('gru'),
  rnn_tanh_cell: cellStep('rnn'),
  rnn_relu_cell: cellStep('rnn'),
  mkldnn_rnn_layer: oneDnnLayer,
};
