import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { formatShape, type TensorType } from '../../ir/tensor.js';
import { defineOp, type OpCall } from '../define-op.js';
import { flopsFormula, onlyFlops, outputElements } from '../flops.js';
import { interpolationFlops, interpolationSource } from './interpolation.js';

const attributes = {
  type: 'object',
  properties: {
    mode: { enum: ['nearest', 'linear', 'cubic'], default: 'linear' },
    paddingMode: { enum: ['zeros', 'border', 'reflection'], description: 'Outside the input.', default: 'zeros' },
    alignCorners: { type: 'boolean', default: false },
  },
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

const modeOf = (call: OpCall<Attributes>) => call.attributes.mode;
const spatial = (call: OpCall<Attributes>) => (call.inputs[0] as TensorType).shape.length - 2;

/** Input [N, C, …in], grid [N, …out, spatial axes] → [N, C, …out]; 2 or 3 spatial axes (torch grid_sample). */
export default defineOp<Attributes>({
  name: 'gridSample',
  kind: 'pooling',
  summary: 'Samples of the input at the points of a grid.',
  attributes,
  inputs: [{ name: 'input' }, { name: 'grid' }],
  infer([input, grid]) {
    const x = input as TensorType;
    const g = grid as TensorType;
    const rank = x.shape.length;
    const fits =
      rank > 2 && rank < 6 && g.shape.length === rank && g.shape[0] === x.shape[0] && g.shape.at(-1) === rank - 2;
    if (!fits) {
      throw new ArchmeterError(
        `a grid of shape ${formatShape(g.shape)} does not fit an input of shape ${formatShape(x.shape)}`,
        'Give a grid [batch, …output size, number of spatial axes].',
      );
    }
    return [{ shape: [...x.shape.slice(0, 2), ...g.shape.slice(1, -1)], dtype: x.dtype }];
  },
  arithmetic: (call) => onlyFlops(interpolationFlops(modeOf(call), spatial(call)) * outputElements(call)),
  kernel: 'resize',
  formulas: (call) =>
    flopsFormula(
      'F*E',
      { F: interpolationFlops(modeOf(call), spatial(call)), E: outputElements(call) },
      interpolationSource(modeOf(call), spatial(call)),
    ),
});
