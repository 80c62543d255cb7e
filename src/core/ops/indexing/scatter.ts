import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { type AttributesSchema, defineOp, type OpCall, type OpDefinition } from '../define-op.js';
import { flopsFormula, onlyFlops } from '../flops.js';

const reduction = {
  enum: ['none', 'add', 'mul', 'max', 'min', 'mean'],
  description: 'How an update meets what is there; none: it replaces it.',
  default: 'none',
} as const;

const elementAttributes = {
  type: 'object',
  properties: { axis: { type: 'integer', default: 0 }, reduction },
  additionalProperties: false,
} as const;

interface Attributes {
  readonly axis?: number;
  readonly reduction?: FromSchema<typeof reduction>;
}

function operations({ inputs, attributes: a }: OpCall<Attributes>): number {
  return a.reduction === 'none' ? 0 : elementCount((inputs[2] as TensorType).shape);
}

/** Data, indices and updates → the shape of the data: everything read once, the whole result written. */
function scatter(
  name: string,
  summary: string,
  attributes: AttributesSchema,
  fix: string,
  check: (data: TensorType, indices: TensorType, updates: TensorType, a: Attributes) => boolean,
): OpDefinition<Attributes> {
  return defineOp<Attributes>({
    name,
    kind: 'movement',
    summary,
    attributes,
    inputs: [{ name: 'data' }, { name: 'indices' }, { name: 'updates' }],
    infer([data, indices, updates], a) {
      const x = data as TensorType;
      const i = indices as TensorType;
      const u = updates as TensorType;
      if (!check(x, i, u, a)) {
        throw new ArchmeterError(
          `${name}: indices ${formatShape(i.shape)} and updates ${formatShape(u.shape)} do not fit data ${formatShape(x.shape)}`,
          fix,
        );
      }
      return [{ shape: x.shape, dtype: x.dtype }];
    },
    arithmetic: (call) => onlyFlops(operations(call)),
    savedForBackward: 'none',
    formulas: (call) => flopsFormula('U', { U: operations(call) }, '1 operation per update that is reduced'),
  });
}

export default [
  scatter(
    'scatterElements',
    'Updates written to single elements along an axis.',
    elementAttributes,
    'Give updates of the shape of the indices, no larger than the data beside the axis.',
    (x, i, u, { axis: given = 0 }) => {
      const axis = normalizeAxis(given, x.shape.length);
      return (
        formatShape(i.shape) === formatShape(u.shape) &&
        i.shape.length === x.shape.length &&
        i.shape.every((size, k) => k === axis || size <= (x.shape[k] as number))
      );
    },
  ),
  scatter(
    'scatterNd',
    'Updates written to slices picked by tuples of indices.',
    { type: 'object', properties: { reduction }, additionalProperties: false },
    'Give updates [indices without their last axis, data axes that are not indexed].',
    (x, i, u) => {
      const tuple = i.shape.at(-1);
      if (tuple === undefined || tuple > x.shape.length) return false;
      return formatShape(u.shape) === formatShape([...i.shape.slice(0, -1), ...x.shape.slice(tuple)]);
    },
  ),
];
