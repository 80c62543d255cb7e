import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../errors.js';
import { elementCount, type TensorType } from '../ir/tensor.js';
import { defineOp, type OpCall } from './define-op.js';
import { flopsFormula, onlyFlops, outputElements } from './flops.js';
import { interpolationFlops, interpolationSource } from './interpolation.js';
import { channelsOf, imageShape, layoutSchema, perAxis, spatialRank, spatialSizes } from './window.js';

const size = { type: 'integer', minimum: 1 } as const;
const scale = { type: 'number', exclusiveMinimum: 0 } as const;

const attributes = {
  type: 'object',
  properties: {
    size: {
      description: 'Spatial output size, or one per spatial axis.',
      oneOf: [size, { type: 'array', items: size, minItems: 1, maxItems: 3 }],
    },
    scale: {
      description: 'Factor, or one per spatial axis; the output is rounded down. Used where no size is given.',
      oneOf: [scale, { type: 'array', items: scale, minItems: 1, maxItems: 3 }],
    },
    mode: { enum: ['nearest', 'linear', 'cubic', 'area'], description: 'Default nearest.' },
    alignCorners: { type: 'boolean', description: 'Corner pixels keep their values; default false.' },
    coordinates: {
      enum: ['halfPixel', 'asymmetric', 'pytorchHalfPixel', 'cropAndResize'],
      description: 'Where an output pixel lies in the input (ONNX Resize); default halfPixel.',
    },
    antialias: { type: 'boolean', description: 'Wider window when making smaller; counted without.' },
    layout: layoutSchema,
  },
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

const spatial = (call: OpCall<Attributes>) => (call.inputs[0] as TensorType).shape.length - 2;

function operations(call: OpCall<Attributes>): number {
  const { mode } = call.attributes;
  if (mode !== 'area') return interpolationFlops(mode ?? 'nearest', spatial(call));
  const output = outputElements(call);
  // Windows of at least one element; exact where the sizes divide.
  return output === 0 ? 0 : Math.ceil(elementCount((call.inputs[0] as TensorType).shape) / output);
}

/** Input [N, C, …] → [N, C, …size]; weights are taken as given, coordinates are not counted. */
export default defineOp<Attributes>({
  name: 'resize',
  kind: 'pooling',
  summary: 'Interpolation to another spatial size.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const rank = spatialRank(x, 'resize');
    const sizes = spatialSizes(x.shape, a.layout);
    if (a.size === undefined && a.scale === undefined) {
      throw new ArchmeterError('resize has neither size nor scale', 'Give one of the two.');
    }
    const scales = perAxis(a.scale, rank, 1, 'scale');
    const output =
      a.size === undefined
        ? sizes.map((s, axis) => Math.floor(s * (scales[axis] as number)))
        : perAxis(a.size, rank, 1, 'size');
    return [
      { shape: imageShape(x.shape[0] as number, channelsOf(x.shape, a.layout), output, a.layout), dtype: x.dtype },
    ];
  },
  arithmetic: (call) => onlyFlops(operations(call) * outputElements(call)),
  savedForBackward: 'none',
  formulas(call) {
    const mode = call.attributes.mode ?? 'nearest';
    const source =
      mode === 'area'
        ? 'F elements in each window: additions and 1 division'
        : interpolationSource(mode, spatial(call));
    return flopsFormula('F*E', { F: operations(call), E: outputElements(call) }, source);
  },
});
