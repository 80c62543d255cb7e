import type { Value } from '../../../ir/graph.js';
import type { OpName } from '../../../ops/op-attributes.js';
import { axisOf, range } from '../lower/axes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';

/**
 * Fourier transforms. The op knows complex numbers as a last axis of real and imaginary parts, torch as an element type:
 * views of the same memory.
 */

function isComplex({ dtype }: Value): boolean {
  return dtype.startsWith('complex');
}

const complexOf = ({ dtype }: Value) => (dtype === 'float64' || dtype === 'complex128' ? 'complex128' : 'complex64');
const realOf = ({ dtype }: Value) => (dtype === 'float64' || dtype === 'complex128' ? 'float64' : 'float32');

/** […] → […, 2] of real and imaginary parts, […, 1] of real numbers. */
export function parts(n: NodeContext, x: Value): Value {
  if (!isComplex(x)) return n.add('unsqueeze', [x], { axes: [x.shape.length] });
  return n.add('stridedView', [x], { shape: [...x.shape, 2], to: realOf(x) });
}

/** […, 2] → […] of complex numbers, […, 1] → […] of real ones. */
function joined(n: NodeContext, x: Value): Value {
  const shape = x.shape.slice(0, -1);
  if (x.shape.at(-1) === 1) return n.add('squeeze', [x], { axes: [shape.length] });
  return n.add('stridedView', [x], { shape, to: complexOf(x) });
}

interface Transform {
  readonly axis: number;
  readonly length?: number | undefined;
  readonly oneSided?: boolean;
  readonly inverse?: boolean;
}

function transformed(n: NodeContext, x: Value, { axis, length, oneSided, inverse }: Transform): Value {
  const spectrum = n.add('fourierTransform', [parts(n, x)], {
    axis,
    ...(length === undefined || length < 0 ? {} : { length }),
    ...(oneSided ? { oneSided } : {}),
    ...(inverse ? { inverse } : {}),
  });
  return joined(n, spectrum);
}

/** `real`: from real samples to half a spectrum along the last axis; `toReal`: back. */
interface Kind {
  readonly real?: boolean;
  readonly toReal?: boolean;
  readonly inverse?: boolean;
}

/** Along several axes one after the other: of real samples the last axis first, to real samples the last axis last. */
function along(
  n: NodeContext,
  x: Value,
  axes: readonly number[],
  lengths: readonly (number | undefined)[],
  kind: Kind,
): Value {
  const places = range(axes.length);
  const order = kind.real ? places.toReversed() : places;
  return order.reduce((value, place) => {
    const half = (kind.real || kind.toReal) && place === axes.length - 1;
    return transformed(n, value, {
      axis: axes[place] as number,
      length: lengths[place],
      ...(half ? { oneSided: true } : {}),
      ...(kind.toReal || kind.inverse ? { inverse: true } : {}),
    });
  }, x);
}

const oneAxis =
  (kind: Kind): Lowering =>
  (n) => {
    const x = n.tensor('self');
    const length = n.has('n') ? n.integer('n') : undefined;
    return along(n, x, [axisOf(n.integer('dim', -1), x.shape.length)], [length], kind);
  };

const manyAxes =
  (kind: Kind, fallback?: readonly number[]): Lowering =>
  (n) => {
    const x = n.tensor('self');
    const rank = x.shape.length;
    const sizes = n.has('s') ? n.integers('s') : [];
    const standard = fallback ?? range(sizes.length === 0 ? rank : sizes.length).map((i) => i - (sizes.length || rank));
    const axes = n.integers('dim', standard).map((axis) => axisOf(axis, rank));
    return along(
      n,
      x,
      axes,
      axes.map((_, i) => sizes[i]),
      kind,
    );
  };

/** What core aten has: the axes given, the last of them halved. */
function realToComplex(n: NodeContext) {
  const x = n.tensor('self');
  const axes = n.integers('dim').map((axis) => axisOf(axis, x.shape.length));
  return along(n, x, axes, [], n.flag('onesided', true) ? { real: true } : {});
}

function complexToReal(n: NodeContext) {
  const x = n.tensor('self');
  const axes = n.integers('dim').map((axis) => axisOf(axis, x.shape.length));
  const lengths = axes.map((_, i) => (i === axes.length - 1 ? n.integer('last_dim_size') : undefined));
  return along(n, x, axes, lengths, { toReal: true });
}

