import type { FromSchema } from 'json-schema-to-ts';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { DEPLOY_OPTION } from '../options.js';
import { fusibleConv, fusibleLinear } from '../parts/fusible-conv.js';
import { add, channelsOf, concat, flatten, globalPool } from '../parts/layers.js';
import { channelsFirst, channelsLast } from '../parts/layout.js';
import { feedForward, patchMerging, residualDepthwise, type SandwichForm } from '../parts/sandwich.js';
import { timmVariant } from '../timm-variant.js';

type Options = Required<FromSchema<typeof DEPLOY_OPTION>>;

interface Settings {
  readonly channels: readonly number[];
  readonly depths: readonly number[];
  readonly heads: readonly number[];
  /** Of the depthwise convolution on the queries of each head. */
  readonly kernels: readonly number[];
}

/** Features of queries and keys of a head. */
const KEY = 16;
/** Side of the attention windows. */
const WINDOW = 7;

const variant = (
  name: string,
  channels: readonly number[],
  depths: readonly number[],
  heads: readonly number[],
  kernels: readonly number[],
) =>
  timmVariant<Settings, Options>(
    `efficientvit_${name}`,
    { channels, depths, heads, kernels },
    { options: { deploy: false } },
  );

/** EfficientViT of Microsoft Research Asia: cascaded group attention. Layer names are timm's. */
export default defineFamily<Settings, Options>({
  name: 'efficientvit-msra',
  title: 'EfficientViT (MSRA)',
  paper: {
    title: 'EfficientViT: Memory Efficient Vision Transformer with Cascaded Group Attention',
    url: 'https://arxiv.org/abs/2305.07027',
    year: 2023,
  },
  options: DEPLOY_OPTION,
  variants: [
    variant('m0', [64, 128, 192], [1, 2, 3], [4, 4, 4], [5, 5, 5, 5]),
    variant('m1', [128, 144, 192], [1, 2, 3], [2, 3, 3], [7, 5, 3, 3]),
    variant('m2', [128, 192, 224], [1, 2, 3], [4, 3, 2], [7, 5, 3, 3]),
    variant('m3', [128, 240, 320], [1, 2, 3], [4, 3, 4], [5, 5, 5, 5]),
    variant('m4', [128, 256, 384], [1, 2, 3], [4, 4, 4], [7, 5, 3, 3]),
    variant('m5', [192, 288, 384], [1, 3, 4], [3, 3, 4], [7, 5, 3, 3]),
  ],
  build(builder, input, { channels, depths, heads, kernels }, { deploy, classes }) {
    const form: SandwichForm = { deploy, names: ['conv', 'bn'], foldsIdentity: false };
    const [first] = channels as [number];
    let x = builder.scope('patch_embed', () => {
      let y = input;
      [first >> 3, first >> 2, first >> 1, first].forEach((width, i) => {
        if (i > 0) y = builder.add('relu', [y], {}, { name: `relu${i}` });
        y = fusibleConv(builder, y, `conv${i + 1}`, width, 3, { stride: 2, ...form });
      });
      return y;
    });
    depths.forEach((depth, stage) => {
      const width = channels[stage] as number;
      builder.scope(`stages.${stage}`, () => {
        if (stage > 0) {
          x = builder.scope('downsample', () => {
            const mixed = (input: Value) =>
              feedForward(builder, residualDepthwise(builder, input, '0', form), '1', form);
            let y = builder.scope('res1', () => mixed(x));
            y = builder.scope('patchmerge', () => patchMerging(builder, y, width, form));
            return builder.scope('res2', () => mixed(y));
          });
        }
        for (let i = 0; i < depth; i++) {
          x = builder.scope(`blocks.${i}`, () => {
            const y = feedForward(builder, residualDepthwise(builder, x, 'dw0', form), 'ffn0', form);
            const mixed = builder.scope('mixer.m', () =>
              windows(builder, y, (part) =>
                builder.scope('attn', () => cascade(builder, part, kernels.slice(0, heads[stage]), form)),
              ),
            );
            const z = builder.scope('mixer', () => add(builder, y, mixed));
            return feedForward(builder, residualDepthwise(builder, z, 'dw1', form), 'ffn1', form);
          });
        }
      });
    });
    const pooled = flatten(builder, globalPool(builder, x, 'global_pool'));
    return fusibleLinear(builder, pooled, 'head', classes, { deploy, names: ['linear', 'bn'] });
  },
});

