import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { DEPLOY_OPTION } from '../options.js';
import { fusibleConv, fusibleLinear } from '../parts/fusible-conv.js';
import { add, concat, flatten, globalPool } from '../parts/layers.js';
import { feedForward, patchMerging, residualDepthwise, type SandwichForm } from '../parts/sandwich.js';
import { timmVariant } from '../timm-variant.js';

type Options = Required<FromSchema<typeof DEPLOY_OPTION>>;

interface Settings {
  readonly channels: readonly number[];
  readonly depths: readonly number[];
  /** Channels that attention sees, by stage; the first stage has none. */
  readonly attended: readonly number[];
}

/** Features of queries and keys. */
const QUERY = 16;

const variant = (
  name: string,
  channels: readonly number[],
  depths: readonly number[],
  attended: readonly number[],
  resolution = 224,
) =>
  timmVariant<Settings, Options>(
    `shvit_${name}`,
    { channels, depths, attended },
    { resolution, options: { deploy: false } },
  );

/** SHViT: one attention head on a part of the channels. Layer names are timm's. */
export default defineFamily<Settings, Options>({
  name: 'shvit',
  title: 'SHViT',
  paper: {
    title: 'SHViT: Single-Head Vision Transformer with Memory Efficient Macro Design',
    url: 'https://arxiv.org/abs/2401.16456',
    year: 2024,
  },
  options: DEPLOY_OPTION,
  variants: [
    variant('s1', [128, 224, 320], [2, 4, 5], [0, 48, 68]),
    variant('s2', [128, 308, 448], [2, 4, 5], [0, 66, 96]),
    variant('s3', [192, 352, 448], [3, 5, 5], [0, 75, 96]),
    variant('s4', [224, 336, 448], [4, 7, 6], [0, 72, 96], 256),
  ],
  build(builder, input, { channels, depths, attended }, { deploy, classes }) {
    const form: SandwichForm = { deploy, foldsIdentity: deploy };
    const [first] = channels as [number];
    let x = builder.scope('patch_embed', () => {
      let y = input;
      [first >> 3, first >> 2, first >> 1, first].forEach((width, i) => {
        if (i > 0) y = builder.add('relu', [y], {}, { name: String(2 * i - 1) });
        y = fusibleConv(builder, y, String(2 * i), width, 3, { stride: 2, deploy });
      });
      return y;
    });
    depths.forEach((depth, stage) => {
      builder.scope(`stages.${stage}`, () => {
        if (stage > 0) {
          const outChannels = channels[stage] as number;
          x = builder.scope('downsample', () => {
            let y = feedForward(builder, residualDepthwise(builder, x, '0', form), '1', form);
            y = builder.scope('2', () => patchMerging(builder, y, outChannels, form));
            return feedForward(builder, residualDepthwise(builder, y, '3', form), '4', form);
          });
        }
        for (let i = 0; i < depth; i++) {
          x = builder.scope(`blocks.${i}`, () => {
            const y = residualDepthwise(builder, x, 'conv', form);
            const part = attended[stage] as number;
            const mixed = part > 0 ? builder.scope('mixer.m', () => attention(builder, y, part, deploy)) : undefined;
            return feedForward(builder, mixed === undefined ? y : add(builder, y, mixed), 'ffn', form);
          });
        }
      });
    });
    const pooled = flatten(builder, globalPool(builder, x, 'global_pool'));
    return fusibleLinear(builder, pooled, 'head', classes, { deploy });
  },
});

/** Single-head attention on the first `part` channels, a 1x1 over all (section 3.2). */
function attention(builder: GraphBuilder, input: Value, part: number, deploy: boolean): Value {
  const [batch, channels, height, width] = input.shape as [number, number, number, number];
  const sizes = [part, channels - part];
  const [seen, passed] = builder.addAll('split', [input], { axis: 1, sizes }) as [Value, Value];
  const normed = builder.add('groupNorm', [seen], { groups: 1 }, { name: 'pre_norm' });
  const projected = fusibleConv(builder, normed, 'qkv', 2 * QUERY + part, 1, { deploy });
  const [query, key, value] = builder
    .addAll('split', [projected], { axis: 1, sizes: [QUERY, QUERY, part] })
    .map((x) =>
      builder.add('reshape', [x], { shape: [batch, x.shape[1] as number, height * width] }, { name: 'flatten' }),
    ) as [Value, Value, Value];
  const queries = builder.add('transpose', [query], { permutation: [0, 2, 1] });
  let scores = builder.add('matmul', [queries, key], {}, { name: 'query_key' });
  scores = builder.add('mul', [scores, builder.stored('scale', 'constant', [])], {}, { name: 'scale' });
  scores = builder.add('softmax', [scores], {}, { name: 'softmax' });
  let x = builder.add('matmul', [value, scores], { transposeRight: true }, { name: 'scores_value' });
  x = builder.add('reshape', [x], { shape: [batch, part, height, width] });
  const active = builder.add('relu', [concat(builder, [x, passed])], {}, { name: 'act' });
  return builder.scope('proj', () => fusibleConv(builder, active, '1', channels, 1, { deploy }));
}
