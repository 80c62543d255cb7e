import { elementCount } from '../../../ir/tensor.js';
import { spatialSizes } from '../../../ops/convolution/window.js';
import type { Lowering, NodeCall } from '../call.js';
import type { Tensor } from '../tensor.js';

function pool(call: NodeCall, op: 'maxPool' | 'avgPool'): Tensor {
  const rank = call.x.rank - 2;
  if (rank < 1) call.fail(`pooling takes batch, channels and spatial axes, not ${call.x.rank} axes`);
  const size = call.has(1) ? [...call.known(1)] : call.attributes.integers('ksize');
  const strides = call.has(2) ? [...call.known(2)] : call.attributes.integers('strides');
  const spatial = (all: readonly number[]) => spatialSizes(all, call.layout());
  const padding = call.attributes.text('padding');
  if (elementCount(size) !== elementCount(spatial(size))) call.fail('it pools over batch or channels');
  return call.add(op, [call.x], {
    kernel: spatial(size),
    stride: spatial(strides),
    padding: padding === 'SAME' ? 'same' : 'valid',
    layout: call.layout(),
    ...(op === 'avgPool' ? { countIncludePad: false } : {}),
  });
}

/** The places of the maxima come along. */
const withIndices: Lowering = (call) => {
  const values = pool(call, 'maxPool');
  return [values, call.add('cast', [values], { to: 'int64' }, 'indices')];
};

export const poolingOps: Readonly<Record<string, Lowering>> = {
  MaxPool: (call) => pool(call, 'maxPool'),
  MaxPoolV2: (call) => pool(call, 'maxPool'),
  MaxPool3D: (call) => pool(call, 'maxPool'),
  AvgPool: (call) => pool(call, 'avgPool'),
  AvgPool3D: (call) => pool(call, 'avgPool'),
  MaxPoolWithArgmax: withIndices,
};
