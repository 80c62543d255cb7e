import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type Shape, type TensorType } from '../../ir/tensor.js';
import { defineOp, type OpCall } from '../define-op.js';
import { broadcast } from '../elementwise/broadcast.js';
import { promote } from '../elementwise/promote.js';

const attributes = {
  type: 'object',
  properties: {
    transposeLeft: {
      type: 'boolean',
      default: false,
      description: 'Swap the last two axes of the left operand first.',
    },
    transposeRight: {
      type: 'boolean',
      default: false,
      description: 'Swap the last two axes of the right operand first.',
    },
  },
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

function swapped(shape: Shape, swap: boolean | undefined): Shape {
  const rank = shape.length;
  if (!swap || rank < 2) return shape;
  return [...shape.slice(0, -2), shape[rank - 1] as number, shape[rank - 2] as number];
}

/** Size of the contracted axis: the last of the left operand. */
function contracted({ inputs, attributes: a }: OpCall<Attributes>): number {
  const { shape } = inputs[0] as TensorType;
  return (a.transposeLeft && shape.length > 1 ? shape.at(-2) : shape.at(-1)) as number;
}

/**
 * […, M, K] · […, K, N] → […, M, N], leading axes broadcast (numpy.matmul); an operand of one axis is a vector and gives
 * no axis to the output. A product with a stored weight is `linear`.
 */
export default defineOp<Attributes>({
  name: 'matmul',
  kind: 'matmul',
  summary: 'Matrix product, batched with broadcasting.',
  attributes,
  inputs: [{ name: 'left' }, { name: 'right' }],
  infer([left, right], a) {
    const x = left as TensorType;
    const y = right as TensorType;
    if (x.shape.length === 0 || y.shape.length === 0) {
      throw new ArchmeterError('matmul takes tensors with at least one axis, not a scalar', 'Use mul for a scalar.');
    }
    const l = swapped(x.shape, a.transposeLeft);
    const r = swapped(y.shape, a.transposeRight);
    const inner = r.length === 1 ? r[0] : r.at(-2);
    if (l.at(-1) !== inner) {
      throw new ArchmeterError(
        `matmul of ${formatShape(l)} and ${formatShape(r)}: the left has ${l.at(-1)} columns, the right ${inner} rows`,
        'Transpose an operand, or give shapes whose inner sizes agree.',
      );
    }
    const shape = broadcast(l.slice(0, -2), r.slice(0, -2));
    if (l.length > 1) shape.push(l.at(-2) as number);
    if (r.length > 1) shape.push(r.at(-1) as number);
    return [{ shape, dtype: promote(x, y) }];
  },
  arithmetic(call) {
    const madds = elementCount((call.outputs[0] as TensorType).shape) * contracted(call);
    return { madds, flops: 2 * madds };
  },
  contraction(call) {
    const output = (call.outputs[0] as TensorType).shape;
    const right = (call.inputs[1] as TensorType).shape;
    const outputs = elementCount(output);
    const width = right.length < 2 ? 1 : (output.at(-1) as number);
    const depth = outputs === 0 ? 0 : contracted(call);
    // One matrix on the right for all on the left is one long product.
    if (right.length <= 2) return { rows: outputs / width, depth, width, groups: 1 };
    const rows = output.at(-2) ?? 1;
    return { rows, depth, width, groups: outputs / (rows * width || 1) };
  },
  fanIn: (right, { transposeRight }) => (transposeRight ? right.at(-1) : right.at(-2)) ?? 1,
  formulas(call) {
    const output = (call.outputs[0] as TensorType).shape;
    const variables = { E: elementCount(output), K: contracted(call) };
    return {
      madds: { expression: 'E*K', variables, source: 'E output elements, each a sum of K products' },
      flops: { expression: '2*E*K', variables, source: '2 per multiply-add' },
    };
  },
});
