import type { Value } from '../../../ir/graph.js';
import type { OpName } from '../../../ops/op-attributes.js';
import { axisOf, range } from '../lower/axes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';

/** Saved statistics and the like, after the output. */
function withByProducts(n: NodeContext, output: Value): (Value | undefined)[] {
  return [output, ...n.stated.slice(1).map(() => undefined)];
}

function epsilon(n: NodeContext, standard: number): { readonly epsilon?: number } {
  const value = n.number('eps', standard);
  return value === standard ? {} : { epsilon: value };
}

/** Without stored statistics they are computed, as in instance normalisation: same cost for each element. */
function batchNorm(n: NodeContext, computesStatistics: boolean, mean?: Value, variance?: Value): Value {
  const x = n.tensor('input');
  const [scale, shift] = [n.optional('weight'), n.optional('bias')];
  const affine = scale === undefined && shift === undefined ? { affine: false } : {};
  if (computesStatistics || mean === undefined) {
    const data = x.shape.length === 2 ? n.add('unsqueeze', [x], { axes: [2] }) : x;
    const y = n.add('instanceNorm', [data, scale, shift], { ...affine, ...epsilon(n, 1e-5) });
    return data === x ? y : n.add('squeeze', [y], { axes: [2] });
  }
  return n.add('batchNorm', [x, scale, shift, mean, variance], { ...affine, ...epsilon(n, 1e-5) });
}

const batchNormKernel =
  (training: (n: NodeContext) => boolean): Lowering =>
  (n) =>
    withByProducts(n, batchNorm(n, training(n), n.optional('running_mean'), n.optional('running_var')));

function layerNorm(n: NodeContext): Value {
  const x = n.tensor('input');
  const axes = n.integers('normalized_shape').length;
  const [scale, shift] = [n.optional('weight'), n.optional('bias')];
  return n.add('layerNorm', [x, scale, shift], {
    ...(axes === 1 ? {} : { axes }),
    ...(scale === undefined && shift === undefined ? { affine: false } : shift === undefined ? { bias: false } : {}),
    ...epsilon(n, 1e-5),
  });
}

function groupNorm(n: NodeContext, groups: number): Value {
  const [scale, shift] = [n.optional('weight'), n.optional('bias')];
  return n.add('groupNorm', [n.tensor('input'), scale, shift], {
    groups,
    ...(scale === undefined && shift === undefined ? { affine: false } : {}),
    ...epsilon(n, 1e-5),
  });
}

function instanceNorm(n: NodeContext): Value {
  if (!n.flag('use_input_stats', true))
    return batchNorm(n, false, n.optional('running_mean'), n.optional('running_var'));
  return batchNorm(n, true);
}

function rmsNorm(n: NodeContext): Value {
  const axes = n.integers('normalized_shape').length;
  const scale = n.optional('weight');
  return n.add('rmsNorm', [n.tensor('input'), scale], {
    ...(axes === 1 ? {} : { axes }),
    ...(scale === undefined ? { affine: false } : {}),
    ...(n.has('eps') ? { epsilon: n.number('eps') } : {}),
  });
}

/** A weight from its direction and its length along `dim` (torch weight_norm): g·v / ‖v‖. */
function weightNorm(n: NodeContext): Value {
  const v = n.tensor('v');
  const kept = axisOf(n.integer('dim', 0), v.shape.length);
  const axes = range(v.shape.length).filter((axis) => axis !== kept);
  const length = n.add('reduceL2', [v], { axes, keepDims: true });
  return n.add('mul', [v, n.add('div', [n.tensor('g'), length])]);
}

const softmax =
  (op: OpName): Lowering =>
  (n) => {
    const x = n.tensor('self');
    return x.shape.length === 0 ? x : n.add(op, [x], { axis: n.integer('dim') });
  };

export const NORMALIZATION: Readonly<Record<string, Lowering>> = {
  batch_norm: (n) => batchNorm(n, n.flag('training'), n.optional('running_mean'), n.optional('running_var')),
  native_batch_norm: batchNormKernel((n) => n.flag('training')),
  cudnn_batch_norm: batchNormKernel((n) => n.flag('training')),
  miopen_batch_norm: batchNormKernel((n) => n.flag('training')),
  _native_batch_norm_legit: batchNormKernel((n) => n.flag('training')),
  _native_batch_norm_legit_functional: batchNormKernel((n) => n.flag('training')),
  _native_batch_norm_legit_no_training: batchNormKernel(() => false),
  _batch_norm_with_update: batchNormKernel(() => true),
  _batch_norm_with_update_functional: batchNormKernel(() => true),
  _batch_norm_no_update: batchNormKernel(() => false),
  layer_norm: layerNorm,
  native_layer_norm: (n) => withByProducts(n, layerNorm(n)),
  group_norm: (n) => groupNorm(n, n.integer('num_groups')),
  native_group_norm: (n) => withByProducts(n, groupNorm(n, n.integer('group'))),
  instance_norm: instanceNorm,
  rms_norm: rmsNorm,
  _fused_rms_norm: (n) => withByProducts(n, rmsNorm(n)),
  _weight_norm: weightNorm,
  _weight_norm_interface: (n) => withByProducts(n, weightNorm(n)),
  softmax: softmax('softmax'),
  _softmax: softmax('softmax'),
  _safe_softmax: softmax('softmax'),
  special_softmax: softmax('softmax'),
  log_softmax: softmax('logSoftmax'),
  _log_softmax: softmax('logSoftmax'),
  special_log_softmax: softmax('logSoftmax'),
};
