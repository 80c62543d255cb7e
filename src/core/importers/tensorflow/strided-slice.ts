import type { Shape } from '../../ir/tensor.js';
import type { NodeCall } from './call.js';

/** One slice of one axis. */
export interface AxisSlice {
  readonly start: number;
  readonly step: number;
  readonly size: number;
}

export interface StridedSlice {
  /** One for each axis of the input. */
  readonly axes: readonly AxisSlice[];
  /** Axes of the sliced input that are left out. */
  readonly squeezed: readonly number[];
  /** Axes of the result that are new. */
  readonly added: readonly number[];
}

/** TensorFlow's StridedSlice: begin, end, strides, and five masks of bits (tf.strided_slice). */
export function stridedSliceOf(call: NodeCall, shape: Shape): StridedSlice {
  const { attributes } = call;
  const begin = call.known(1);
  const end = call.known(2);
  const steps = call.has(3) ? call.known(3) : begin.map(() => 1);
  const mask = (name: string) => {
    const bits = attributes.integer(name, 0);
    return (entry: number) => (bits & (1 << entry)) !== 0;
  };
  const [beginMask, endMask] = [mask('begin_mask'), mask('end_mask')];
  const [ellipsis, newAxis, shrink] = [mask('ellipsis_mask'), mask('new_axis_mask'), mask('shrink_axis_mask')];
  const entries = begin.map((_, entry) => entry);
  const used = entries.filter((entry) => !ellipsis(entry) && !newAxis(entry)).length;
  if (used > shape.length) call.fail(`it slices ${used} axes of ${shape.length}`);
  const axes: AxisSlice[] = [];
  const squeezed: number[] = [];
  const added: number[] = [];
  let place = 0;
  const whole = () => {
    axes.push({ start: 0, step: 1, size: shape[axes.length] as number });
    place++;
  };
  for (const entry of entries) {
    if (ellipsis(entry)) {
      for (let skipped = shape.length - used; skipped > 0; skipped--) whole();
    } else if (newAxis(entry)) added.push(place++);
    else {
      const size = shape[axes.length] as number;
      const step = steps[entry] as number;
      if (step === 0) call.fail('it slices with step 0');
      if (shrink(entry)) {
        const index = begin[entry] as number;
        const start = index < 0 ? index + size : index;
        if (start < 0 || start >= size) call.fail(`index ${index} is outside an axis of ${size}`);
        squeezed.push(axes.length);
        axes.push({ start, step: 1, size: 1 });
      } else {
        const start = beginMask(entry) ? (step > 0 ? 0 : size - 1) : clamp(begin[entry] as number, size, step);
        const stop = endMask(entry) ? (step > 0 ? size : -1) : clamp(end[entry] as number, size, step);
        axes.push({ start, step, size: Math.max(Math.ceil((stop - start) / step), 0) });
        place++;
      }
    }
  }
  while (axes.length < shape.length) whole();
  return { axes, squeezed, added };
}

function clamp(index: number, size: number, step: number): number {
  const from = index < 0 ? index + size : index;
  return step > 0 ? Math.min(Math.max(from, 0), size) : Math.min(Math.max(from, -1), size - 1);
}
