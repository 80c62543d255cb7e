import type { DType } from '../../../ir/tensor.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';

/** Conversions of element types; to the same type, or to another device or layout, they do nothing. */
function cast(n: NodeContext, to: DType | undefined) {
  const x = n.tensor('self');
  return to === undefined || to === x.dtype ? x : n.add('cast', [x], { to });
}

const stated: Lowering = (n) => cast(n, n.stated[0]?.dtype);

const fixed =
  (to: DType): Lowering =>
  (n) =>
    cast(n, to);

export const CASTS: Readonly<Record<string, Lowering>> = {
  to: stated,
  _to_copy: stated,
  type_as: stated,
  _cast_Float: fixed('float32'),
  _cast_Half: fixed('float16'),
  _cast_Long: fixed('int64'),
};

/** The few of torch's primitives (namespace prims) that exported programs hold. */
export const PRIMITIVES: Readonly<Record<string, Lowering>> = {
  convert_element_type: (n) => {
    const x = n.tensor('a');
    const to = n.stated[0]?.dtype ?? x.dtype;
    return to === x.dtype ? x : n.add('cast', [x], { to });
  },
  device_put: (n) => n.tensor('a'),
  view_of: (n) => n.tensor('a'),
  iota: (n) => n.add('range', [], { limit: n.integer('length'), dtype: n.stated[0]?.dtype ?? 'int64' }),
};

/** Dropout does nothing at inference. */
function dropout(n: NodeContext, training: boolean) {
  const x = n.has('input') ? n.tensor('input') : n.tensor('self');
  const rate = n.number('p', 0.5);
  return training && rate > 0 ? n.add('dropout', [x], { rate }) : x;
}

const plainDropout: Lowering = (n) => dropout(n, n.flag('train'));

export const DROPOUT: Readonly<Record<string, Lowering>> = {
  dropout: plainDropout,
  feature_dropout: plainDropout,
  alpha_dropout: plainDropout,
  feature_alpha_dropout: plainDropout,
  // (output, mask)
  native_dropout: (n) => [dropout(n, n.flag('train', true)), undefined],
};
