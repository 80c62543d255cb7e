import type { Value } from '../../../ir/graph.js';
import type { LayerCall, LayerLowering } from '../layer.js';
import { spectrum, windows } from '../spectrum.js';

/** Magnitudes of a short-time Fourier transform, summed over bands of the mel scale: [..., samples] → [..., bands, frames]. */
const melSpectrogram: LayerLowering = (call) => {
  const { config } = call;
  const length = config.size('fft_length', 2048);
  const bands = config.size('num_mel_bins', 128);
  const framed = windows(call, call.x, { length, step: config.size('sequence_stride', 512), centered: true });
  const transformed = spectrum(call, framed);
  const magnitude = call.part('magnitude', 'reduceL2', [transformed], { axes: [-1], keepDims: false });
  const scalar = (name: string, value: number) =>
    call.builder.stored(`${call.layer.fullName}.${name}`, 'constant', [], call.x.dtype, [value]);
  const power = call.part('power', 'pow', [magnitude, scalar('exponent', config.number('mag_exp', 2))]);
  const bins = power.shape.at(-1) as number;
  let y = call.part('mel', 'matmul', [power, call.constant('melWeights', [bins, bands], call.x.dtype)]);
  if (config.boolean('power_to_db', true)) {
    const logarithm = call.part('log', 'log', [
      call.part('floor', 'clip', [y], { min: config.number('min_power', 1e-10) }),
    ]);
    const decibels = call.part('decibels', 'mul', [logarithm, scalar('decibel', 10 / Math.LN10)]);
    const loudest = call.part('loudest', 'reduceMax', [decibels], { keepDims: false });
    y = call.part('range', 'max', [
      decibels,
      call.part('quietest', 'sub', [loudest, scalar('topDb', config.number('top_db', 80))]),
    ]);
  }
  const rank = y.shape.length;
  const permutation = y.shape.map((_, axis) => (axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis));
  return call.part('swap', 'transpose', [y], { permutation });
};

const COMPLEX = /^(stft|angle|magnitude|log|psd)$/;

/** A short-time Fourier transform as two convolutions whose stored kernels hold the transform: [N, samples, C]. */
const stftSpectrogram: LayerLowering = (call) => {
  const { config } = call;
  const mode = config.text('mode', 'log');
  if (mode !== 'real' && mode !== 'imag' && !COMPLEX.test(mode)) config.wrong('mode', 'a mode of STFTSpectrogram');
  const isLast = call.layout() === 'channelsLast';
  const [batch = 1, samples = 0, channels = 1] = isLast
    ? call.x.shape
    : [call.x.shape[0], call.x.shape[2], call.x.shape[1]];
  const first = isLast ? call.part('channels', 'transpose', [call.x], { permutation: [0, 2, 1] }) : call.x;
  const signal = call.part('signal', 'reshape', [first], { shape: [batch * channels, samples, 1] });
  const length = config.size('frame_length', 256);
  const bins = Math.floor((config.has('fft_length') ? config.size('fft_length') : length) / 2) + 1;
  const transform = (name: string) =>
    call.part(name, 'conv', [signal, call.weight(`${name}_kernel`, [bins, 1, length])], {
      outChannels: bins,
      kernel: [length],
      stride: [config.size('frame_step', length)],
      padding: config.text('padding', 'valid') === 'same' ? 'same' : 'valid',
      layout: 'channelsLast',
      bias: false,
    });
  const real = mode === 'imag' ? undefined : transform('real');
  const imaginary = mode === 'real' ? undefined : transform('imag');
  const y = combined(call, mode, real, imaginary);
  const [, frames = 0, features = 0] = y.shape;
  const apart = call.part('apart', 'reshape', [y], { shape: [batch, channels, frames, features] });
  if (config.boolean('expand_dims', false)) {
    return isLast ? call.part('order', 'transpose', [apart], { permutation: [0, 2, 3, 1] }) : apart;
  }
  const order = call.part('order', 'transpose', [apart], { permutation: isLast ? [0, 2, 1, 3] : [0, 1, 3, 2] });
  const shape = isLast ? [batch, frames, channels * features] : [batch, channels * features, frames];
  return call.part('join', 'reshape', [order], { shape });
};

function combined(call: LayerCall, mode: string, real: Value | undefined, imaginary: Value | undefined): Value {
  if (real === undefined || imaginary === undefined) return (real ?? imaginary) as Value;
  if (mode === 'stft') return call.part('parts', 'concat', [real, imaginary], { axis: -1 });
  if (mode === 'angle') return call.part('angle', 'atan2', [imaginary, real]);
  const square = (value: Value) => call.part('square', 'square', [value]);
  const power = call.part('power', 'add', [square(real), square(imaginary)]);
  if (mode === 'psd') return power;
  const magnitude = call.part('magnitude', 'sqrt', [power]);
  return mode === 'log' ? call.part('log', 'log', [magnitude]) : magnitude;
}

export const spectrogramLayers: Readonly<Record<string, LayerLowering>> = {
  MelSpectrogram: melSpectrogram,
  STFTSpectrogram: stftSpectrogram,
};
