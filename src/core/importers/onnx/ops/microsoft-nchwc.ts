import type { Call } from '../call.js';
import type { Tensor } from '../tensor.js';
import type { OnnxOp, OnnxOps } from './define-onnx-op.js';
import { fusedConv } from './microsoft-fused.js';
import { POOLING } from './pooling.js';

/**
 * com.microsoft.nchwc: what onnxruntime saves when it has laid a model out for one processor. Channels are stored in
 * blocks and filled up to whole ones; the file's counts include what fills them.
 */

function conv(call: Call): Tensor {
  call.note(
    'onnxruntime has laid this model out for one processor: channels are filled up to whole blocks, and counted so. Analyze the model that it was made from for its own counts.',
  );
  return fusedConv(call.withInputs([filledUp(call), ...call.inputs.slice(1)]), false);
}

/** The input with as many channels as the weight takes. */
function filledUp(call: Call): Tensor {
  const [x, weight] = [call.input(0), call.input(1)];
  const missing = (weight.shape[1] ?? 0) * call.int('group', 1) - (x.shape[1] ?? 0);
  if (missing <= 0) return x;
  return call.emit('pad', [x], { pads: x.shape.map((_, axis) => [0, axis === 1 ? missing : 0]) });
}

const channelsLast = (call: Call) => call.flag('channels_last');

function reorderInput(call: Call): Tensor {
  return call.emit('transpose', [call.input(0)], { permutation: channelsLast(call) ? [0, 3, 1, 2] : [0, 1, 2, 3] });
}

function reorderOutput(call: Call): Tensor {
  const channels = call.int('channels', call.input(0).shape[1] ?? 0);
  const kept = call.emit('slice', [call.input(0)], { starts: [0], ends: [channels], axes: [1] });
  return channelsLast(call) ? call.emit('transpose', [kept], { permutation: [0, 2, 3, 1] }) : kept;
}

function upsample(call: Call): Tensor {
  const x = call.input(0);
  const scales = call.ints('scales') ?? [];
  const size = x.shape.slice(2).map((length, axis) => length * (scales[axis + 2] ?? 1));
  return call.emit('resize', [x], { size, mode: call.text('mode', 'nearest') === 'linear' ? 'linear' : 'nearest' });
}

export const MICROSOFT_NCHWC: OnnxOps = {
  AveragePool: POOLING.AveragePool as OnnxOp,
  Conv: { lower: conv },
  GlobalAveragePool: POOLING.GlobalAveragePool as OnnxOp,
  GlobalMaxPool: POOLING.GlobalMaxPool as OnnxOp,
  MaxPool: POOLING.MaxPool as OnnxOp,
  ReorderInput: { lower: reorderInput },
  ReorderOutput: { lower: reorderOutput },
  Upsample: { lower: upsample },
};
