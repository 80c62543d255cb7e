import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp, type OpCall } from '../define-op.js';
import { noArithmetic, outputElements } from '../flops.js';
import { trafficFormula } from '../traffic.js';

const attributes = {
  type: 'object',
  properties: {
    axis: { type: 'integer', default: 0 },
    batchAxes: { type: 'integer', minimum: 0, description: 'Leading axes that data and indices share.', default: 0 },
  },
  additionalProperties: false,
} as const;

function reads(call: OpCall<unknown>): number[] {
  return [outputElements(call), elementCount((call.inputs[1] as TensorType).shape)];
}

/**
 * Data [A…, n, B…], indices [I…] → [A…, I…, B…]: entries of one axis, picked by index (ONNX Gather, numpy.take). Of the
 * data only what is picked is read.
 */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'gather',
  kind: 'movement',
  summary: 'Entries of an axis, picked by index.',
  attributes,
  inputs: [
    { name: 'data' },
    { name: 'indices', bound: ({ inputs, attributes: a }) => (inputs[0] as TensorType).shape.at(Number(a.axis)) ?? 1 },
  ],
  infer([data, indices], a) {
    const x = data as TensorType;
    const i = indices as TensorType;
    const axis = normalizeAxis(a.axis, x.shape.length);
    const shared = a.batchAxes;
    const agree = shared <= axis && i.shape.slice(0, shared).join() === x.shape.slice(0, shared).join();
    if (!agree || shared > i.shape.length) {
      throw new ArchmeterError(
        `data ${formatShape(x.shape)} and indices ${formatShape(i.shape)} do not share ${shared} leading axes before axis ${axis}`,
      );
    }
    return [
      { shape: [...x.shape.slice(0, axis), ...i.shape.slice(shared), ...x.shape.slice(axis + 1)], dtype: x.dtype },
    ];
  },
  arithmetic: noArithmetic,
  reads,
  savedForBackward: 'none',
  formulas: (call) => trafficFormula(call, reads(call), 'entries picked and indices read, entries written'),
});
