import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, type TensorType } from '../../ir/tensor.js';
import { channelsOf, imageShape, layoutSchema, perAxis, spatialRank, spatialSizes } from '../convolution/window.js';
import { defineOp, type OpCall } from '../define-op.js';
import { flopsFormula, onlyFlops, outputElements } from '../flops.js';
import { windowElementsOf } from './adaptive-windows.js';
import { interpolationFlops, interpolationSource } from './interpolation.js';

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
    mode: { enum: ['nearest', 'linear', 'cubic', 'area'], default: 'nearest' },
    alignCorners: { type: 'boolean', description: 'Corner pixels keep their values.', default: false },
    coordinates: {
      enum: ['halfPixel', 'asymmetric', 'pytorchHalfPixel', 'cropAndResize'],
      description: 'Where an output pixel lies in the input (ONNX Resize).',
      default: 'halfPixel',
    },
    antialias: { type: 'boolean', default: false, description: 'Wider window when making smaller; counted without.' },
    layout: layoutSchema,
  },
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

const interpolates = ({ mode }: Attributes) => mode === 'linear' || mode === 'cubic';
const spatial = (call: OpCall<Attributes>) => (call.inputs[0] as TensorType).shape.length - 2;

/** Elements in all windows of `area`, which averages as adaptive pooling does. */
function windowed({ inputs, outputs, attributes: a }: OpCall<Attributes>): number {
  const input = (inputs[0] as TensorType).shape;
  const output = (outputs[0] as TensorType).shape;
  const images = (input[0] as number) * channelsOf(input, a.layout);
  return images * windowElementsOf(spatialSizes(input, a.layout), spatialSizes(output, a.layout));
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
    const scales = perAxis(a.scale ?? 1, rank, 'scale', 0);
    const output =
      a.size === undefined
        ? sizes.map((s, axis) => Math.floor(s * (scales[axis] as number)))
        : perAxis(a.size, rank, 'size');
    if (output.some((size) => size < 1)) {
      throw new ArchmeterError(
        `scale ${scales.join(', ')} leaves nothing of ${sizes.join('x')}`,
        'Give a larger scale, or a size.',
      );
    }
    return [
      { shape: imageShape(x.shape[0] as number, channelsOf(x.shape, a.layout), output, a.layout), dtype: x.dtype },
    ];
  },
  arithmetic(call) {
    const mode = call.attributes.mode;
    if (mode === 'area') return onlyFlops(windowed(call));
    return onlyFlops(interpolationFlops(mode, spatial(call)) * outputElements(call));
  },
  // Linear and cubic interpolation read windows, as pooling does.
  kernel: ({ attributes: a }) => (interpolates(a) ? 'pooling' : 'resize'),
  // torch interpolates with one thread for each place of the map, which walks images and channels one by one
  // (aten/src/ATen/native/cuda/UpSampleBilinear2d.cu, upsample_bilinear2d_out_frame).
  serialLoads({ inputs, outputs, attributes: a }) {
    if (!interpolates(a)) return undefined;
    const [images = 1, channels = 1] = (inputs[0] as TensorType).shape;
    return { serialLoads: images * channels, threads: elementCount((outputs[0] as TensorType).shape.slice(2)) };
  },
  savedForBackward: 'none',
  formulas(call) {
    const mode = call.attributes.mode;
    if (mode === 'area') {
      const source = 'W elements in all windows together: additions and 1 division per window';
      return flopsFormula('W', { W: windowed(call) }, source);
    }
    return flopsFormula(
      'F*E',
      { F: interpolationFlops(mode, spatial(call)), E: outputElements(call) },
      interpolationSource(mode, spatial(call)),
    );
  },
});
