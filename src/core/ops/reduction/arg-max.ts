import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../../ir/tensor.js';
import { defineOp, type OpCall, type OpDefinition } from '../define-op.js';
import { flopsFormula, inputElements, onlyFlops, outputElements } from '../flops.js';
import { reducedShape } from './reduced-shape.js';

const attributes = {
  type: 'object',
  properties: {
    axis: { type: 'integer', description: 'Default: over all elements.' },
    keepDims: { type: 'boolean', description: 'Keep the axis with size 1.', default: false },
  },
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

const rows = (call: OpCall<Attributes>) => (inputElements(call) === 0 ? 0 : outputElements(call));

function argument(name: string, summary: string): OpDefinition<Attributes> {
  return defineOp<Attributes>({
    name,
    kind: 'reduction',
    summary,
    attributes,
    inputs: [{ name: 'input' }],
    infer: ([input], a) => [
      {
        shape: reducedShape((input as TensorType).shape, a.axis === undefined ? undefined : [a.axis], a.keepDims),
        dtype: 'int64',
      },
    ],
    arithmetic: (call) => onlyFlops(inputElements(call) - rows(call)),
    savedForBackward: 'none',
    formulas: (call) =>
      flopsFormula(
        'I-O',
        { I: inputElements(call), O: rows(call) },
        'comparisons: 1 less per output than it has inputs',
      ),
  });
}

export default [
  argument('argMax', 'Index of the largest element along an axis.'),
  argument('argMin', 'Index of the least element along an axis.'),
];
