import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type TensorType } from '../../ir/tensor.js';
import { perAxis, perAxisSchema } from '../convolution/window.js';
import { defineOp, type OpCall } from '../define-op.js';
import { flopsFormula, inputElements, onlyFlops, outputElements } from '../flops.js';
import { trafficFormula } from '../traffic.js';
import { interpolationFlops } from './interpolation.js';

const attributes = {
  type: 'object',
  properties: {
    outputSize: perAxisSchema,
    samplingRatio: {
      type: 'integer',
      minimum: 0,
      description: 'Samples per bin and axis; 0 follows the size of the region and counts as 2.',
      default: 0,
    },
    mode: { enum: ['mean', 'max'], description: 'Of the samples of a bin.', default: 'mean' },
  },
  required: ['outputSize'],
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

/** Samples of one bin. */
const samples = ({ attributes: a }: OpCall<Attributes>) => (a.samplingRatio || 2) ** 2;
const perBin = (call: OpCall<Attributes>) => samples(call) * (interpolationFlops('linear', 2) + 1);

function reads(call: OpCall<Attributes>): number[] {
  const sampled = 4 * samples(call) * outputElements(call);
  return [Math.min(inputElements(call), sampled), elementCount((call.inputs[1] as TensorType).shape)];
}

/** Image [N, C, H, W], regions [R, 4 or 5] → [R, C, …outputSize]: each region sampled to one size (arXiv 1703.06870). */
export default defineOp<Attributes>({
  name: 'roiAlign',
  kind: 'pooling',
  summary: 'Regions of an image, each pooled to one size.',
  attributes,
  inputs: [{ name: 'input' }, { name: 'regions' }],
  infer([input, regions], a) {
    const x = input as TensorType;
    const r = regions as TensorType;
    if (x.shape.length !== 4 || r.shape.length !== 2) {
      throw new ArchmeterError(
        `roiAlign takes an image [N, C, H, W] and regions [R, 4 or 5], not ${formatShape(x.shape)} and ${formatShape(r.shape)}`,
      );
    }
    const size = perAxis(a.outputSize, 2, 'outputSize');
    return [{ shape: [r.shape[0] as number, x.shape[1] as number, ...size], dtype: x.dtype }];
  },
  arithmetic: (call) => onlyFlops(perBin(call) * outputElements(call)),
  reads,
  formulas: (call) => ({
    ...flopsFormula(
      'F*E',
      { F: perBin(call), E: outputElements(call) },
      'per bin the samples by bilinear interpolation, and their mean or maximum',
    ),
    ...trafficFormula(
      call,
      reads(call),
      'at most the image, else four elements per sample; the regions; the bins written',
    ),
  }),
});
