import { elementCount, type TensorType } from '../../ir/tensor.js';
import {
  channelsOf,
  imageShape,
  type Layout,
  layoutSchema,
  type PerAxis,
  paddingSchema,
  perAxis,
  perAxisSchema,
  spatialRank,
  spatialSizes,
  type WindowAttributes,
  windowOutput,
} from '../convolution/window.js';
import type { Formula, FormulaFigure, OpCall } from '../define-op.js';

/** What the sliding-window poolings share. */
export const poolAttributes = {
  type: 'object',
  properties: {
    kernel: perAxisSchema,
    stride: { ...perAxisSchema, description: 'Default: the kernel.' },
    padding: paddingSchema,
    dilation: { ...perAxisSchema, default: 1 },
    ceilMode: { type: 'boolean', default: false },
    layout: layoutSchema,
  },
  required: ['kernel'],
  additionalProperties: false,
} as const;

/** Attributes whose stride is the kernel's where a layer says none (`defaultsFrom`). */
export type Strided<A> = A & { readonly stride: PerAxis };

/** Output of a sliding-window pooling. */
export function poolOutput(input: TensorType, a: WindowAttributes & { readonly layout?: Layout }): TensorType {
  spatialRank(input, 'pooling');
  const sizes = windowOutput(spatialSizes(input.shape, a.layout), a);
  const shape = imageShape(input.shape[0] as number, channelsOf(input.shape, a.layout), sizes, a.layout);
  return { shape, dtype: input.dtype };
}

/** Elements of one window, padding included. */
export function windowElements(input: TensorType, a: { readonly kernel: PerAxis }): number {
  return elementCount(perAxis(a.kernel, input.shape.length - 2, 'kernel'));
}

export function poolFormulas(
  call: OpCall<{ readonly kernel: PerAxis }>,
  expression: string,
  source: string,
): Partial<Record<FormulaFigure, Formula>> {
  const variables = {
    E: elementCount((call.outputs[0] as TensorType).shape),
    K: windowElements(call.inputs[0] as TensorType, call.attributes),
  };
  return { flops: { expression, variables, source } };
}
