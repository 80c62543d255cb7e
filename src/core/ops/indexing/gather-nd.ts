import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type TensorType } from '../../ir/tensor.js';
import { defineOp, type OpCall } from '../define-op.js';
import { noArithmetic, outputElements } from '../flops.js';
import { trafficFormula } from '../traffic.js';

const attributes = {
  type: 'object',
  properties: {
    batchAxes: { type: 'integer', minimum: 0, description: 'Leading axes that data and indices share.', default: 0 },
  },
  additionalProperties: false,
} as const;

function reads(call: OpCall<unknown>): number[] {
  return [outputElements(call), elementCount((call.inputs[1] as TensorType).shape)];
}

/** Data [B…, D1…Dk, R…], indices [B…, I…, k] → [B…, I…, R…]: slices picked by tuples of indices (ONNX GatherND). */
export default defineOp<FromSchema<typeof attributes>>({
  name: 'gatherNd',
  kind: 'movement',
  summary: 'Slices picked by tuples of indices.',
  attributes,
  inputs: [{ name: 'data' }, { name: 'indices' }],
  infer([data, indices], a) {
    const x = data as TensorType;
    const i = indices as TensorType;
    const shared = a.batchAxes;
    const tuple = i.shape.at(-1);
    const agree = i.shape.slice(0, shared).join() === x.shape.slice(0, shared).join();
    if (tuple === undefined || shared + tuple > x.shape.length || shared >= i.shape.length || !agree) {
      throw new ArchmeterError(
        `indices of shape ${formatShape(i.shape)} do not pick from data of shape ${formatShape(x.shape)}`,
        'Their last axis counts the axes of the data that they index.',
      );
    }
    return [{ shape: [...i.shape.slice(0, -1), ...x.shape.slice(shared + tuple)], dtype: x.dtype }];
  },
  arithmetic: noArithmetic,
  reads,
  savedForBackward: 'none',
  formulas: (call) => trafficFormula(call, reads(call), 'slices picked and indices read, slices written'),
});
