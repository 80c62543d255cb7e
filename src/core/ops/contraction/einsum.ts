import type { FromSchema } from 'json-schema-to-ts';
import { elementCount, type TensorType } from '../../ir/tensor.js';
import { defineOp, type OpCall } from '../define-op.js';
import { bindEinsum, type Contraction, pairwiseContractions } from './einsum-equation.js';

const attributes = {
  type: 'object',
  properties: {
    equation: { type: 'string', description: "As in numpy, e.g. 'bhqd,bhkd->bhqk'." },
  },
  required: ['equation'],
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

function steps({ inputs, attributes: a }: OpCall<Attributes>): Contraction[] {
  const shapes = (inputs as readonly TensorType[]).map(({ shape }) => shape);
  return pairwiseContractions(bindEinsum(a.equation, shapes), shapes);
}

function total(contractions: readonly Contraction[], sums: boolean): number {
  return contractions.reduce((sum, step) => (step.sums === sums ? sum + step.size : sum), 0);
}

/**
 * Sum of products over named axes. Two operands cost the product of all axis sizes (for a matrix product M·K·N); more
 * are contracted in pairs from left to right. A product without a sum ('bi,bi->bi') is elementwise work: flops, no
 * multiply-adds, as torch counts it. One operand is transposed or summed, without multiply-adds.
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
  arithmetic(call) {
    const contractions = steps(call);
    const madds = total(contractions, true);
    return { madds, flops: 2 * madds + total(contractions, false) };
  },
  // As one product whose depth is the products of one output element.
  contraction(call) {
    const output = (call.outputs[0] as TensorType).shape;
    const outputs = elementCount(output);
    const width = output.at(-1) ?? 1;
    const depth = outputs === 0 ? 0 : total(steps(call), true) / outputs;
    return { rows: outputs / (width || 1), depth, width, groups: 1 };
  },
  fanIn: 'none',
  moments: 'kept',
  formulas(call) {
    const variables = Object.fromEntries(steps(call).map(({ size }, i) => [`S${i + 1}`, size]));
    const terms = steps(call).map(({ sums }, i) => ({ name: `S${i + 1}`, sums }));
    const products = terms.filter(({ sums }) => sums).map(({ name }) => name);
    const all = terms.map(({ name, sums }) => (sums ? `2*${name}` : name));
    return {
      madds: {
        expression: products.join('+') || '0',
        variables,
        source: `${call.attributes.equation}: pairs from left to right, each the product of the sizes of its axes`,
      },
      flops: {
        expression: all.join('+') || '0',
        variables,
        source: '2 per multiply-add, 1 per product that is not summed',
      },
    };
  },
});
