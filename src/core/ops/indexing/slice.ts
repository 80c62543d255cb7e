import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import type { TensorType } from '../../ir/tensor.js';
import { normalizeAxes, normalizeAxis } from '../axis.js';
import { defineOp } from '../define-op.js';
import { noArithmetic, outputElements } from '../flops.js';
import { trafficFormula } from '../traffic.js';

const integers = { type: 'array', items: { type: 'integer' } } as const;

const attributes = {
  type: 'object',
  properties: {
    starts: { ...integers, description: 'First index of each sliced axis; negative counts from the end.' },
    ends: { ...integers, description: 'Index after the last; negative counts from the end, too large is the end.' },
    axes: { ...integers, description: 'Axes that are sliced; default the first ones.' },
    steps: { ...integers, description: 'Default 1; negative walks backwards.' },
  },
  required: ['starts', 'ends'],
  additionalProperties: false,
} as const;

/** How many indices a slice takes: clamping of numpy and ONNX. */
export function sliceLength(size: number, start: number, end: number, step: number): number {
  const low = step > 0 ? 0 : -1;
  const high = step > 0 ? size : size - 1;
  const clamp = (index: number) => Math.min(Math.max(index < 0 ? index + size : index, low), high);
  return Math.max(Math.ceil((clamp(end) - clamp(start)) / step), 0);
}

/**
 * A part of a tensor. Counted as movement that reads only what it writes, as ONNX and tfjs do it (in torch it is a view
 * until an op wants it in order).
 */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'slice',
  kind: 'movement',
  summary: 'A part of a tensor: from start to end in steps, along some axes.',
  attributes,
  inputs: [{ name: 'input' }],
  infer([input], a) {
    const x = input as TensorType;
    const count = a.starts.length;
    if (a.ends.length !== count || (a.axes ?? a.ends).length !== count || (a.steps ?? a.ends).length !== count) {
      throw new ArchmeterError(
        `slice has ${count} starts, ${a.ends.length} ends, ${a.axes?.length ?? count} axes and ${a.steps?.length ?? count} steps`,
        'Give as many of each.',
      );
    }
    const axes = normalizeAxes(a.axes ?? a.starts.map((_, axis) => axis), x.shape.length);
    const shape = [...x.shape];
    axes.forEach((axis, i) => {
      const step = a.steps?.[i] ?? 1;
      if (step === 0) throw new ArchmeterError(`slice has step 0 on axis ${axis}`, 'Give a step other than 0.');
      shape[axis] = sliceLength(shape[axis] as number, a.starts[i] as number, a.ends[i] as number, step);
    });
    return [{ shape, dtype: x.dtype }];
  },
  // A view until something wants it in order.
  kernel: 'none',
  memoryOrder: (strides, { attributes: { steps, axes } }) =>
    (steps ?? []).reduce((all, step, i) => {
      const axis = normalizeAxis(axes?.[i] ?? i, all.length);
      return all.with(axis, (all[axis] as number) * Math.abs(step));
    }, strides),
  arithmetic: noArithmetic,
  reads: (call) => [outputElements(call)],
  savedForBackward: 'none',
  formulas: (call) => trafficFormula(call, [outputElements(call)], 'the part read and the part written'),
});
