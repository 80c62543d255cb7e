import type { Value } from '../../../ir/graph.js';
import { channelsOf } from '../../../ops/convolution/window.js';
import type { LayerCall, LayerLowering } from '../layer.js';

/** The steps are unrolled; a longer sequence would make an unwieldy graph. */
const MAX_STEPS = 512;

/** Convolutional LSTM (arXiv 1506.04214): input [N, L, …image], the gates are convolutions of input and state. */
const convLstm: LayerLowering = (call) => {
  const { config, x } = call;
  const rank = Number(/(\d)D/.exec(call.layer.className)?.[1]);
  if (x.shape.length !== rank + 3) call.fail(`it takes ${rank + 3} axes, its input has shape [${x.shape.join(', ')}]`);
  const [batch = 1, steps = 1, ...image] = x.shape;
  if (steps > MAX_STEPS) call.fail(`it runs over ${steps} steps`, `Give an input of at most ${MAX_STEPS} steps.`);
  const layout = call.layout();
  const filters = config.size('filters');
  const kernel = config.sizes('kernel_size', rank);
  const input = call.weight('kernel', [4 * filters, channelsOf([batch, ...image], layout), ...kernel]);
  const state = call.weight('recurrent_kernel', [4 * filters, filters, ...kernel]);
  const bias = config.boolean('use_bias', true) ? [call.weight('bias', [4 * filters])] : [];
  const attributes = { outChannels: 4 * filters, kernel, layout };
  const frames = call.part('frames', 'reshape', [x], { shape: [batch * steps, ...image] });
  const gates = call.part('input', 'conv', [frames, input, ...bias], {
    ...attributes,
    stride: config.sizes('strides', rank, 1),
    padding: config.text('padding', 'valid') === 'same' ? 'same' : 'valid',
    dilation: config.sizes('dilation_rate', rank, 1),
    bias: bias.length > 0,
  });
  const sequence = call.part('sequence', 'reshape', [gates], { shape: [batch, steps, ...gates.shape.slice(1)] });
  const axis = layout === 'channelsLast' ? rank + 1 : 1;
  const outputs: Value[] = [];
  const initial = [batch, ...gates.shape.slice(1)];
  initial[axis] = filters;
  const zeros = () => call.part('zeros', 'fill', [], { shape: initial, value: 0, dtype: gates.dtype });
  let hidden = zeros();
  let cell = zeros();
  for (let step = 0; step < steps; step++) {
    const slice = call.part('step', 'slice', [sequence], { starts: [step], ends: [step + 1], axes: [1] });
    const fed = call.part('recurrent', 'conv', [hidden, state], { ...attributes, padding: 'same', bias: false });
    const z = call.part('gates', 'add', [call.part('squeeze', 'squeeze', [slice], { axes: [1] }), fed]);
    [hidden, cell] = cellStep(call, z, cell, axis, filters);
    outputs.push(hidden);
  }
  const main = config.boolean('return_sequences', false) ? call.part('stack', 'stack', outputs, { axis: 1 }) : hidden;
  return config.boolean('return_state', false) ? [main, hidden, cell] : main;
};

/** c' = σ(f)·c + σ(i)·tanh(g), h' = σ(o)·tanh(c'). */
function cellStep(call: LayerCall, z: Value, cell: Value, axis: number, filters: number): [Value, Value] {
  const sizes = [filters, filters, filters, filters];
  const [i, f, g, o] = call.partAll('split', 'split', [z], { axis, sizes }) as [Value, Value, Value, Value];
  const gate = (value: Value) => call.part('gate', 'hardSigmoid', [value]);
  const added = call.part('candidate', 'mul', [gate(i), call.part('tanh', 'tanh', [g])]);
  const next = call.part('cell', 'add', [call.part('keep', 'mul', [gate(f), cell]), added]);
  return [call.part('output', 'mul', [gate(o), call.part('tanh', 'tanh', [next])]), next];
}

export const convLstmLayers: Readonly<Record<string, LayerLowering>> = {
  ConvLSTM1D: convLstm,
  ConvLSTM2D: convLstm,
  ConvLSTM3D: convLstm,
};
