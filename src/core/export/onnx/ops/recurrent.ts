import type { ExportCall, Exporter, Exporters, Name } from '../call.js';

/** Order in which ONNX wants the gates that torch stores as i f g o, r z n. */
const GATES = { lstm: [0, 3, 1, 2], gru: [1, 0, 2], rnn: [0] } as const;

type CellName = keyof typeof GATES;

/** Contents of a weight with its blocks of rows (one for each gate) in ONNX's order. */
function reordered(call: ExportCall, slot: number, name: CellName): Float32Array {
  const values = call.contents(slot);
  const run = values.length / GATES[name].length;
  const result = new Float32Array(values.length);
  GATES[name].forEach((gate, i) => {
    result.set(values.subarray(gate * run, (gate + 1) * run), i * run);
  });
  return result;
}

/** The same weight of every direction as one tensor [directions, …]. */
function perDirection(
  call: ExportCall,
  slots: readonly (readonly number[])[],
  name: CellName,
  shape: readonly number[],
): Name {
  const parts = slots.map((own) => own.flatMap((slot) => [...reordered(call, slot, name)]));
  return call.constant(parts.flat(), [slots.length, ...shape]);
}

function recurrent(name: CellName): Exporter<CellName> {
  return (call) => {
    const a = call.attributes;
    if (a.projectionSize !== undefined) call.refuse('there is no projected LSTM');
    const states = name === 'lstm' ? 2 : 1;
    const directions = a.bidirectional ? 2 : 1;
    const { layers } = a;
    const weights = call.node.inputs.slice(1 + states);
    const each = weights.length / (layers * directions);
    const slotsOf = (pass: number) => Array.from({ length: each }, (_, i) => 1 + states + pass * each + i);
    const torchOrder = each >= 2 && each <= 4 && weights.every((_, i) => call.type(1 + states + i).shape.length < 3);
    if (!Number.isInteger(each) || !torchOrder || !weights.every((_, i) => call.isStored(1 + states + i))) {
      call.refuse('its weights are not stored in the order of PyTorch');
    }
    const { shape } = call.type(0);
    const batched = shape.length === 3;
    const rows = GATES[name].length * a.hiddenSize;
    let x = batched ? call.input(0) : call.op('Unsqueeze', [call.input(0), call.integers([1])]);
    if (batched && a.batchFirst) x = call.op('Transpose', [x], { perm: [1, 0, 2] });
    const [first = 1, second = 1] = shape;
    const [steps, batch] = !batched ? [first, 1] : a.batchFirst ? [second, first] : [first, second];
    const lasts: Name[][] = [];
    for (let layer = 0; layer < layers; layer++) {
      const passes = Array.from({ length: directions }, (_, direction) => slotsOf(layer * directions + direction));
      const features = call.type(passes[0]?.[0] as number).shape[1] as number;
      const input = perDirection(
        call,
        passes.map(([w]) => [w as number]),
        name,
        [rows, features],
      );
      const state = perDirection(
        call,
        passes.map(([, r]) => [r as number]),
        name,
        [rows, a.hiddenSize],
      );
      const bias = each === 2 ? '' : biases(call, passes, name, rows, directions);
      const initial = Array.from({ length: states }, (_, i) => initialState(call, i + 1, layer, directions, batched));
      const [y = '', ...last] = call.ops(name.toUpperCase(), [x, input, state, bias, '', ...initial], 1 + states, {
        hidden_size: a.hiddenSize,
        direction: directions === 2 ? 'bidirectional' : 'forward',
        ...(name === 'gru' && { linear_before_reset: 1 }),
      });
      lasts.push(last);
      const joined = call.op('Transpose', [y], { perm: [0, 2, 1, 3] });
      x = call.op('Reshape', [joined, call.integers([steps, batch, directions * a.hiddenSize])]);
    }
    const sequence = batched && a.batchFirst ? call.op('Transpose', [x], { perm: [1, 0, 2] }) : x;
    const finals = Array.from({ length: states }, (_, i) =>
      call.op(
        'Concat',
        lasts.map((last) => last[i] as Name),
        { axis: 0 },
      ),
    );
    call.emitEach([sequence, ...finals].map((y, i) => ['Reshape', [y, call.integers(call.outputType(i).shape)]]));
  };
}

/** Input and state bias side by side [directions, 2·rows]; one vector alone is the input's. */
function biases(call: ExportCall, passes: readonly number[][], name: CellName, rows: number, directions: number): Name {
  const values = passes.flatMap(([, , input, state]) => [
    ...reordered(call, input as number, name),
    ...(state === undefined ? new Float32Array(rows) : reordered(call, state, name)),
  ]);
  return call.constant(values, [directions, 2 * rows]);
}

function initialState(call: ExportCall, slot: number, layer: number, directions: number, batched: boolean): Name {
  if (!call.has(slot)) return '';
  const wide = batched ? call.input(slot) : call.op('Unsqueeze', [call.input(slot), call.integers([1])]);
  const bounds = [layer * directions, (layer + 1) * directions].map((i) => call.integers([i]));
  return call.op('Slice', [wide, ...bounds, call.integers([0])]);
}

export const recurrence: Exporters = {
  lstm: recurrent('lstm'),
  gru: recurrent('gru'),
  rnn: recurrent('rnn'),
};
