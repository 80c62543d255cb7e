import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../ir/tensor.js';
import { type Arithmetic, defineOp, type Formula, type OpCall } from './define-op.js';
import { bindEinsum, pairwiseContractions } from './einsum-equation.js';

const attributes = {
  type: 'object',
  properties: {
    equation: { type: 'string', description: "As in numpy, e.g. 'bhqd,bhkd->bhqk'." },
  },
  required: ['equation'],
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

function steps({ inputs, attributes: a }: OpCall<Attributes>): number[] {
  const shapes = (inputs as readonly TensorType[]).map(({ shape }) => shape);
  return pairwiseContractions(bindEinsum(a.equation, shapes));
}

/**
 * Sum of products over named axes. Two operands cost the product of all axis sizes (for a matrix product M·K·N); more
 * are contracted in pairs from left to right, each axis summed as soon as no later operand needs it. One operand is a
 * transposition or sum without multiply-adds.
 */
export default defineOp<Attributes>({
  name: 'einsum',
  kind: 'matmul',
  summary: 'Sum of products over named axes.',
  attributes,
  inputs: [{ name: 'operands', variadic: true }],
  infer(inputs, a) {
    const all = inputs as readonly TensorType[];
    const { output, sizes } = bindEinsum(
      a.equation,
      all.map(({ shape }) => shape),
    );
    return [{ shape: output.map((axis) => sizes.get(axis) as number), dtype: (all[0] as TensorType).dtype }];
  },
  arithmetic(call): Arithmetic {
    const madds = steps(call).reduce((sum, step) => sum + step, 0);
    return { madds, flops: 2 * madds };
  },
  formulas(call): { madds: Formula; flops: Formula } {
    const variables: Record<string, number> = {};
    steps(call).forEach((step, i) => {
      variables[`S${i + 1}`] = step;
    });
    const sum = Object.keys(variables).join('+') || '0';
    const source = `${call.attributes.equation}: operands contracted in pairs from left to right, each the product of the sizes of its axes`;
    return {
      madds: { expression: sum, variables, source },
      flops: { expression: `2*(${sum})`, variables, source: '2 per multiply-add' },
    };
  },
});