/** `body` on each window of a larger image, on the image itself where one window holds it. */
function windows(builder: GraphBuilder, input: Value, body: (input: Value) => Value): Value {
  const [batch, channels, height, width] = input.shape as [number, number, number, number];
  if (height <= WINDOW && width <= WINDOW) return body(input);
  const rows = Math.ceil(height / WINDOW);
  const columns = Math.ceil(width / WINDOW);
  const padded = [batch, rows * WINDOW, columns * WINDOW, channels];
  let x = channelsLast(builder, input);
  const pads = padded.map((size, axis) => [0, size - (x.shape[axis] as number)]);
  if (pads.some(([, end]) => end !== 0)) x = builder.add('pad', [x], { pads });
  x = builder.add('reshape', [x], { shape: [batch, rows, WINDOW, columns, WINDOW, channels] });
  x = builder.add('transpose', [x], { permutation: [0, 1, 3, 2, 4, 5] });
  x = builder.add('reshape', [x], { shape: [batch * rows * columns, WINDOW, WINDOW, channels] });
  x = channelsLast(builder, body(channelsFirst(builder, x)));
  x = builder.add('reshape', [x], { shape: [batch, rows, columns, WINDOW, WINDOW, channels] });
  x = builder.add('transpose', [x], { permutation: [0, 1, 3, 2, 4, 5] });
  x = builder.add('reshape', [x], { shape: padded });
  if (pads.some(([, end]) => end !== 0)) {
    x = builder.add('slice', [x], { axes: [1, 2], starts: [0, 0], ends: [height, width] });
  }
  return channelsFirst(builder, x);
}

/** Cascaded group attention (section 3.2): each head sees its part of the channels plus the output of the head before. */
function cascade(builder: GraphBuilder, input: Value, kernels: readonly number[], form: SandwichForm): Value {
  const [batch, channels, height, width] = input.shape as [number, number, number, number];
  const pixels = height * width;
  const heads = kernels.length;
  const part = channels / heads;
  const parts = builder.addAll('split', [input], { axis: 1, sizes: kernels.map(() => part) });
  const table = builder.parameter('attention_biases', [heads, pixels]);
  const index = builder.stored('attention_bias_idxs', 'buffer', [pixels, pixels], 'int64');
  // Looked up once; in inference torch keeps the result.
  const biases = builder.add('gather', [table, index], { axis: 1 }, { name: 'bias_lookup' });
  const outputs: Value[] = [];
  kernels.forEach((kernel, head) => {
    const previous = outputs.at(-1);
    const own = parts[head] as Value;
    const seen = previous === undefined ? own : add(builder, previous, own);
    const projected = fusibleConv(builder, seen, `qkvs.${head}`, 2 * KEY + part, 1, form);
    const [q, key, value] = builder.addAll('split', [projected], { axis: 1, sizes: [KEY, KEY, part] }) as [
      Value,
      Value,
      Value,
    ];
    const query = fusibleConv(builder, q, `dws.${head}`, KEY, kernel, { groups: KEY, ...form });
    const rows = (x: Value) => builder.add('reshape', [x], { shape: [batch, channelsOf(x), pixels] });
    const scaled = builder.add('mul', [rows(query), builder.stored('scale', 'constant', [])], {}, { name: 'scale' });
    const queries = builder.add('transpose', [scaled], { permutation: [0, 2, 1] });
    let scores = builder.add('matmul', [queries, rows(key)], {}, { name: 'query_key' });
    const bias = builder.add('slice', [biases], { axes: [0], starts: [head], ends: [head + 1] }, { name: 'bias' });
    scores = builder.add('softmax', [add(builder, scores, bias)], {}, { name: 'softmax' });
    const mixed = builder.add('matmul', [rows(value), scores], { transposeRight: true }, { name: 'scores_value' });
    outputs.push(builder.add('reshape', [mixed], { shape: [batch, part, height, width] }));
  });
  const active = builder.add('relu', [concat(builder, outputs)], {}, { name: 'act' });
  return builder.scope('proj', () => fusibleConv(builder, active, '1', channels, 1, form));
}
