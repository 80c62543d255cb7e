import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type TensorType } from '../../ir/tensor.js';
import { defineOp, type OpCall } from '../define-op.js';
import { broadcast } from '../elementwise/broadcast.js';
import type { Moments } from '../moments.js';
import { trafficFormula } from '../traffic.js';

const attributes = {
  type: 'object',
  properties: {
    causal: { type: 'boolean', default: false, description: 'Each query sees keys up to its own position.' },
    scale: { type: 'number', description: 'Factor of the scores; default 1/√E.' },
    softCap: { type: 'number', minimum: 0, default: 0, description: 'Scores become cap·tanh(score/cap); 0 is off.' },
    cacheLength: {
      type: 'integer',
      minimum: 0,
      default: 0,
      description: 'Keys and values cached before the given ones.',
    },
  },
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

interface Sizes {
  /** Queries of all batches and heads: B·H·Lq. */
  readonly queries: number;
  readonly keys: number;
  readonly queryFeatures: number;
  readonly valueFeatures: number;
  /** Operations per score beside the products: scale, mask, softmax, cap. */
  readonly perScore: number;
}

function sizes({ inputs, attributes: a }: OpCall<Attributes>): Sizes {
  const query = (inputs[0] as TensorType).shape;
  const queryFeatures = query.at(-1) as number;
  return {
    queries: elementCount(query.slice(0, -1)),
    keys: ((inputs[1] as TensorType).shape.at(-2) as number) + a.cacheLength,
    queryFeatures,
    valueFeatures: (inputs[2] as TensorType).shape.at(-1) as number,
    perScore: 6 + (inputs[3] === undefined ? 0 : 1) + (a.softCap ? 3 : 0),
  };
}

/** Elements of one head's cached rows: the cache has the shape of the given keys or values with another length. */
function cached(type: TensorType, length: number): number {
  return elementCount([...type.shape.slice(0, -2), length, type.shape.at(-1) as number]);
}

function reads({ inputs, attributes: a }: OpCall<Attributes>): number[] {
  return inputs.map((input, i) => {
    if (input === undefined) return 0;
    return elementCount(input.shape) + (i === 1 || i === 2 ? cached(input, a.cacheLength) : 0);
  });
}

/**
 * Query [B, H, Lq, E], key [B, Hk, Lk, E], value [B, Hk, Lk, Ev], mask broadcastable to [B, H, Lq, Lk] → [B, H, Lq, Ev].
 * Hk divides H (grouped and multi-query attention). Without the head axis ([B, L, E]) or with more batch axes alike.
 * A causal mask is counted in full, as torch's FlopCounterMode does: kernels that skip masked blocks do less.
 * Traffic is that of a kernel that keeps its scores on chip: query, key, value, mask and cache read, output written.
 */
export default defineOp<Attributes>({
  name: 'attention',
  kind: 'attention',
  summary: 'softmax(scale·Q·Kᵀ + mask)·V, grouped queries and cached keys included.',
  attributes,
  inputs: [{ name: 'query' }, { name: 'key' }, { name: 'value' }, { name: 'mask', optional: true }],
  infer([query, key, value, mask], a) {
    const q = query as TensorType;
    const k = key as TensorType;
    const v = value as TensorType;
    const shown = `query ${formatShape(q.shape)}, key ${formatShape(k.shape)}, value ${formatShape(v.shape)}`;
    const rank = q.shape.length;
    if (rank < 2 || k.shape.length !== rank || v.shape.length !== rank) {
      throw new ArchmeterError(`attention needs operands of equal rank, at least 2, not ${shown}`);
    }
    if (q.shape.at(-1) !== k.shape.at(-1)) {
      throw new ArchmeterError(`queries have ${q.shape.at(-1)} features, keys ${k.shape.at(-1)} (${shown})`);
    }
    if (k.shape.at(-2) !== v.shape.at(-2)) {
      throw new ArchmeterError(`there are ${k.shape.at(-2)} keys for ${v.shape.at(-2)} values (${shown})`);
    }
    for (let axis = 0; axis < rank - 2; axis++) {
      const heads = q.shape[axis] as number;
      const grouped = rank > 3 && axis === rank - 3;
      for (const size of [k.shape[axis] as number, v.shape[axis] as number]) {
        if (size === heads || size === 1 || (grouped && size > 0 && heads % size === 0)) continue;
        throw new ArchmeterError(
          grouped ? `${size} key or value heads do not divide ${heads} query heads` : `batch axes differ in ${shown}`,
          grouped ? 'Give a number of key and value heads that divides the query heads.' : undefined,
        );
      }
    }
    const leading = q.shape.slice(0, -1);
    if (mask !== undefined) {
      const scores = [...leading, (k.shape.at(-2) as number) + a.cacheLength];
      if (formatShape(broadcast(scores, mask.shape)) !== formatShape(scores)) {
        throw new ArchmeterError(
          `a mask of shape ${formatShape(mask.shape)} does not fit scores of shape ${formatShape(scores)}`,
        );
      }
    }
    return [{ shape: [...leading, v.shape.at(-1) as number], dtype: q.dtype }];
  },
  arithmetic(call) {
    const s = sizes(call);
    const scores = s.queries * s.keys;
    const madds = scores * (s.queryFeatures + s.valueFeatures);
    return { madds, flops: 2 * madds + scores * s.perScore - (s.keys === 0 ? 0 : 2 * s.queries) };
  },
  // The product of queries and keys, for each head.
  contraction({ inputs }) {
    const query = (inputs[0] as TensorType).shape;
    const [rows, depth] = query.slice(-2) as [number, number];
    const width = (inputs[1] as TensorType).shape.at(-2) as number;
    return { rows, depth, width, groups: elementCount(query.slice(0, -2)) };
  },
  kernel: ({ inputs }) => (inputs[3] === undefined ? 'attention' : 'maskedAttention'),
  // A mean of values.
  moments: ([, , value]) => value as Moments,
  reads,
  formulas(call) {
    const s = sizes(call);
    const variables = {
      Q: s.queries,
      Lk: s.keys,
      E: s.queryFeatures,
      Ev: s.valueFeatures,
    };
    const source = 'Q queries in all batches and heads, Lk keys each: scores E and weighted sum Ev products';
    return {
      madds: { expression: 'Q*Lk*(E+Ev)', variables, source: `${source}; a causal mask is counted in full` },
      flops: {
        expression: '2*Q*Lk*(E+Ev)+S*Q*Lk-2*M',
        variables: { ...variables, S: s.perScore, M: s.keys === 0 ? 0 : s.queries },
        source: '2 per multiply-add; per score: scale 1, mask 1, cap 3, softmax 5 (less 2 per query)',
      },
      ...trafficFormula(call, reads(call), 'query, key, value (cached ones too) and mask read, output written'),
    };
  },
});
