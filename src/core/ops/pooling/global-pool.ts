import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { formatShape, type TensorType } from '../../ir/tensor.js';
import { channelsOf, imageShape, layoutSchema, spatialSizes } from '../convolution/window.js';
import { defineOp, type OpDefinition } from '../define-op.js';
import { flopsFormula, inputElements, onlyFlops, outputElements } from '../flops.js';

const attributes = {
  type: 'object',
  properties: {
    keepDims: { type: 'boolean', description: 'Keep the spatial axes with size 1.', default: true },
    layout: layoutSchema,
  },
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

/** Input [N, C, …] → [N, C, 1 …], or [N, C] without `keepDims`. */
function globalPool(name: string, summary: string, mean: boolean): OpDefinition<Attributes> {
  return defineOp<Attributes>({
    name,
    kind: 'pooling',
    summary,
    attributes,
    inputs: [{ name: 'input' }],
    infer([input], a) {
      const x = input as TensorType;
      if (x.shape.length < 3) {
        throw new ArchmeterError(
          `${name} takes an input with batch, channels and spatial axes, not shape ${formatShape(x.shape)}`,
          'Use reduceMean or reduceMax for other axes.',
        );
      }
      const channels = channelsOf(x.shape, a.layout);
      const batch = x.shape[0] as number;
      const sizes = spatialSizes(x.shape, a.layout).map(() => 1);
      return [
        {
          shape: !a.keepDims ? [batch, channels] : imageShape(batch, channels, sizes, a.layout),
          dtype: x.dtype,
        },
      ];
    },
    arithmetic(call) {
      const elements = inputElements(call);
      return onlyFlops(mean || elements === 0 ? elements : elements - outputElements(call));
    },
    kernel: 'reduction',
    ...(mean ? { shortName: 'pool', work: 'average' } : {}),
    savedForBackward: mean ? 'none' : 'inputs',
    formulas(call) {
      const E = inputElements(call);
      if (mean) return flopsFormula('E', { E }, 'additions and 1 division per channel: 1 operation per input element');
      const variables = { E, O: E === 0 ? 0 : outputElements(call) };
      return flopsFormula('E-O', variables, 'comparisons: 1 less per channel than it has elements');
    },
  });
}

export default [
  globalPool('globalAvgPool', 'Mean over all spatial axes.', true),
  globalPool('globalMaxPool', 'Maximum over all spatial axes.', false),
];
