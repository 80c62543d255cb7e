import { ArchmeterError } from '../../../errors.js';
import { elementCount } from '../../../ir/tensor.js';
import type { OpAttributes, OpName } from '../../../ops/op-attributes.js';
import type { Call } from '../call.js';
import type { Tensor } from '../tensor.js';
import { windowOf } from './convolution.js';
import type { OnnxOp, OnnxOps } from './define-onnx-op.js';

export function poolAttributes(call: Call, rank: number): OpAttributes['maxPool'] {
  const kernel = call.ints('kernel_shape') ?? [];
  if (kernel.length !== rank) {
    throw new ArchmeterError(`kernel_shape [${kernel.join(', ')}] does not fit ${rank} spatial axes`);
  }
  return { kernel, ...windowOf(call, rank), ...(call.flag('ceil_mode') ? { ceilMode: true } : {}) };
}

function maxPool(call: Call): Tensor[] {
  const x = call.input(0);
  const attributes = poolAttributes(call, x.shape.length - 2);
  return call.emitAll('maxPool', [x], call.gives(1) ? { ...attributes, indices: true } : attributes);
}

function averagePool(call: Call): Tensor {
  const x = call.input(0);
  return call.emit('avgPool', [x], {
    ...poolAttributes(call, x.shape.length - 2),
    countIncludePad: call.flag('count_include_pad'),
  });
}

function lpPool(call: Call): Tensor {
  const x = call.input(0);
  return call.emit('lpPool', [x], {
    ...poolAttributes(call, x.shape.length - 2),
    p: call.float('p') ?? call.int('p', 2),
  });
}

function globalPool(op: OpName): OnnxOp {
  return { lower: (call) => call.emit(op, [call.input(0)], { keepDims: true }) };
}

function globalLpPool(call: Call): Tensor {
  const x = call.input(0);
  const kernel = x.shape.slice(2);
  return call.emit('lpPool', [x], { kernel, p: call.float('p') ?? call.int('p', 2) });
}

function maxUnpool(call: Call): Tensor {
  const [x, indices] = [call.input(0), call.input(1)];
  const rank = x.shape.length - 2;
  const size = call.optionalContents(2)?.slice(2);
  const { dilation: _, ...attributes } = poolAttributes(call, rank);
  return call.emit('maxUnpool', [x, indices], { ...attributes, ...(size === undefined ? {} : { outputSize: size }) });
}

/** Regions [R, 4 or 5] of an image, each pooled to one size. */
function roiAlign(call: Call): Tensor {
  return call.emit('roiAlign', [call.input(0), call.input(1)], {
    outputSize: [call.int('output_height', 1), call.int('output_width', 1)],
    samplingRatio: call.int('sampling_ratio', 0),
    mode: call.text('mode', 'avg') === 'max' ? 'max' : 'mean',
  });
}

function maxRoiPool(call: Call): Tensor {
  const outputSize = call.ints('pooled_shape') ?? [];
  return call.emit('roiAlign', [call.input(0), call.input(1)], { outputSize, samplingRatio: 1, mode: 'max' });
}

/** Boxes that are kept: their number depends on the scores, at most every box of every class. */
function nonMaxSuppression(call: Call): Tensor[] {
  const [boxes, scores] = [call.input(0), call.input(1)];
  const spatial = boxes.shape.at(-2) as number;
  const most = call.inputs[2] === undefined ? 0 : (call.input(2).data?.[0] ?? spatial);
  const classes = elementCount(scores.shape.slice(0, -1));
  call.noteLargest();
  const count = classes * Math.min(Math.max(most, 0), spatial);
  return call.opaque([{ shape: [count, 3], dtype: 'int64' }], 'its work and the number of boxes depend on the scores');
}

export const POOLING: OnnxOps = {
  AveragePool: { lower: averagePool },
  GlobalAveragePool: globalPool('globalAvgPool'),
  GlobalLpPool: { lower: globalLpPool },
  GlobalMaxPool: globalPool('globalMaxPool'),
  LpPool: { lower: lpPool },
  MaxPool: { lower: maxPool },
  MaxRoiPool: { lower: maxRoiPool },
  MaxUnpool: { contents: [2], lower: maxUnpool },
  NonMaxSuppression: { hints: [2], lower: nonMaxSuppression },
  RoiAlign: { lower: roiAlign },
};
