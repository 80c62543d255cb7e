import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily } from '../define-family.js';
import { add, conv, linear } from '../parts/layers.js';
import { toTokens } from '../parts/layout.js';
import { timmVariant } from '../timm-variant.js';

interface Settings {
  readonly features: number;
  readonly heads: number;
  readonly depths: readonly number[];
}

/** Queries pooled at the start of stages two to four: 2x2. */
const POOL = 4;
/** Tokens of a mask unit in the first stage: 8x8. */
const UNIT = 64;

const variant = (name: string, features: number, heads: number, depths: readonly number[]) =>
  timmVariant<Settings, object>(`hiera_${name}_224`, { features, heads, depths });

/** Hiera: a plain hierarchical ViT, attention within mask units in the first two stages. Layer names are timm's. */
export default defineFamily<Settings>({
  name: 'hiera',
  title: 'Hiera',
  paper: {
    title: 'Hiera: A Hierarchical Vision Transformer without the Bells-and-Whistles',
    url: 'https://arxiv.org/abs/2306.00989',
    year: 2023,
  },
  variants: [
    variant('tiny', 96, 1, [1, 2, 7, 2]),
    variant('small', 96, 1, [1, 2, 11, 2]),
    variant('base', 96, 1, [2, 3, 16, 3]),
    variant('base_plus', 112, 2, [2, 3, 16, 3]),
    variant('large', 144, 2, [2, 6, 36, 4]),
    variant('huge', 256, 4, [2, 6, 36, 4]),
  ],
  build(builder, input, { features, heads, depths }, { classes }) {
    const image = builder.scope('patch_embed', () =>
      conv(builder, input, 'proj', features, 7, { stride: 4, padding: 3, bias: true }),
    );
    const [, , height, width] = image.shape as [number, number, number, number];
    let x = toTokens(builder, image);
    x = add(builder, x, builder.parameter('pos_embed', [1, height * width, features]));
    x = builder.scope('unroll', () => unrolled(builder, x, height, width));
    let index = 0;
    depths.forEach((depth, stage) => {
      for (let i = 0; i < depth; i++) {
        x = builder.scope(`blocks.${index++}`, () =>
          block(builder, x, {
            features: features << stage,
            heads: heads << stage,
            pool: stage > 0 && i === 0 ? POOL : 1,
            unit: unitOf(stage, i),
          }),
        );
      }
    });
    return builder.scope('head', () => {
      const pooled = builder.add('reduceMean', [x], { axes: [1], keepDims: false }, { name: 'global_pool' });
      return linear(builder, builder.add('layerNorm', [pooled], {}, { name: 'norm' }), 'fc', classes);
    });
  },
});

/** The first block of a stage attends as the stage before it, with queries pooled: within its own units. */
function unitOf(stage: number, i: number): number | undefined {
  const before = i === 0 ? Math.max(0, stage - 1) : stage;
  return before < 2 ? UNIT / POOL ** stage : undefined;
}

/** Tokens in such an order that each pooling of four is one of neighbours (section 3.1): [N, H·W, C] as it was. */
function unrolled(builder: GraphBuilder, input: Value, height: number, width: number): Value {
  const [batch, , features] = input.shape as [number, number, number];
  let count = batch;
  let [rows, columns] = [height, width];
  let x = input;
  for (let step = 0; step < 3; step++) {
    [rows, columns] = [rows / 2, columns / 2];
    x = builder.add('reshape', [x], { shape: [count, rows, 2, columns, 2, features] });
    x = builder.add('transpose', [x], { permutation: [0, 2, 4, 1, 3, 5] });
    count *= 4;
  }
  return builder.add('reshape', [x], { shape: [batch, height * width, features] });
}

interface Block {
  readonly features: number;
  readonly heads: number;
  /** Queries (and the shortcut) pooled by this. */
  readonly pool: number;
  /** Tokens of a mask unit where attention stays within it. */
  readonly unit: number | undefined;
}

function block(builder: GraphBuilder, input: Value, o: Block): Value {
  const normed = builder.add('layerNorm', [input], {}, { name: 'norm1' });
  let shortcut = input;
  if (input.shape[2] !== o.features) {
    const expanded = linear(builder, normed, 'proj', o.features);
    shortcut = pooled(builder, expanded, o.pool);
  }
  const mixed = builder.scope('attn', () => attention(builder, normed, o));
  const attended = add(builder, shortcut, mixed);
  const wide = builder.add('layerNorm', [attended], {}, { name: 'norm2' });
  const x = builder.scope('mlp', () => {
    const hidden = linear(builder, wide, 'fc1', 4 * o.features);
    return linear(builder, builder.add('gelu', [hidden], {}, { name: 'act' }), 'fc2', o.features);
  });
  return add(builder, attended, x);
}

/** Maximum over groups of tokens: [N, L, C] → [N, L / pool, C]. */
function pooled(builder: GraphBuilder, input: Value, pool: number): Value {
  const [batch, length, features] = input.shape as [number, number, number];
  const groups = builder.add('reshape', [input], { shape: [batch, pool, length / pool, features] });
  return builder.add('reduceMax', [groups], { axes: [1], keepDims: false }, { name: 'pool' });
}

function attention(builder: GraphBuilder, input: Value, { features, heads, pool, unit }: Block): Value {
  const [batch, length] = input.shape as [number, number];
  // Unrolled tokens of a unit lie `units` apart.
  const units = unit === undefined ? 1 : length / (pool * unit);
  const size = features / heads;
  const projected = linear(builder, input, 'qkv', 3 * features);
  let x = builder.add('reshape', [projected], { shape: [batch, length / units, units, 3, heads, size] });
  x = builder.add('transpose', [x], { permutation: [3, 0, 4, 2, 1, 5] });
  const parts = builder.addAll('split', [x], { axis: 0, sizes: [1, 1, 1] });
  const [q, key, value] = parts.map((part) => builder.add('squeeze', [part], { axes: [0] })) as [Value, Value, Value];
  let query = q;
  if (pool > 1) {
    const shape = [batch, heads, units, pool, length / units / pool, size];
    const groups = builder.add('reshape', [q], { shape });
    query = builder.add('reduceMax', [groups], { axes: [3], keepDims: false }, { name: 'pool' });
  }
  x = builder.add('attention', [query, key, value], {}, { name: 'attention' });
  x = builder.add('transpose', [x], { permutation: [0, 3, 2, 1, 4] });
  x = builder.add('reshape', [x], { shape: [batch, length / pool, features] });
  return linear(builder, x, 'proj', features);
}
