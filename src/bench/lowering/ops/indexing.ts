import type { Tensor } from '@tensorflow/tfjs-core';
import { elementCount } from '../../../core/ir/tensor.js';
import { normalizeAxis } from '../../../core/ops/axis.js';
import type { Lowering, Lowerings } from '../call.js';
import { castTo, transposed } from '../kernels.js';
import type { Tfjs } from '../program.js';
import { tfjsType } from '../types.js';

const embedding: Lowering<'embedding'> = (call) => {
  call.emit([call.input(1, 'logical'), call.input(0, 'logical')], ([table, i]) =>
    call.tf.gather(table as Tensor, i as Tensor, 0),
  );
};

/** Negative indices count from the end. */
function wrapped(tf: Tfjs, indices: Tensor, size: number): Tensor {
  const count = tf.scalar(size, 'int32');
  return tf.where(tf.less(indices, tf.scalar(0, 'int32')), tf.add(indices, count), indices);
}

const gather: Lowering<'gather'> = (call) => {
  const { tf } = call;
  const { shape } = call.type(0);
  const axis = normalizeAxis(call.attributes.axis, shape.length);
  const batchAxes = call.attributes.batchAxes;
  const size = shape[axis] as number;
  const indices = call.prepared(1, (i) => wrapped(tf, tf.cast(i, 'int32'), size));
  if (batchAxes === 0) {
    call.emit([call.input(0, 'logical'), indices], ([x, i]) => tf.gather(x as Tensor, i as Tensor, axis));
    return;
  }
  if (axis !== batchAxes) call.refuse('picking along an axis that does not follow the shared ones');
  // Batches laid end to end: each index moves on by the rows of the batches before.
  const picked = call.type(1).shape;
  const run = elementCount(picked.slice(batchAxes));
  const rows = Array.from({ length: elementCount(picked) }, (_, i) => Math.floor(i / run) * size);
  const starts = call.resident(() => tf.tensor(rows, [...picked], 'int32'));
  const joined = [elementCount(shape.slice(0, axis + 1)), ...shape.slice(axis + 1)];
  call.emit([call.input(0, 'logical'), indices, starts], ([x, i, s]) =>
    tf.gather(tf.reshape(x as Tensor, joined), tf.add(i as Tensor, s as Tensor), 0),
  );
};

/** The index along one axis becomes an offset into the flat data; the other axes' part of it is fixed. */
const gatherElements: Lowering<'gatherElements'> = (call) => {
  const { tf } = call;
  const { shape } = call.type(0);
  const picked = call.type(1).shape;
  const axis = normalizeAxis(call.attributes.axis, shape.length);
  const strides = shape.map((_, k) => elementCount(shape.slice(k + 1)));
  const base = Array.from({ length: elementCount(picked) }, (_, i) => {
    let offset = 0;
    let rest = i;
    for (let k = picked.length - 1; k >= 0; k--) {
      const at = rest % (picked[k] as number);
      rest = Math.floor(rest / (picked[k] as number));
      if (k !== axis) offset += at * (strides[k] as number);
    }
    return offset;
  });
  const bases = call.resident(() => tf.tensor(base, [...picked], 'int32'));
  const indices = call.prepared(1, (i) => wrapped(tf, tf.cast(i, 'int32'), shape[axis] as number));
  call.emit([call.input(0, 'logical'), indices, bases], ([x, i, b]) => {
    const offsets = tf.add(tf.mul(i as Tensor, tf.scalar(strides[axis] as number, 'int32')), b as Tensor);
    return tf.gather(tf.reshape(x as Tensor, [-1]), offsets);
  });
};

const gatherNd: Lowering<'gatherNd'> = (call) => {
  if (call.attributes.batchAxes > 0) call.refuse('axes shared by data and indices');
  call.emit([call.input(0, 'logical'), call.input(1, 'logical')], ([x, i]) =>
    call.tf.gatherND(x as Tensor, i as Tensor),
  );
};

const scatterNd: Lowering<'scatterNd'> = (call) => {
  if (call.attributes.reduction !== 'none') call.refuse('updates that meet what is there');
  const { tf } = call;
  call.emit(
    [0, 1, 2].map((slot) => call.input(slot, 'logical')),
    ([x, i, u]) => tf.tensorScatterUpdate(x as Tensor, tf.cast(i as Tensor, 'int32'), u as Tensor),
  );
};

const oneHot: Lowering<'oneHot'> = (call) => {
  const { tf } = call;
  const { shape, dtype } = call.outputType();
  const rank = shape.length;
  const axis = normalizeAxis(call.attributes.axis, rank);
  const depth = call.attributes.depth;
  const order = Array.from({ length: rank - 1 }, (_, i) => i).toSpliced(axis, 0, rank - 1);
  call.emit([call.input(0, 'logical')], ([indices]) => {
    const last = tf.oneHot(tf.cast(indices as Tensor, 'int32'), depth, 1, 0, 'int32');
    return castTo(tf, axis === rank - 1 ? last : transposed(tf, last, order), tfjsType(dtype));
  });
};

const fill: Lowering<'fill'> = (call) => {
  const { shape, dtype } = call.outputType();
  const value = call.attributes.value;
  call.alias(
    call.resident(() => call.tf.fill([...shape], value, tfjsType(dtype) as 'float32')),
    'logical',
  );
};

const range: Lowering<'range'> = (call) => {
  const { start, step } = call.attributes;
  const { shape, dtype } = call.outputType();
  const values = Array.from({ length: elementCount(shape) }, (_, i) => (start ?? 0) + i * (step ?? 1));
  call.alias(
    call.resident(() => call.tf.tensor(values, [...shape], tfjsType(dtype))),
    'logical',
  );
};

export const indexing: Lowerings = {
  embedding,
  gather,
  gatherElements,
  gatherNd,
  scatterNd,
  oneHot,
  fill,
  range,
};
