import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { attend, gated, ghostShortcut } from '../blocks/ghost-bottleneck.js';
import { squeezeExcitation, TIMM_SE_NAMES } from '../blocks/squeeze-excitation.js';
import { defineFamily } from '../define-family.js';
import { DEPLOY_OPTION } from '../options.js';
import { type GhostRow, ghostNet } from '../parts/ghostnet-layout.js';
import { add, batchNorm, channelsOf, concat, conv, convNorm } from '../parts/layers.js';
import { timmVariant } from '../timm-variant.js';

type Options = Required<FromSchema<typeof DEPLOY_OPTION>>;

/** Convolutions side by side in training. */
const BRANCHES = 3;

const variant = (name: string, width: number) =>
  timmVariant<number, Options>(`ghostnetv3_${name}`, width, { options: { deploy: false } });

/** GhostNetV3: GhostNetV2 over-parametrised in training. Settings: width. Layer names are timm's. */
export default defineFamily<number, Options>({
  name: 'ghostnet-v3',
  title: 'GhostNetV3',
  paper: {
    title: 'GhostNetV3: Exploring the Training Strategies for Compact Models',
    url: 'https://arxiv.org/abs/2404.11202',
    year: 2024,
  },
  options: DEPLOY_OPTION,
  variants: [variant('100', 1), variant('050', 0.5), variant('130', 1.3), variant('160', 1.6)],
  build: (builder, input, width, { deploy, classes }) =>
    ghostNet(builder, input, width, classes, (x, row, index) => bottleneck(builder, x, row, index > 1, deploy)),
});

function bottleneck(builder: GraphBuilder, input: Value, row: GhostRow, attends: boolean, deploy: boolean): Value {
  const { kernel, expandedChannels, outChannels, squeeze, stride } = row;
  let x = builder.scope('ghost1', () => ghost(builder, input, expandedChannels, { activated: true, attends, deploy }));
  if (stride > 1) {
    const options = { stride, groups: expandedChannels };
    x = deploy
      ? conv(builder, x, 'conv_dw', expandedChannels, kernel, { ...options, bias: true })
      : sum(builder, [
          branch(builder, x, 'dw_rpr_scale', expandedChannels, 1, options),
          ...branches(builder, x, 'dw_rpr_conv', expandedChannels, kernel, options),
        ]);
  }
  if (squeeze !== undefined) {
    const se = { channels: squeeze, activation: 'relu', gate: 'hardSigmoid', names: TIMM_SE_NAMES } as const;
    x = builder.scope('se', () => squeezeExcitation(builder, x, se));
  }
  x = builder.scope('ghost2', () => ghost(builder, x, outChannels, { activated: false, attends: false, deploy }));
  if (stride === 1 && channelsOf(input) === outChannels) return add(builder, x, input);
  return add(builder, x, ghostShortcut(builder, input, outChannels, kernel, stride));
}

interface Form {
  readonly activated: boolean;
  readonly attends: boolean;
  readonly deploy: boolean;
}

/** Ghost module (arXiv 1911.11907, section 3.1) with the branches of training, or folded. */
function ghost(builder: GraphBuilder, input: Value, outChannels: number, { activated, attends, deploy }: Form): Value {
  const primary = Math.ceil(outChannels / 2);
  const act = (x: Value, name: string) => (activated ? builder.add('relu', [x], {}, { name }) : x);
  let left: Value;
  let right: Value;
  const cheap = { groups: primary };
  if (deploy) {
    left = act(conv(builder, input, 'primary_conv.0', primary, 1, { bias: true }), 'primary_activation');
    right = act(conv(builder, left, 'cheap_operation.0', primary, 3, { ...cheap, bias: true }), 'cheap_activation');
  } else {
    left = act(sum(builder, branches(builder, input, 'primary_rpr_conv', primary, 1, {})), 'primary_activation');
    const parts = [
      branch(builder, left, 'cheap_rpr_scale', primary, 1, cheap),
      batchNorm(builder, left, 'cheap_rpr_skip'),
      ...branches(builder, left, 'cheap_rpr_conv', primary, 3, cheap),
    ];
    right = act(sum(builder, parts), 'cheap_activation');
  }
  const all = concat(builder, [left, right]);
  return attends ? gated(builder, all, attend(builder, input, outChannels)) : all;
}

const branch = (
  builder: GraphBuilder,
  input: Value,
  scope: string,
  outChannels: number,
  kernel: number,
  options: { readonly stride?: number; readonly groups?: number },
): Value => builder.scope(scope, () => convNorm(builder, input, ['conv', 'bn1', ''], outChannels, kernel, options));

const branches = (...[builder, input, scope, ...rest]: Parameters<typeof branch>): Value[] =>
  Array.from({ length: BRANCHES }, (_, i) => branch(builder, input, `${scope}.${i}`, ...rest));

const sum = (builder: GraphBuilder, parts: readonly Value[]): Value =>
  parts.reduce((total, part) => add(builder, total, part));
