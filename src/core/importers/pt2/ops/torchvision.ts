import type { OpAttributes } from '../../../ops/op-attributes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';

/** Operators of torchvision (namespace torchvision), as its detection models have them. */

function deformableConvolution(n: NodeContext) {
  const weight = n.tensor('weight');
  const bias = n.optional('bias');
  const pair = (name: string) => [n.integer(`${name}_h`), n.integer(`${name}_w`)];
  const mask = n.flag('use_mask') ? n.optional('mask') : undefined;
  return n.add('deformableConv', [n.tensor('input'), weight, bias, n.tensor('offset'), mask], {
    outChannels: weight.shape[0] as number,
    kernel: weight.shape.slice(2),
    stride: pair('stride'),
    padding: pair('pad'),
    dilation: pair('dilation'),
    groups: n.integer('groups', 1),
    offsetGroups: n.integer('offset_groups', 1),
    ...(bias === undefined ? { bias: false } : {}),
  });
}

const regions = (n: NodeContext, more: Partial<OpAttributes['roiAlign']>) =>
  n.add('roiAlign', [n.tensor('input'), n.tensor('rois')], {
    outputSize: [n.integer('pooled_height'), n.integer('pooled_width')],
    ...more,
  });

export const TORCHVISION: Readonly<Record<string, Lowering>> = {
  deform_conv2d: deformableConvolution,
  roi_align: (n) => regions(n, { samplingRatio: Math.max(n.integer('sampling_ratio', -1), 0) }),
  // (output, where the maxima stood)
  roi_pool: (n) => [regions(n, { samplingRatio: 1, mode: 'max' }), undefined],
  nms: (n) => n.opaque('its work and the number of boxes depend on the scores'),
};
