import { normalizeAxis } from '../../../ops/axis.js';
import type { Call } from '../call.js';
import type { Tensor } from '../tensor.js';
import type { OnnxOps } from './define-onnx-op.js';

/** The axis is an attribute in opset 17, an input (default -2) since 20. */
function dft(call: Call): Tensor {
  const x = call.input(0);
  const length = call.optionalContents(1)?.[0];
  const given = call.opset < 20 ? call.int('axis', 1) : (call.optionalContents(2)?.[0] ?? -2);
  const axis = normalizeAxis(given, x.shape.length);
  return call.emit('fourierTransform', [x], {
    axis,
    ...(length === undefined ? {} : { length }),
    oneSided: call.flag('onesided'),
    inverse: call.flag('inverse'),
  });
}

/** Signal [B, L, 1 or 2], step, window, frame length → spectra of overlapping frames [B, frames, bins, 2]. */
function stft(call: Call): Tensor {
  const signal = call.input(0);
  const window = call.optional(2);
  const step = call.contents(1)[0] as number;
  const size = call.optionalContents(3)?.[0] ?? window?.shape[0] ?? (signal.shape[1] as number);
  const [batch, length] = signal.shape as readonly [number, number];
  const parts = signal.shape[2] ?? 1;
  const flat = call.emit('reshape', [signal], { shape: [batch, length, parts] });
  const frames = call.emit('slidingWindow', [flat], { axis: 1, size, step });
  const ordered = call.emit('transpose', [frames], { permutation: [0, 1, 3, 2] });
  const factors = window && call.emit('reshape', [window], { shape: [size, 1] });
  const windowed = factors === undefined ? ordered : call.emit('mul', [ordered, factors]);
  return call.emit('fourierTransform', [windowed], { axis: 2, oneSided: call.int('onesided', 1) !== 0 && parts === 1 });
}

export const SIGNAL: OnnxOps = {
  DFT: { contents: [1, 2], lower: dft },
  STFT: { contents: [1, 3], lower: stft },
};
