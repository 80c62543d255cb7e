import { ArchmeterError } from '../../../errors.js';
import { formatShape } from '../../../ir/tensor.js';
import { normalizeAxis } from '../../../ops/axis.js';
import type { Call } from '../call.js';
import type { Tensor } from '../tensor.js';
import type { OnnxOps } from './define-onnx-op.js';

function batchNormalization(call: Call): Tensor[] {
  const x = call.input(0);
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((i) => call.input(i)) as [Tensor, Tensor, Tensor, Tensor];
  const channels = x.shape[1] ?? 1;
  if (scale.shape.length !== 1 || scale.shape[0] !== channels) {
    throw new ArchmeterError(
      `a scale of shape ${formatShape(scale.shape)} does not fit an input of shape ${formatShape(x.shape)}`,
    );
  }
  const epsilon = call.float('epsilon', 1e-5);
  const y = call.emit('batchNorm', [x, scale, shift, mean, variance], { epsilon });
  if (!call.gives(1)) return [y];
  // In training mode new running statistics come out as well.
  const fresh = [mean, variance].map((tensor) => call.emit('identity', [tensor]));
  return [y, ...fresh, ...fresh];
}

/** Normalisation over the axes from `axis` on, with outputs for mean and reciprocal deviation where they are asked for. */
export function layerNormalization(
  call: Call,
  op: 'layerNorm' | 'rmsNorm',
  x: Tensor,
  scale?: Tensor,
  shift?: Tensor,
): Tensor {
  const axis = normalizeAxis(call.int('axis', -1), x.shape.length);
  const axes = x.shape.length - axis;
  const epsilon = call.float('epsilon', 1e-5);
  const normalized = x.shape.slice(axis);
  const fits = scale === undefined || formatShape(scale.shape) === formatShape(normalized);
  if (op === 'rmsNorm') {
    if (fits) return call.emit(op, [x, scale], { axes, affine: scale !== undefined, epsilon });
    return call.emit('mul', [call.emit(op, [x], { axes, affine: false, epsilon }), scale as Tensor]);
  }
  if (fits && (shift === undefined || formatShape(shift.shape) === formatShape(normalized))) {
    const affine = scale !== undefined;
    const bias = shift !== undefined;
    return call.emit(op, bias ? [x, scale, shift] : [x, scale], { axes, affine, bias, epsilon });
  }
  const plain = call.emit(op, [x], { axes, affine: false, epsilon });
  const product = scale === undefined ? plain : call.emit('mul', [plain, scale]);
  return shift === undefined ? product : call.emit('add', [product, shift]);
}

/** Mean and deviation, given out beside the result for the backward pass. */
export function statistics(call: Call, x: Tensor, axis: number): Tensor[] {
  const axes = x.shape.flatMap((_, i) => (i >= axis ? [i] : []));
  return (['reduceMean', 'reduceStd'] as const).map((op) => call.emit(op, [x], { axes, keepDims: true }));
}

function layerNorm(call: Call): Tensor[] {
  const x = call.input(0);
  const y = layerNormalization(call, 'layerNorm', x, call.input(1), call.optional(2));
  if (!call.gives(1) && !call.gives(2)) return [y];
  const axis = normalizeAxis(call.int('axis', -1), x.shape.length);
  return [y, ...statistics(call, x, axis)];
}

function instanceNormalization(call: Call): Tensor {
  const [x, scale, shift] = [call.input(0), call.input(1), call.input(2)];
  return call.emit('instanceNorm', [x, scale, shift], { epsilon: call.float('epsilon', 1e-5) });
}

/** Scale and shift are per channel since opset 21, per group before. */
function groupNormalization(call: Call): Tensor {
  const [x, scale, shift] = [call.input(0), call.input(1), call.input(2)];
  const groups = call.int('num_groups', 1);
  const epsilon = call.float('epsilon', 1e-5);
  return call.emit('groupNorm', [x, scale, shift], { groups, epsilon });
}

export const NORMALIZATION: OnnxOps = {
  BatchNormalization: { lower: batchNormalization },
  GroupNormalization: { lower: groupNormalization },
  InstanceNormalization: { lower: instanceNormalization },
  LayerNormalization: { lower: layerNorm },
  LpNormalization: {
    lower: (call) => {
      const x = call.input(0);
      return call.emit('normalize', [x], {
        axis: normalizeAxis(call.int('axis', -1), x.shape.length),
        p: call.int('p', 2),
      });
    },
  },
  LRN: {
    lower: (call) =>
      call.emit('localResponseNorm', [call.input(0)], {
        size: call.int('size', 1),
        alpha: call.float('alpha', 1e-4),
        beta: call.float('beta', 0.75),
        k: call.float('bias', 1),
      }),
  },
  RMSNormalization: { lower: (call) => layerNormalization(call, 'rmsNorm', call.input(0), call.input(1)) },
};
