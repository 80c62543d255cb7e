import type { DType, Shape } from '../../../ir/tensor.js';
import type { OpAttributes } from '../../../ops/op-attributes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';

/** Operators that make tensors from nothing, and those that fill one. */

const FALLBACK: DType = 'float32';

function dtypeOf(n: NodeContext): DType {
  return n.stated[0]?.dtype ?? n.dtype('dtype') ?? FALLBACK;
}

function fill(n: NodeContext, shape: Shape, value: number) {
  return n.add('fill', [], { shape: [...shape], dtype: dtypeOf(n), value: Number.isFinite(value) ? value : 0 });
}

const sized =
  (value: (n: NodeContext) => number, size = 'size'): Lowering =>
  (n) =>
    fill(n, n.integers(size), value(n));

const like =
  (value: (n: NodeContext) => number): Lowering =>
  (n) =>
    fill(n, n.tensor('self').shape, value(n));

const zero = () => 0;
const one = () => 1;
const given = (name: string) => (n: NodeContext) => (n.isNumber(name) ? n.number(name) : 0);

const random =
  (distribution: OpAttributes['random']['distribution']): Lowering =>
  (n) => {
    const shape = n.has('size') ? n.integers('size') : n.tensor('self').shape;
    return n.add('random', [], { shape: [...shape], dtype: dtypeOf(n), distribution });
  };

function arange(n: NodeContext) {
  const start = n.number('start', 0);
  const step = n.number('step', 1);
  const limit = n.number('end');
  return n.add('range', [], {
    ...(start === 0 ? {} : { start }),
    limit,
    ...(step === 1 ? {} : { step }),
    dtype: dtypeOf(n),
  });
}

/** Windows of signal processing and grids of frequencies: numbers of a known count. */
const series: Lowering = (n) => n.add('range', [], { limit: n.statedShape()[0] ?? 1, dtype: dtypeOf(n) });

export const CREATION: Readonly<Record<string, Lowering>> = {
  bartlett_window: series,
  blackman_window: series,
  hamming_window: series,
  hann_window: series,
  kaiser_window: series,
  fft_fftfreq: series,
  fft_rfftfreq: series,
  randperm: series,
  zeros: sized(zero),
  ones: sized(one),
  full: sized(given('fill_value')),
  empty: sized(zero),
  empty_permuted: sized(zero),
  empty_strided: sized(zero),
  new_zeros: sized(zero),
  new_ones: sized(one),
  new_full: sized(given('fill_value')),
  new_empty: sized(zero),
  new_empty_strided: sized(zero),
  zeros_like: like(zero),
  ones_like: like(one),
  full_like: like(given('fill_value')),
  empty_like: like(zero),
  fill: like(given('value')),
  zero: like(zero),
  scalar_tensor: (n) => fill(n, [], n.number('s')),
  eye: (n) => fill(n, [n.integer('n'), n.integer('m', n.integer('n'))], 1),
  linspace: (n) => n.add('range', [], { limit: n.integer('steps'), dtype: dtypeOf(n) }),
  logspace: (n) => n.add('range', [], { limit: n.integer('steps'), dtype: dtypeOf(n) }),
  // Row and column of each element of a triangle: [2, count].
  triangle_indices: (n) => fill(n, n.statedShape(), 0),
  arange,
  range: arange,
  rand: random('uniform'),
  rand_like: random('uniform'),
  uniform: random('uniform'),
  randn: random('normal'),
  randn_like: random('normal'),
  normal: random('normal'),
  normal_functional: random('normal'),
  randint: random('uniform'),
  randint_like: random('uniform'),
  bernoulli: random('uniform'),
};
