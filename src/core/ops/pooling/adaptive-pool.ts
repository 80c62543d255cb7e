import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { TensorType } from '../../ir/tensor.js';
import { channelsOf, imageShape, layoutSchema, spatialRank, spatialSizes } from '../convolution/window.js';
import { defineOp, type OpCall, type OpDefinition } from '../define-op.js';
import { flopsFormula, onlyFlops, outputElements } from '../flops.js';
import { windowElementsOf } from './adaptive-windows.js';

const size = { type: 'integer', minimum: 1 } as const;

const attributes = {
  type: 'object',
  properties: {
    outputSize: {
      description: 'Spatial output size, or one per spatial axis; null keeps the size of the input.',
      oneOf: [size, { type: 'array', items: { oneOf: [size, { type: 'null' }] }, minItems: 1, maxItems: 3 }],
    },
    layout: layoutSchema,
  },
  required: ['outputSize'],
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

function outputSizes(input: TensorType, a: Attributes): number[] {
  const sizes = spatialSizes(input.shape, a.layout);
  const { outputSize } = a;
  if (typeof outputSize === 'number') return sizes.map(() => outputSize);
  if (outputSize.length !== sizes.length) {
    throw new ArchmeterError(
      `outputSize has ${outputSize.length} values for ${sizes.length} spatial axes`,
      `Give one number or ${sizes.length} of them.`,
    );
  }
  return sizes.map((s, axis) => outputSize[axis] ?? s);
}

/** Elements read by all windows together, of all batches and channels. */
function windowed({ inputs, outputs, attributes: a }: OpCall<Attributes>): number {
  const input = (inputs[0] as TensorType).shape;
  const images = (input[0] as number) * channelsOf(input, a.layout);
  const output = spatialSizes((outputs[0] as TensorType).shape, a.layout);
  return images * windowElementsOf(spatialSizes(input, a.layout), output);
}

/** Input [N, C, …] → [N, C, …outputSize]. */
function adaptivePool(name: string, summary: string, mean: boolean): OpDefinition<Attributes> {
  return defineOp<Attributes>({
    name,
    kind: 'pooling',
    summary,
    attributes,
    inputs: [{ name: 'input' }],
    infer([input], a) {
      const x = input as TensorType;
      spatialRank(x, name);
      const shape = imageShape(x.shape[0] as number, channelsOf(x.shape, a.layout), outputSizes(x, a), a.layout);
      return [{ shape, dtype: x.dtype }];
    },
    arithmetic(call) {
      const elements = windowed(call);
      return onlyFlops(mean || elements === 0 ? elements : elements - outputElements(call));
    },
    ...(mean ? { work: 'average' } : {}),
    savedForBackward: mean ? 'none' : 'inputs',
    formulas(call) {
      const W = windowed(call);
      if (mean) {
        return flopsFormula('W', { W }, 'W elements in all windows together: additions and 1 division per window');
      }
      const variables = { W, E: W === 0 ? 0 : outputElements(call) };
      return flopsFormula('W-E', variables, 'W elements in all windows together: comparisons, 1 less per window');
    },
  });
}

export default [
  adaptivePool('adaptiveAvgPool', 'Mean over windows that divide the input evenly.', true),
  adaptivePool('adaptiveMaxPool', 'Maximum over windows that divide the input evenly.', false),
];
