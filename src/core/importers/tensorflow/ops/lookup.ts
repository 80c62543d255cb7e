import { spatialSizes, windowOutput } from '../../../ops/convolution/window.js';
import type { Lowering, NodeCall } from '../call.js';
import { filled } from '../fold.js';

/** Ops that are not counted, with the shapes that are known all the same. */

const like =
  (reason: string, ...inputs: readonly number[]): Lowering =>
  (call) =>
    call.opaque(
      reason,
      inputs.map((index) => ({ shape: call.input(index).shape, dtype: call.input(index).dtype })),
    );

const distinct: Lowering = (call) => {
  call.noteLargest();
  return like('how many entries differ depends on the data', 0, 0)(call);
};

const table: Lowering = (call) => call.constant([], 'int32', [0]);

/** Table, keys, default value. */
const find: Lowering = (call) =>
  call.opaque('looking up keys is not counted', [{ shape: call.input(1).shape, dtype: call.input(2).dtype }]);

/** Fourier transforms along the last axis; the length is the second input, where there is one. */
function fourier(call: NodeCall, last: number | undefined, dtype: 'complex64' | 'float32') {
  const shape = last === undefined ? call.x.shape : [...call.x.shape.slice(0, -1), last];
  return call.opaque('Fourier transforms are not counted', [{ shape, dtype }]);
}

const length = (call: NodeCall) => call.input(1).data?.at(-1);

/** Largest sum of window and filter: a convolution with maximum in place of sum. */
const dilation2d: Lowering = (call) => {
  const [height = 1, width = 1, channels = 1] = call.input(1).shape;
  const [batch = 1] = call.x.shape;
  const sizes = windowOutput(spatialSizes(call.x.shape, 'channelsLast'), {
    kernel: [height, width],
    stride: call.spatial('strides', [1, 1, 1, 1]),
    dilation: call.spatial('rates', [1, 1, 1, 1]),
    padding: call.attributes.text('padding') === 'SAME' ? 'same' : 'valid',
  });
  return call.opaque('morphological dilation is not counted', [
    { shape: [batch, ...sizes, channels], dtype: call.x.dtype },
  ]);
};

/** Indices [count, axes], or one number each along one axis; shape, values (one for all, or each), default value. */
const sparseToDense: Lowering = (call) => {
  const values = call.input(2);
  const shape = [...call.known(1)];
  const value = call.input(3).data?.[0] ?? 0;
  const known = call.folds ? filled(call, shape, value, values.dtype)?.[0] : undefined;
  const base = known ?? call.add('fill', [], { shape, value, dtype: values.dtype }, 'default');
  const count = call.x.rank === 0 ? 1 : (call.x.shape[0] as number);
  const indices = call.x.rank === 2 ? call.x : call.add('reshape', [call.x], { shape: [count, 1] }, 'indices');
  const updates = values.rank === 1 ? values : call.add('expand', [values], { shape: [count] }, 'values');
  return call.add('scatterNd', [base, indices, updates]);
};

export const lookupOps: Readonly<Record<string, Lowering>> = {
  HashTable: table,
  HashTableV2: table,
  LookupTableImport: () => [],
  LookupTableImportV2: () => [],
  InitializeTable: () => [],
  InitializeTableV2: () => [],
  LookupTableFind: find,
  LookupTableFindV2: find,
  LookupTableSize: table,
  LookupTableSizeV2: table,
  Unique: distinct,
  UniqueV2: distinct,
  ListDiff: distinct,
  LowerBound: like('a search in sorted values is not counted', 1),
  UpperBound: like('a search in sorted values is not counted', 1),
  Complex: (call) => call.add('cast', [call.x], { to: 'complex64' }),
  Real: (call) => call.add('cast', [call.x], { to: 'float32' }),
  Imag: (call) => call.add('cast', [call.x], { to: 'float32' }),
  ComplexAbs: (call) => call.add('cast', [call.add('abs', [call.x])], { to: 'float32' }, 'cast'),
  FFT: (call) => fourier(call, undefined, 'complex64'),
  IFFT: (call) => fourier(call, undefined, 'complex64'),
  RFFT: (call) => {
    const known = length(call);
    return fourier(call, known === undefined ? undefined : Math.floor(known / 2) + 1, 'complex64');
  },
  IRFFT: (call) => fourier(call, length(call), 'float32'),
  Dilation2D: dilation2d,
  SparseToDense: sparseToDense,
};
