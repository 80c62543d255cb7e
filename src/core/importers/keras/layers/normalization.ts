import type { Value } from '../../../ir/graph.js';
import { normalizeAxes, normalizeAxis } from '../../../ops/axis.js';
import type { Layout } from '../../../ops/convolution/window.js';
import type { OpAttributes } from '../../../ops/op-attributes.js';
import type { LayerCall, LayerLowering } from '../layer.js';

/** The one axis of the configuration, counted from the front; a list of one in tf.keras files. */
function axisOf(call: LayerCall, fallback: number): number {
  const axes = call.config.has('axis') ? call.config.integers('axis') : [fallback];
  return axes.length === 1
    ? normalizeAxis(axes[0] as number, call.x.shape.length)
    : call.config.wrong('axis', 'one axis');
}

function layoutOf(call: LayerCall, axis: number): Layout {
  return axis === call.x.shape.length - 1 ? 'channelsLast' : 'channelsFirst';
}

function optional(call: LayerCall, key: string, name: string, shape: readonly number[]): Value | undefined {
  return call.config.boolean(key, true) ? call.weight(name, shape) : undefined;
}

const batchNormalization: LayerLowering = (call) => {
  const axis = axisOf(call, -1);
  const shape = [call.x.shape[axis] as number];
  const scale = optional(call, 'scale', 'gamma', shape);
  const shift = optional(call, 'center', 'beta', shape);
  const mean = call.weight('moving_mean', shape, 'buffer');
  const variance = call.weight('moving_variance', shape, 'buffer');
  return call.add('batchNorm', [call.x, scale, shift, mean, variance], {
    ...(scale || shift ? {} : { affine: false }),
    ...(scale || !shift ? {} : { scale: false }),
    epsilon: call.config.number('epsilon', 0.001),
    layout: layoutOf(call, axis),
  });
};

const layerNormalization: LayerLowering = (call) => {
  const rank = call.x.shape.length;
  const axes = normalizeAxes(call.config.has('axis') ? call.config.integers('axis') : [-1], rank).sort((a, b) => a - b);
  const shape = axes.map((axis) => call.x.shape[axis] as number);
  const rms = call.config.boolean('rms_scaling', false);
  const scale = rms ? call.weight('gamma', shape) : optional(call, 'scale', 'gamma', shape);
  const shift = rms ? undefined : optional(call, 'center', 'beta', shape);
  return overAxes(call, axes, rms ? 'rmsNorm' : 'layerNorm', rms ? [scale] : [scale, shift], {
    ...(scale || shift ? {} : { affine: false }),
    ...(scale && !shift && !rms ? { bias: false } : {}),
    epsilon: call.config.number('epsilon', 0.001),
  });
};

/** The ops normalise trailing axes; others are moved to the end and back. */
function overAxes(
  call: LayerCall,
  axes: readonly number[],
  op: 'rmsNorm' | 'layerNorm',
  weights: readonly (Value | undefined)[],
  attributes: OpAttributes['rmsNorm' | 'layerNorm'],
): Value {
  const rank = call.x.shape.length;
  const all = { axes: axes.length, ...attributes };
  if (axes.every((axis, i) => axis === rank - axes.length + i)) return call.add(op, [call.x, ...weights], all);
  const others = call.x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const permutation = [...others, ...axes];
  const back = permutation.map((_, axis) => permutation.indexOf(axis));
  const moved = call.after('transpose', 'transpose', [call.x], { permutation });
  return call.after('transpose', 'transpose', [call.add(op, [moved, ...weights], all)], { permutation: back });
}

const groupNormalization: LayerLowering = (call) => {
  const axis = axisOf(call, -1);
  const channels = call.x.shape[axis] as number;
  const stated = call.config.integer('groups', 32);
  const groups = stated === -1 ? channels : stated;
  if (groups < 1) call.config.wrong('groups', 'a number of groups, or -1');
  const scale = optional(call, 'scale', 'gamma', [channels]);
  const shift = optional(call, 'center', 'beta', [channels]);
  return call.add('groupNorm', [call.x, scale, shift], {
    groups,
    ...(scale || shift ? {} : { affine: false }),
    epsilon: call.config.number('epsilon', 0.001),
    layout: layoutOf(call, axis),
  });
};

const rmsNormalization: LayerLowering = (call) => {
  const axes = call.config.has('axis') ? call.config.integers('axis') : [-1];
  const normal = normalizeAxes(axes, call.x.shape.length).sort((a, b) => a - b);
  const scale = call.weight(
    'scale',
    normal.map((axis) => call.x.shape[axis] as number),
  );
  return overAxes(call, normal, 'rmsNorm', [scale], { epsilon: call.config.number('epsilon', 1e-6) });
};

const unitNormalization: LayerLowering = (call) => {
  const axes = call.config.has('axis') ? call.config.integers('axis') : [-1];
  if (axes.length === 1) return call.add('normalize', [call.x], { axis: axes[0] as number });
  const norm = call.after('norm', 'reduceL2', [call.x], { axes, keepDims: true });
  return call.add('div', [call.x, norm]);
};

/** (x - mean) / √variance with statistics that `adapt` stored, with their count, or that the author gave. */
const normalization: LayerLowering = (call) => {
  const axes = call.config.has('axis') ? call.config.integers('axis') : call.config.get('axis') === null ? [] : [-1];
  const normal = normalizeAxes(axes, call.x.shape.length);
  const shape = call.x.shape.map((size, axis) => (normal.includes(axis) ? size : 1));
  const given = call.config.has('mean') || call.config.has('variance');
  const statistic = (name: string) =>
    given ? call.constant(name, shape, call.x.dtype) : call.weight(name, shape, 'buffer');
  const mean = statistic('mean');
  const variance = statistic('variance');
  if (!given) call.weight('count', [], 'buffer', 'int32');
  return call.part('scale', 'div', [call.part('center', 'sub', [call.x, mean]), variance]);
};

export const normalizationLayers: Readonly<Record<string, LayerLowering>> = {
  BatchNormalization: batchNormalization,
  BatchNormalizationV1: batchNormalization,
  BatchNormalizationV2: batchNormalization,
  SyncBatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  RMSNormalization: rmsNormalization,
  UnitNormalization: unitNormalization,
  Normalization: normalization,
};
