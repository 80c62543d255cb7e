import { elementCount, type TensorType } from '../../ir/tensor.js';
import type { OpCall } from '../../ops/define-op.js';
import type { Kernel } from './kernel.js';

/** Attention in one kernel that keeps its scores on chip, or written out: products, scale, mask and softmax apart. */
export type AttentionStyle = 'flash' | 'eager';

/** Sizes of attention: `queries` and `keys` of one head, `cached` of the keys from earlier calls. */
export interface AttentionSizes {
  readonly batch: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly queries: number;
  readonly keys: number;
  readonly cached: number;
  readonly queryFeatures: number;
  readonly valueFeatures: number;
  readonly causal: boolean;
  readonly masked: boolean;
}

export function attentionSizes({ inputs, attributes }: OpCall<Record<string, unknown>>): AttentionSizes {
  const [query, key, value, mask] = inputs as [TensorType, TensorType, TensorType, TensorType | undefined];
  const leading = query.shape.slice(0, -2);
  const heads = leading.at(-1) ?? 1;
  const cached = Number(attributes['cacheLength']);
  return {
    batch: elementCount(leading.slice(0, -1)),
    heads,
    keyHeads: key.shape.length > 3 ? (key.shape.at(-3) ?? heads) : heads,
    queries: query.shape.at(-2) ?? 1,
    keys: (key.shape.at(-2) ?? 1) + cached,
    cached,
    queryFeatures: query.shape.at(-1) ?? 1,
    valueFeatures: value.shape.at(-1) ?? 1,
    causal: attributes['causal'] === true,
    masked: mask !== undefined,
  };
}

/**
 * What a fused kernel computes: it skips blocks of keys that a causal mask hides, and packs the queries of all heads that
 * share their keys into the rows of one product (Dao 2023, arXiv 2307.08691, section 3.1; FlashDecoding).
 */
export function flashWork(s: AttentionSizes): Pick<Kernel, 'madds' | 'rows' | 'depth' | 'width' | 'groups'> {
  const seen = s.causal ? (s.cached + (s.keys - s.cached + 1) / 2) / s.keys : 1;
  const shared = s.heads / s.keyHeads;
  return {
    madds: s.batch * s.heads * s.queries * s.keys * (s.queryFeatures + s.valueFeatures) * seen,
    rows: s.queries * shared,
    depth: s.queryFeatures,
    width: s.keys,
    groups: s.batch * s.keyHeads,
  };
}

/**
 * Kernels of attention written out, as transformers' `attn_implementation="eager"`: keys and values are joined to their
 * cache and repeated for the heads that share them, scores are scaled, masked and normalised one kernel after the other.
 *
 * @param plain what all kernels of the layer have in common
 * @param bytes of an element
 */
export function eagerAttention(s: AttentionSizes, plain: Kernel, bytes: number): Kernel[] {
  const moved = (name: Kernel['class'], read: number, written: number, more: Partial<Kernel> = {}): Kernel => ({
    ...plain,
    class: name,
    madds: 0,
    readBytes: bytes * read,
    writeBytes: bytes * written,
    weightBytes: 0,
    rows: 0,
    depth: 0,
    width: 0,
    groups: 0,
    ...more,
  });
  const groups = s.batch * s.heads;
  const keys = s.batch * s.keyHeads * s.keys * s.queryFeatures;
  const values = s.batch * s.keyHeads * s.keys * s.valueFeatures;
  const scores = groups * s.queries * s.keys;
  const product = (depth: number, width: number, read: number, written: number): Kernel =>
    moved('matmul', read, written, {
      madds: groups * s.queries * depth * width,
      rows: s.queries,
      depth,
      width,
      groups,
    });
  const repeated = s.heads / s.keyHeads;
  const kernels: Kernel[] = [];
  if (s.cached > 0) kernels.push(moved('concat', keys, keys), moved('concat', values, values));
  if (repeated > 1) kernels.push(moved('copy', keys, repeated * keys), moved('copy', values, repeated * values));
  kernels.push(
    product(s.queryFeatures, s.keys, groups * s.queries * s.queryFeatures + repeated * keys, scores),
    moved('elementwise', scores, scores),
  );
  if (s.masked || s.causal) kernels.push(moved('broadcast', scores + s.queries * s.keys, scores));
  kernels.push(
    moved('softmax', scores, scores, { depth: s.keys }),
    product(s.keys, s.valueFeatures, scores + repeated * values, groups * s.queries * s.valueFeatures),
  );
  return kernels;
}