function complexToComplex(n: NodeContext) {
  const x = n.tensor('self');
  const axes = n.integers('dim').map((axis) => axisOf(axis, x.shape.length));
  return along(n, x, axes, [], n.flag('forward', true) ? {} : { inverse: true });
}

/** Half of the elements change places along each axis. */
function shifted(n: NodeContext) {
  const x = n.tensor('self');
  const axes = n.integers('dim', range(x.shape.length)).map((axis) => axisOf(axis, x.shape.length));
  return n.add('roll', [x], { axes, shifts: axes.map((axis) => Math.floor((x.shape[axis] as number) / 2)) });
}

/** Signal [L] or [B, L] → spectra of overlapping frames [B, bins, frames]. */
function shortTime(n: NodeContext) {
  const given = n.tensor('self');
  const size = n.integer('n_fft');
  const step = n.integer('hop_length', Math.floor(size / 4));
  const half = Math.floor(size / 2);
  const signal = n.flag('center')
    ? n.add('pad', [given], {
        pads: given.shape.map((_, axis) => (axis === given.shape.length - 1 ? [half, half] : [0, 0])),
      })
    : given;
  const frames = n.add('slidingWindow', [signal], { axis: signal.shape.length - 1, size, step });
  const window = n.optional('window');
  const whole = window !== undefined && window.shape[0] === size;
  const windowed = whole ? n.add('mul', [frames, window]) : frames;
  const oneSided = n.flag('onesided', !isComplex(given));
  const spectrum = transformed(n, windowed, { axis: windowed.shape.length - 1, ...(oneSided ? { oneSided } : {}) });
  const rank = spectrum.shape.length;
  const permutation = [...range(rank - 2), rank - 1, rank - 2];
  const turned = n.add('transpose', [spectrum], { permutation });
  return n.stated[0]?.dtype.startsWith('complex') === false ? parts(n, turned) : turned;
}

/** The real or the imaginary part of a complex tensor: a view with steps of two. */
function part(n: NodeContext): Value {
  const x = n.tensor('self');
  if (!isComplex(x)) return x;
  return n.add('stridedView', [x], { shape: [...x.shape], to: realOf(x) });
}

function fromParts(n: NodeContext, real: Value, imaginary: Value): Value {
  return joined(n, n.add('stack', [real, imaginary], { axis: -1 }));
}

export const FOURIER: Readonly<Record<string, Lowering>> = {
  fft_fft: oneAxis({}),
  fft_ifft: oneAxis({ inverse: true }),
  fft_rfft: oneAxis({ real: true }),
  fft_irfft: oneAxis({ toReal: true }),
  fft_hfft: oneAxis({ toReal: true }),
  fft_ihfft: oneAxis({ real: true }),
  fft_fft2: manyAxes({}, [-2, -1]),
  fft_ifft2: manyAxes({ inverse: true }, [-2, -1]),
  fft_rfft2: manyAxes({ real: true }, [-2, -1]),
  fft_irfft2: manyAxes({ toReal: true }, [-2, -1]),
  fft_fftn: manyAxes({}),
  fft_ifftn: manyAxes({ inverse: true }),
  fft_rfftn: manyAxes({ real: true }),
  fft_irfftn: manyAxes({ toReal: true }),
  fft_fftshift: shifted,
  fft_ifftshift: shifted,
  _fft_r2c: realToComplex,
  _fft_c2r: complexToReal,
  _fft_c2c: complexToComplex,
  stft: shortTime,
  real: part,
  imag: part,
  complex: (n) => fromParts(n, n.tensor('real'), n.tensor('imag')),
  polar: (n) => {
    const [length, angle] = [n.tensor('abs'), n.tensor('angle')];
    const along = (op: OpName) => n.add('mul', [length, n.add(op, [angle])]);
    return fromParts(n, along('cos'), along('sin'));
  },
  angle: (n) => {
    const x = n.tensor('self');
    return isComplex(x)
      ? n.add('atan2', [part(n), part(n)])
      : n.add('where', [n.add('less', [x, n.constant(0)]), n.constant(Math.PI), n.constant(0)]);
  },
};
