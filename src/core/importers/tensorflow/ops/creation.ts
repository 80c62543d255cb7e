import type { DType } from '../../../ir/tensor.js';
import type { Lowering, NodeCall } from '../call.js';

function shapeInput(call: NodeCall, index: number): number[] {
  return [...call.known(index)];
}

const fill: Lowering = (call) => {
  const value = call.input(1).data?.[0] ?? 0;
  return call.add('fill', [], { shape: shapeInput(call, 0), value, dtype: call.input(1).dtype });
};

const like =
  (value: number): Lowering =>
  (call) =>
    call.add('fill', [], { shape: call.x.shape, value, dtype: call.x.dtype });

const filled =
  (value: number): Lowering =>
  (call) =>
    call.add('fill', [], { shape: shapeInput(call, 0), value, dtype: call.attributes.dtype('dtype') ?? 'float32' });

const random: Lowering = (call) => {
  const dtype: DType = call.attributes.dtype('dtype') ?? 'float32';
  return call.add('random', [], { shape: shapeInput(call, 0), dtype });
};

const multinomial: Lowering = (call) => {
  const shape = [call.x.shape[0] as number, call.knownInteger(1)];
  return call.add('random', [], { shape, dtype: call.attributes.dtype('output_dtype') ?? 'int64' });
};

const range: Lowering = (call) => {
  const bounds = [0, 1, 2].map((index) => call.input(index).data);
  if (bounds.includes(undefined)) return call.opaque('its length depends on the data');
  return call.add('range', [], {
    start: call.known(0)[0],
    limit: call.known(1)[0] as number,
    step: call.known(2)[0],
    dtype: call.x.dtype,
  });
};

const linearSpace: Lowering = (call) =>
  call.add('fill', [], { shape: [call.knownInteger(2)], value: 0, dtype: call.x.dtype });

const oneHot: Lowering = (call) =>
  call.add('oneHot', [call.x], {
    depth: call.knownInteger(1),
    axis: call.attributes.integer('axis', -1),
    to: call.has(2) ? call.input(2).dtype : 'float32',
  });

/** How often each number occurs: [size], or [rows, size]. */
const bincount: Lowering = (call) => {
  const rows = call.op === 'DenseBincount' && call.x.rank === 2 ? [call.x.shape[0] as number] : [];
  const dtype = call.has(2) ? call.input(2).dtype : 'int32';
  const size = call.input(1).data?.[0];
  return call.opaque(
    'counting occurrences is not counted',
    size === undefined ? undefined : [{ shape: [...rows, size], dtype }],
  );
};

export const creationOps: Readonly<Record<string, Lowering>> = {
  Fill: fill,
  ZerosLike: like(0),
  OnesLike: like(1),
  Zeros: filled(0),
  Ones: filled(1),
  RandomUniform: random,
  RandomUniformInt: random,
  RandomStandardNormal: random,
  TruncatedNormal: random,
  Multinomial: multinomial,
  Range: range,
  LinSpace: linearSpace,
  OneHot: oneHot,
  Bincount: bincount,
  DenseBincount: bincount,
  /** Indices of what is not zero, [count, rank]: as many as there may be. */
  Where: (call) => {
    call.noteLargest();
    return call.add('transpose', [call.add('nonZero', [call.x], {}, 'indices')], { permutation: [1, 0] });
  },
};
